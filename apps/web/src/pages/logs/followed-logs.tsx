import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useRef } from "react";
import { api } from "../../api/client.ts";
import { type LogView, queryOfView } from "../../api/log-view.ts";
import { LogLinesPanel } from "../../panels/log-lines-panel.tsx";
import { LogPanels } from "../../panels/log-panels.tsx";
import { Answers } from "../../ui/answers.tsx";
import { FreshRows } from "../../ui/fresh-rows.tsx";
import { useSteadyRows } from "../../ui/use-steady-rows.ts";
import { showLines } from "./show-lines.ts";

/** The stored part of followed logs that `view` names: charts, findings, peers, and the lines behind them. */
export function FollowedLogs({ view: all, change, linkPeers }: { view: LogView; change: (view: LogView) => void; linkPeers: boolean }) {
  // Which finding is read changes nothing of what there is.
  const { finding, ...view } = all;
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
  return (
    <Answers to={[statistics, series, findings]}>
      {(counts, lines, { findings: standing }) => (
        <div className="space-y-4">
          <LogPanels
            statistics={counts}
            series={lines}
            findings={standing}
            finding={finding}
            chooseFinding={(chosen) => change({ ...view, finding: chosen })}
            linked={linkPeers}
            onPick={(part) => {
              change({ ...view, ...part });
              showLines();
            }}
          />
          <StoredLines view={view} />
        </div>
      )}
    </Answers>
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
  const list = useRef<HTMLDivElement>(null);
  const { rows, fresh, show } = useSteadyRows(lines.data?.pages.flatMap((page) => page.events) ?? [], {
    keyOf: ({ id }) => String(id),
    list,
    scope: JSON.stringify(view),
  });
  return (
    <div ref={list}>
      <FreshRows count={fresh} show={show} />
      <Answers to={[lines]}>
        {() => (
          <LogLinesPanel
            events={rows.map(({ event }) => event)}
            nothing="No line that tells of trouble was kept for this part of the logs."
            onEnd={lines.hasNextPage ? loadMore : undefined}
            more={lines.isFetchingNextPage && <p className="pt-3 text-center text-soft">Loading older ones …</p>}
          />
        )}
      </Answers>
    </div>
  );
}
