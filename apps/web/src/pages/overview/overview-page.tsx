import type { FindingList, LogSource, ProbeSummary } from "@mxray/contracts";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { api } from "../../api/client.ts";
import { useWatches } from "../../api/use-watches.ts";
import { formatCount } from "../../format/numbers.ts";
import { FindingRow } from "../../panels/findings/finding-row.tsx";
import { WatchesPanel } from "../../panels/watching/watches-panel.tsx";
import { Answers } from "../../ui/answers.tsx";
import { Card } from "../../ui/card.tsx";
import { FreshRows } from "../../ui/fresh-rows.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { useSteadyRows } from "../../ui/use-steady-rows.ts";
import { Begin } from "./begin.tsx";
import { LogSourcesCard } from "./log-sources-card.tsx";
import { MachinePages } from "./machine-pages.tsx";
import { MailFlow } from "./mail-flow.tsx";
import { NewestProbes } from "./newest-probes.tsx";
import { StateOfThings } from "./state-of-things.tsx";

const MOST_FINDINGS = 6;
const MOST_PROBES = 6;

/** What is broken now, since when, how bad, how sure; and on what that rests. */
export function OverviewPage() {
  usePageTitle("Overview");
  const found = useQuery({
    queryKey: ["findings", "overview"],
    queryFn: () => api.findings({ state: "open", limit: MOST_FINDINGS }),
  });
  const probed = useQuery({
    queryKey: ["probes", "overview"],
    // What is watched has a place of its own, and would crowd out all else.
    queryFn: async () => ({
      all: await api.probes({ limit: MOST_PROBES }),
      asked: await api.probes({ limit: MOST_PROBES, watched: false }),
    }),
    staleTime: 0,
  });
  const followed = useQuery({ queryKey: ["log-sources"], queryFn: api.logSources });
  // Asked for with the others, so that the panel is not late and pushes them down.
  useWatches();
  return (
    <Answers to={[found, probed, followed]}>
      {(found, { all, asked }, { sources }) => <Overview found={found} probes={all.probes} asked={asked.probes} sources={sources} />}
    </Answers>
  );
}

interface OverviewProps {
  readonly found: FindingList;
  readonly probes: readonly ProbeSummary[];
  /** Those without the rounds of watches. */
  readonly asked: readonly ProbeSummary[];
  readonly sources: readonly LogSource[];
}

function Overview({ found: { findings, counts }, probes, asked, sources }: OverviewProps) {
  const list = useRef<HTMLElement>(null);
  const { rows, fresh, show } = useSteadyRows(findings, { keyOf: ({ id }) => id, list, scope: "" });
  const known = counts.open + counts.acknowledged + counts.dismissed + counts.fixed;
  if (known === 0 && probes.length === 0 && sources.length === 0) return <Begin />;
  return (
    <div className="min-w-0 space-y-4">
      <StateOfThings findings={findings} counts={counts} probes={probes} sources={sources} />
      {findings.length === 0 && sources.length > 0 && <MailFlow />}
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <div className="min-w-0 space-y-4">
          {findings.length > 0 && (
            <section ref={list} aria-label="Broken now" className="rounded-xl border border-line bg-card">
              <div className="flex items-baseline justify-between gap-4 border-b border-line px-4 pt-4 pb-3 sm:pt-5">
                <h2 className="text-base font-semibold">Broken now</h2>
                <Link to="/findings" className="text-sm text-accent underline-offset-2 hover:underline">
                  {counts.open > findings.length ? `All ${formatCount(counts.open)} open findings` : "Findings"}
                </Link>
              </div>
              <FreshRows count={fresh} show={show} />
              <ul className="divide-y divide-line overflow-hidden rounded-b-xl">
                {rows.map((finding) => (
                  <li key={finding.id}>
                    <FindingRow finding={finding} />
                  </li>
                ))}
              </ul>
            </section>
          )}
          {findings.length > 0 && sources.length > 0 && <MailFlow />}
          {findings.length === 0 && <NewestProbes probes={asked} />}
        </div>
        <div className="min-w-0 space-y-4">
          <WatchesPanel />
          {findings.length > 0 && <NewestProbes probes={asked} />}
          {sources.length > 0 ? (
            <LogSourcesCard sources={sources} />
          ) : (
            <Card title="Mail logs">
              <p className="text-soft">
                No log is followed. Follow one to see which peers stall, which sizes pass and which limits the server hits.{" "}
                <Link to="/logs" className="text-accent underline underline-offset-2">
                  Follow a log
                </Link>
              </p>
            </Card>
          )}
          <MachinePages />
        </div>
      </div>
    </div>
  );
}
