import type { StressRun } from "@mxray/contracts";
import { printable } from "@mxray/contracts";
import { formatCount, formatMs } from "../../format/numbers.ts";
import { formatRate, loadWords } from "../../format/stress-words.ts";
import { Card } from "../../ui/card.tsx";
import { LoadPanel } from "./load-panel.tsx";
import { PercentilePanel } from "./percentile-panel.tsx";
import { StressComparisonPanel } from "./stress-comparison-panel.tsx";
import { StressStagesPanel } from "./stress-stages-panel.tsx";
import { StressVerdict } from "./stress-verdict.tsx";

/** All that a finished run has to say; for its owner and for readers of a link alike. */
export function StressReport({ run, before, heading }: { run: StressRun; before: StressRun | null; heading: "h1" | "h2" }) {
  return (
    <>
      <StressVerdict run={run} heading={heading} />
      <LoadPanel series={run.series} live={false} />
      <div className="grid gap-4 lg:grid-cols-2">
        <PercentilePanel run={run} before={before} />
        <StressStagesPanel run={run} />
      </div>
      {before !== null && <StressComparisonPanel run={run} before={before} />}
      <div className="grid gap-4 lg:grid-cols-2">
        <LoadCard run={run} />
        {run.answers.length > 0 && (
          <Card title="Answers other than 2xx and 3xx">
            <ul className="space-y-1.5 text-sm">
              {run.answers.map(({ text, count }) => (
                <li key={text} className="flex gap-3">
                  <span className="w-16 shrink-0 text-right text-soft tabular-nums">{formatCount(count)} ×</span>
                  <code className="min-w-0 wrap-anywhere">{printable(text, 200)}</code>
                </li>
              ))}
            </ul>
          </Card>
        )}
      </div>
    </>
  );
}

function LoadCard({ run: { options, calibration, counts, rate, run } }: { run: StressRun }) {
  const rows = [
    ["Load", loadWords(options)],
    ["Run", run.by === "" ? run.id : `${run.id} by ${run.by}`],
    ["Offered", rate.offered === null ? "as much as the target took" : formatRate(rate.offered)],
    [
      "Generator",
      `can send ${formatRate(calibration.rate)} (99 % within ${calibration.p99Ms === null ? "–" : formatMs(calibration.p99Ms)})`,
    ],
    ["4xx, 5xx", `${formatCount(counts.deferred)}, ${formatCount(counts.rejected)}`],
    ["Broken, no answer", `${formatCount(counts.reset)}, ${formatCount(counts.timedOut)}`],
    ...(counts.unsent > 0 ? [["Never sent", formatCount(counts.unsent)]] : []),
  ];
  return (
    <Card title="The load">
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 text-sm">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-soft">{name}</dt>
            <dd className="min-w-0 wrap-anywhere tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
