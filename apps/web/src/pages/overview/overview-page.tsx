import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "../../api/client.ts";
import { formatCount } from "../../format/numbers.ts";
import { FindingRow } from "../../panels/finding-row.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Message } from "../../ui/message.tsx";
import { Begin } from "./begin.tsx";
import { LogSourcesCard } from "./log-sources-card.tsx";
import { MailFlow } from "./mail-flow.tsx";
import { NewestProbes } from "./newest-probes.tsx";
import { StateOfThings } from "./state-of-things.tsx";

const FRESH_MS = 15_000;
const MOST_FINDINGS = 8;
const MOST_PROBES = 6;

/** What is broken now, since when, how bad, how sure; and on what that rests. */
export function OverviewPage() {
  const fresh = { refetchInterval: FRESH_MS };
  const found = useQuery({
    queryKey: ["findings", "overview"],
    queryFn: () => api.findings({ state: "open", limit: MOST_FINDINGS }),
    ...fresh,
  });
  const probed = useQuery({ queryKey: ["probes", "overview"], queryFn: () => api.probes({ limit: MOST_PROBES }), staleTime: 0, ...fresh });
  const followed = useQuery({ queryKey: ["log-sources"], queryFn: api.logSources, ...fresh });
  const problem = found.error ?? probed.error ?? followed.error;
  if (problem !== null) {
    return (
      <Message
        tone="bad"
        action={<Button onClick={() => Promise.all([found.refetch(), probed.refetch(), followed.refetch()])}>Try again</Button>}
      >
        {problem.message}
      </Message>
    );
  }
  if (!found.isSuccess || !probed.isSuccess || !followed.isSuccess) return <p className="py-16 text-center text-soft">Loading …</p>;
  const { findings, counts } = found.data;
  const { probes } = probed.data;
  const { sources } = followed.data;
  const known = counts.open + counts.acknowledged + counts.fixed;
  if (known === 0 && probes.length === 0 && sources.length === 0) return <Begin />;
  return (
    <div className="min-w-0 space-y-4">
      <StateOfThings findings={findings} counts={counts} probes={probes} sources={sources} />
      {findings.length === 0 && sources.length > 0 && <MailFlow />}
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <div className="min-w-0 space-y-4">
          {findings.length > 0 && (
            <section aria-label="Broken now" className="overflow-hidden rounded-xl border border-line bg-card">
              <div className="flex items-baseline justify-between gap-4 border-b border-line px-4 pt-4 pb-3 sm:pt-5">
                <h2 className="text-base font-semibold">Broken now</h2>
                <Link to="/findings" className="text-sm text-accent underline-offset-2 hover:underline">
                  {counts.open > findings.length ? `All ${formatCount(counts.open)} open findings` : "Findings"}
                </Link>
              </div>
              <ul className="divide-y divide-line">
                {findings.map((finding) => (
                  <li key={finding.id}>
                    <FindingRow finding={finding} />
                  </li>
                ))}
              </ul>
            </section>
          )}
          {findings.length === 0 && <NewestProbes probes={probes} />}
        </div>
        <div className="min-w-0 space-y-4">
          {findings.length > 0 && <NewestProbes probes={probes} />}
          {sources.length > 0 ? (
            <LogSourcesCard sources={sources} />
          ) : (
            <Card title="Mail logs">
              <p className="text-soft">
                No log is followed. With one, mxray sees which peers stall, which sizes pass and what the server itself suffers from.{" "}
                <Link to="/logs" className="text-accent underline underline-offset-2">
                  Follow a log
                </Link>
              </p>
            </Card>
          )}
        </div>
      </div>
      {findings.length > 0 && sources.length > 0 && <MailFlow />}
    </div>
  );
}
