import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "./client.ts";
import { type LogView, queryOfView, wholeView } from "./log-view.ts";

/** Counts over time of the stored part of followed logs that `view` names; what was there stays until the next answer. */
export function useLogSeries(view: LogView, enabled = true) {
  const { finding: _read, ...part } = view;
  const charts = wholeView(part);
  return useQuery({
    queryKey: ["logs", "series", charts],
    queryFn: () => api.logSeries(queryOfView(charts, Date.now())),
    placeholderData: keepPreviousData,
    staleTime: 0,
    enabled,
  });
}
