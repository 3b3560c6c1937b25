import type { FindingCounts, FindingState, FindingSummary, LogSource, ProbeSummary } from "@mxray/contracts";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { hasEnded } from "../../api/use-live-probe.ts";
import { useWatches } from "../../api/use-watches.ts";
import { formatCount } from "../../format/numbers.ts";
import { isUnconfirmed } from "../../format/watch-words.ts";
import { STATE_WORDS, type Tone } from "../../format/words.ts";
import { Time } from "../../ui/time.tsx";
import { TONE_BORDER, TONE_TEXT } from "../../ui/tone.ts";
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
  const unconfirmed = (useWatches().data?.watches ?? []).filter(isUnconfirmed).length;
  const [tone, sentence] = verdictOf(findings[0], counts.open, unconfirmed);
  const lastProbe = probes.find(hasEnded);
  const lastLine = sources
    .flatMap(({ lastLineAt }) => lastLineAt ?? [])
    .toSorted()
    .at(-1);
  return (
    <section
      aria-label="State of things"
      data-testid="state"
      className={`card flex flex-wrap items-center justify-between gap-x-8 gap-y-4 rounded-xl border border-l-4 border-line bg-card p-5 sm:p-6 ${TONE_BORDER[tone]}`}
    >
      <div className="flex min-w-0 flex-1 basis-96 gap-4">
        <span className="pt-0.5">
          <ToneIcon tone={tone} size={34} />
        </span>
        <div className="min-w-0">
          <h1 className="text-2xl leading-tight font-bold tracking-tight sm:text-3xl">{sentence}</h1>
          <p className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-sm text-soft">
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
            {lastLine === undefined && sources.length > 0 && <span>No log line read yet</span>}
          </p>
        </div>
      </div>
      <dl className="flex gap-x-7">
        <Figure state="open" count={counts.open} tone={tone} />
        <Figure state="acknowledged" count={counts.acknowledged} tone="info" />
        {counts.dismissed > 0 && <Figure state="dismissed" count={counts.dismissed} tone="info" />}
        <Figure state="fixed" count={counts.fixed} tone="ok" />
      </dl>
    </section>
  );
}

function Figure({ state, count, tone }: { state: FindingState; count: number; tone: Tone }) {
  return (
    <div className="flex flex-col-reverse">
      <dt className="text-sm text-soft">
        <Link to="/findings" search={state === "open" ? {} : { state }} className="underline-offset-2 hover:text-ink hover:underline">
          {STATE_WORDS[state]}
        </Link>
      </dt>
      <dd className={`text-3xl leading-tight font-bold tabular-nums ${count === 0 ? "text-faint" : TONE_TEXT[tone]}`}>
        {formatCount(count)}
      </dd>
    </div>
  );
}

/** @param unconfirmed targets whose last round failed and waits for a second one to confirm it */
function verdictOf(worst: FindingSummary | undefined, open: number, unconfirmed: number): [Tone, string] {
  if (worst === undefined && unconfirmed > 0) {
    const [targets, its] = unconfirmed === 1 ? ["One target", "its"] : [`${formatCount(unconfirmed)} targets`, "their"];
    return ["warn", `${targets} failed ${its} last round; waiting for a second one`];
  }
  if (worst === undefined) return ["ok", "No open findings"];
  return [worst.severity === "critical" ? "bad" : "warn", `${formatCount(open)} open ${open === 1 ? "problem" : "problems"}`];
}

function Fact({ at, children }: { at: string; children: ReactNode }) {
  return (
    <span className="min-w-0">
      {children}, <Time at={at} show="ago" />
    </span>
  );
}
