import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { type LogView, linesQueryOfView, queryOfView, wholeView } from "../../api/log-view.ts";
import { LogLinesPanel } from "../../panels/log-lines-panel.tsx";
import { LogPanels } from "../../panels/log-panels.tsx";
import { Button } from "../../ui/button.tsx";
import { Message } from "../../ui/message.tsx";
import { showLines } from "./show-lines.ts";

/** The worst. */
const MOST_FINDINGS = 200;

/** The stored part of followed logs that `view` names: charts, findings, peers, and the lines behind them. */
export function FollowedLogs({ view, change, linkPeers }: { view: LogView; change: (view: LogView) => void; linkPeers: boolean }) {
  const { peer } = view;
  const charts = wholeView(view);
  // What was there stays until the next answer.
  const shown = { placeholderData: keepPreviousData, staleTime: 0 };
  const statistics = useQuery({
    queryKey: ["logs", "statistics", charts],
    queryFn: () => api.logStatistics(queryOfView(charts, Date.now())),
    ...shown,
  });
  const series = useQuery({
    queryKey: ["logs", "series", charts],
    queryFn: () => api.logSeries(queryOfView(charts, Date.now())),
    ...shown,
  });
  const findings = useQuery({
    queryKey: ["logs", "findings", peer ?? null],
    queryFn: () =>
      api.findings({ state: "standing", detail: true, limit: MOST_FINDINGS, ...(peer === undefined ? { source: "log" } : { peer }) }),
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
        findings={findings.data.findings.flatMap(({ finding }) => finding ?? [])}
        linked={linkPeers}
        onPick={(part) => {
          change({ ...charts, ...part });
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
      api.logEvents({ ...linesQueryOfView(view, Date.now()), ...(pageParam === null ? {} : { before: pageParam }) }),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
  if (lines.isPending) return null;
  if (lines.isError) return <Message tone="bad">{lines.error.message}</Message>;
  return (
    <LogLinesPanel
      events={lines.data.pages.flatMap(({ events }) => events.map(({ event }) => event))}
      nothing="No line that tells of trouble was kept for this part of the logs."
      more={
        lines.hasNextPage && (
          <div className="mt-3 text-center">
            <Button onClick={() => lines.fetchNextPage()} disabled={lines.isFetchingNextPage}>
              Show older ones
            </Button>
          </div>
        )
      }
    />
  );
}
