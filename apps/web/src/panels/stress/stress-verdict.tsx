import { STRESS_LIMIT_TITLES, type StressRun } from "@mxray/contracts";
import { formatCount, formatMs } from "../../format/numbers.ts";
import { formatRate, limitTone } from "../../format/stress-words.ts";
import { VerdictCard } from "../../ui/verdict-card.tsx";

/** What gave way first, why we say so, and what to change. */
export function StressVerdict({ run, heading }: { run: StressRun; heading: "h1" | "h2" }) {
  const { limit, stopped, target, rate, latencyMs, counts } = run;
  const tone = limitTone(limit.kind);
  const failed = counts.deferred + counts.rejected + counts.reset + counts.timedOut;
  return (
    <VerdictCard tone={tone} heading={heading} title={`${target}: ${STRESS_LIMIT_TITLES[limit.kind]}`}>
      {limit.evidence.map((text) => (
        <p key={text} className="mt-2 max-w-[75ch] wrap-anywhere">
          {text}
        </p>
      ))}
      {stopped !== null && <p className="mt-2 text-soft wrap-anywhere">Stopped early: {stopped.text}</p>}
      <dl className="mt-4 grid grid-cols-2 gap-3 sm:grid-cols-4">
        <Figure name="Accepted" value={formatRate(rate.achieved)} />
        <Figure name="Knee" value={limit.kneeRate === null ? "not reached" : formatRate(limit.kneeRate)} />
        <Figure name="99 % within" value={latencyMs.fromDue.p99 === null ? "–" : formatMs(latencyMs.fromDue.p99)} />
        <Figure name="Failed" value={`${formatCount(failed)} of ${formatCount(failed + counts.accepted)}`} />
      </dl>
      {limit.changes.length > 0 && (
        <>
          <h3 className="mt-5 text-sm font-semibold text-soft">What to change, the mildest first</h3>
          <ol className="mt-1 max-w-[75ch] list-decimal space-y-1 pl-5">
            {limit.changes.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ol>
        </>
      )}
    </VerdictCard>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div className="min-w-0 rounded-lg bg-raised px-3 py-2">
      <dt className="text-xs font-semibold text-soft">{name}</dt>
      <dd className="text-lg font-semibold tabular-nums">{value}</dd>
    </div>
  );
}
