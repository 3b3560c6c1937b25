import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { api } from "../../api/client.ts";
import { type LogView, linesQueryOfView, queryOfView, wholeView } from "../../api/log-view.ts";
import { useLogSeries } from "../../api/use-log-series.ts";
import { LogLinesPanel } from "../../panels/logs/log-lines-panel.tsx";
import { LogPanels } from "../../panels/logs/log-panels.tsx";
import { Answers } from "../../ui/answers.tsx";
import { FreshRows } from "../../ui/fresh-rows.tsx";
import { useSteadyRows } from "../../ui/use-steady-rows.ts";
import { showLines } from "./show-lines.ts";

/** The worst. */
const MOST_FINDINGS = 200;
/** The most harmed; all the others are listed for who asks. */
const MOST_PEERS = 200;

/** The stored part of followed logs that `view` names: charts, findings, peers, and the lines behind them. */
export function FollowedLogs({
  view: whole,
  change,
  ofPeer = false,
}: {
  view: LogView;
  change: (view: LogView) => void;
  /** The page is one peer's already, and lists its findings itself. */
  ofPeer?: boolean;
}) {
  // Which finding is read changes nothing of what there is.
  const { finding, ...view } = whole;
  const { peer } = view;
  const charts = wholeView(view);
  const [all, setAll] = useState(false);
  // What was there stays until the next answer.
  const shown = { placeholderData: keepPreviousData, staleTime: 0 };
  const series = useLogSeries(view);
  const statistics = useQuery({
    queryKey: ["logs", "statistics", charts, all],
    queryFn: () => api.logStatistics({ ...queryOfView(charts, Date.now()), ...(all ? {} : { peers: MOST_PEERS }) }),
    ...shown,
  });
  const findings = useQuery({
    queryKey: ["logs", "findings", peer ?? null],
    queryFn: () =>
      api.findings({ state: "standing", detail: true, limit: MOST_FINDINGS, ...(peer === undefined ? { source: "log" } : { peer }) }),
    ...shown,
  });
  return (
    <div className="space-y-4">
      {/* As high as the screen until it is there: the lines, which come sooner, do not jump. */}
      <div className={[statistics, series, findings].some(({ isPending }) => isPending) ? "min-h-screen" : ""}>
        <Answers to={[statistics, series, findings]}>
          {(counts, lines, { findings: standing }) => (
            <LogPanels
              statistics={counts}
              series={lines}
              findings={standing.flatMap((each) => each.finding ?? [])}
              finding={finding}
              chooseFinding={(chosen) => change({ ...view, finding: chosen })}
              linked={!ofPeer}
              ofPeer={ofPeer}
              listAll={all ? undefined : () => setAll(true)}
              onPick={(part) => {
                change({ ...charts, ...part });
                showLines();
              }}
            />
          )}
        </Answers>
      </div>
      <StoredLines view={view} />
    </div>
  );
}

function StoredLines({ view }: { view: LogView }) {
  const lines = useInfiniteQuery({
    queryKey: ["logs", "events", view],
    queryFn: ({ pageParam }) =>
      api.logEvents({ ...linesQueryOfView(view, Date.now()), ...(pageParam === null ? {} : { before: pageParam }) }),
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
    placeholder: lines.isPlaceholderData,
  });
  return (
    <div ref={list}>
      <FreshRows count={fresh} show={show} />
      <Answers to={[lines]}>
        {() => (
          <LogLinesPanel
            events={rows.map(({ event }) => event)}
            nothing="No error line is stored for this part of the logs."
            onEnd={lines.hasNextPage ? loadMore : undefined}
            more={lines.isFetchingNextPage && <p className="pt-3 text-center text-soft">Loading older ones …</p>}
          />
        )}
      </Answers>
    </div>
  );
}
