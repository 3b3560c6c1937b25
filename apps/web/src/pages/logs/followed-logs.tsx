import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { api } from "../../api/client.ts";
import { type LogView, queryOfView } from "../../api/log-view.ts";
import { LogLinesPanel } from "../../panels/log-lines-panel.tsx";
import { LogPanels } from "../../panels/log-panels.tsx";
import { Button } from "../../ui/button.tsx";
import { Message } from "../../ui/message.tsx";
import { showLines } from "./show-lines.ts";

/** The stored part of followed logs that `view` names: charts, findings, peers, and the lines behind them. */
export function FollowedLogs({
  view,
  change,
  ofPeer = false,
}: {
  view: LogView;
  change: (view: LogView) => void;
  /** The page is one peer's already, and lists its findings itself. */
  ofPeer?: boolean;
}) {
  const { peer } = view;
  // What was there stays until the next answer.
  const shown = { placeholderData: keepPreviousData, staleTime: 0 };
  const statistics = useQuery({
    queryKey: ["logs", "statistics", view],
    queryFn: () => api.logStatistics(queryOfView(view, Date.now())),
    ...shown,
  });
  const series = useQuery({ queryKey: ["logs", "series", view], queryFn: () => api.logSeries(queryOfView(view, Date.now())), ...shown });
  const findings = useQuery({
    queryKey: ["logs", "findings", peer ?? null],
    queryFn: () => api.logFindings(peer === undefined ? {} : { peer }),
    ...shown,
  });
  const problem = statistics.error ?? series.error ?? findings.error;
  if (problem !== null) {
    const retry = () => Promise.all([statistics.refetch(), series.refetch(), findings.refetch()]);
    return (
      <Message tone="bad" action={<Button onClick={retry}>Try again</Button>}>
        {problem.message}
      </Message>
    );
  }
  if (statistics.data === undefined || series.data === undefined || findings.data === undefined) {
    return <p className="py-8 text-center text-soft">Loading …</p>;
  }
  return (
    <div className="space-y-4">
      <LogPanels
        statistics={statistics.data}
        series={series.data}
        findings={findings.data.findings}
        linked={!ofPeer}
        ofPeer={ofPeer}
        onPick={(part) => {
          change({ ...view, ...part });
          showLines();
        }}
      />
      <StoredLines view={view} />
    </div>
  );
}

function StoredLines({ view }: { view: LogView }) {
  const lines = useInfiniteQuery({
    queryKey: ["logs", "events", view],
    queryFn: ({ pageParam }) =>
      api.logEvents({ ...queryOfView(view, Date.now()), ...(pageParam === null ? {} : { before: String(pageParam) }) }),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
  const { isFetching, fetchNextPage } = lines;
  // What is asked for already is not asked for again.
  const loadMore = useCallback(() => void (isFetching || fetchNextPage()), [isFetching, fetchNextPage]);
  if (lines.isPending) return null;
  if (lines.isError) return <Message tone="bad">{lines.error.message}</Message>;
  return (
    <LogLinesPanel
      events={lines.data.pages.flatMap(({ events }) => events.map(({ event }) => event))}
      nothing="No line that tells of trouble was kept for this part of the logs."
      onEnd={lines.hasNextPage ? loadMore : undefined}
      more={lines.isFetchingNextPage && <p className="pt-3 text-center text-soft">Loading older ones …</p>}
    />
  );
}
