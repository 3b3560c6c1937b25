import type { FindingCounts, FindingSummary, LogSource, ProbeSummary } from "@mxray/contracts";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { hasEnded } from "../../api/use-live-probe.ts";
import { formatCount } from "../../format/numbers.ts";
import type { Tone } from "../../format/words.ts";
import { Time } from "../../ui/time.tsx";
import { TONE_BORDER } from "../../ui/tone.ts";
import { ToneIcon } from "../../ui/tone-icon.tsx";

/** The answer to "is anything wrong?", in one sentence with its evidence. */
export function StateOfThings({
  findings,
  counts,
  probes,
  sources,
}: {
  /** Open ones, the worst first. */
  findings: readonly FindingSummary[];
  counts: FindingCounts;
  probes: readonly ProbeSummary[];
  sources: readonly LogSource[];
}) {
  const [tone, sentence] = verdictOf(findings[0], counts.open);
  const lastProbe = probes.find(hasEnded);
  const lastLine = sources
    .flatMap(({ lastLineAt }) => lastLineAt ?? [])
    .toSorted()
    .at(-1);
  return (
    <section
      aria-label="State of things"
      data-testid="state"
      className={`card flex gap-3.5 rounded-xl border border-l-4 border-line bg-card p-5 ${TONE_BORDER[tone]}`}
    >
      <span className="pt-1">
        <ToneIcon tone={tone} size={28} />
      </span>
      <div className="min-w-0">
        <h1 className="text-2xl font-bold">{sentence}</h1>
        <p className="mt-1.5 flex flex-wrap gap-x-4 gap-y-1 text-sm text-soft">
          {lastProbe !== undefined && (
            <Fact at={lastProbe.finishedAt ?? lastProbe.createdAt}>
              Last probe{" "}
              <Link
                to="/diagnose/$id"
                params={{ id: lastProbe.id }}
                className="inline-block max-w-60 truncate align-bottom font-mono text-[13px] text-accent underline-offset-2 hover:underline"
              >
                {lastProbe.target}
              </Link>
            </Fact>
          )}
          {lastLine !== undefined && <Fact at={lastLine}>Last log line</Fact>}
          {lastLine === undefined && sources.length > 0 && <span>No log line was read yet</span>}
          {counts.acknowledged > 0 && (
            <Link to="/findings" search={{ state: "acknowledged" }} className="text-accent underline-offset-2 hover:underline">
              {formatCount(counts.acknowledged)} acknowledged
            </Link>
          )}
          {counts.fixed > 0 && (
            <Link to="/findings" search={{ state: "fixed" }} className="text-accent underline-offset-2 hover:underline">
              {formatCount(counts.fixed)} fixed
            </Link>
          )}
        </p>
      </div>
    </section>
  );
}

function verdictOf(worst: FindingSummary | undefined, open: number): [Tone, string] {
  if (worst === undefined) return ["ok", "Nothing is known to be wrong"];
  if (worst.severity !== "critical") return ["warn", open === 1 ? "One thing needs a look" : `${formatCount(open)} things need a look`];
  return ["bad", open === 1 ? "Mail is in trouble: one open finding" : `Mail is in trouble: ${formatCount(open)} open findings`];
}

function Fact({ at, children }: { at: string; children: ReactNode }) {
  return (
    <span className="min-w-0">
      {children}, <Time at={at} show="ago" />
    </span>
  );
}
