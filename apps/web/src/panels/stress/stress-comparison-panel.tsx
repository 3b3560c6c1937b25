import { STRESS_LIMIT_TITLES, type StressRun } from "@mxray/contracts";
import type { ReactNode } from "react";
import { formatCount, formatMs } from "../../format/numbers.ts";
import { formatRate, loadWords } from "../../format/stress-words.ts";
import { Card } from "../../ui/card.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Time } from "../../ui/time.tsx";

type Measure = readonly [
  name: string,
  of: (run: StressRun) => number | null,
  format: (value: number) => string,
  better: "more" | "less" | null,
];

const MEASURES: readonly Measure[] = [
  ["Accepted", ({ rate }) => rate.achieved, formatRate, "more"],
  ["50 % within", ({ latencyMs }) => latencyMs.fromDue.p50, formatMs, "less"],
  ["99 % within", ({ latencyMs }) => latencyMs.fromDue.p99, formatMs, "less"],
  ["99.9 % within", ({ latencyMs }) => latencyMs.fromDue.p999, formatMs, "less"],
  ["Failed", ({ counts: { deferred, rejected, reset, timedOut } }) => deferred + rejected + reset + timedOut, formatCount, "less"],
  ["Pressure on the disk", ({ host }) => host?.psiIoSome ?? null, formatPercent, null],
  ["Pressure on the CPU", ({ host }) => host?.psiCpuSome ?? null, formatPercent, null],
];
/** Two runs are never quite the same. */
const NOISE = 0.1;

/** Two runs of one target side by side: what a change of its settings was worth. */
export function StressComparisonPanel({ run, before }: { run: StressRun; before: StressRun }) {
  const [was, is] = [loadWords(before.options), loadWords(run.options)];
  return (
    <Card title="Before and after">
      {was !== is && (
        <p className="mb-3 text-sm text-warn">
          The loads differ, so the figures do too. Before: {was}. Now: {is}.
        </p>
      )}
      <div className="overflow-x-auto">
        <DataTable
          caption="This run beside the one before it of the same target"
          columns={["Measure", { figures: "Before" }, { figures: "This run" }, "Change"]}
          rows={[
            {
              key: "began",
              cells: ["Began", <Time key="was" at={before.run.startedAt} />, <Time key="is" at={run.run.startedAt} />, ""],
            },
            ...MEASURES.flatMap(([name, of, format, better]) => {
              const [old, now] = [of(before), of(run)];
              if (old === null || now === null) return [];
              return [
                {
                  key: name,
                  cells: [
                    name,
                    format(old),
                    format(now),
                    better === null ? "" : <Change key="change" old={old} now={now} better={better} />,
                  ],
                },
              ];
            }),
            { key: "limit", cells: ["What gave way", STRESS_LIMIT_TITLES[before.limit.kind], STRESS_LIMIT_TITLES[run.limit.kind], ""] },
          ]}
        />
      </div>
    </Card>
  );
}

function Change({ old, now, better }: { old: number; now: number; better: "more" | "less" }): ReactNode {
  if (Math.abs(now - old) <= NOISE * Math.max(Math.abs(old), Math.abs(now))) return <span className="text-soft">about the same</span>;
  const good = better === "more" ? now > old : now < old;
  const times = old === 0 ? null : now > old ? now / old : old / now;
  const words = times === null || times >= 100 || !Number.isFinite(times) ? "" : ` ${Number(times.toPrecision(2))} times`;
  return (
    <span className={good ? "text-ok" : "text-bad"}>
      {good ? "better" : "worse"}
      {words === "" ? "" : `,${words} ${now > old ? "more" : "less"}`}
    </span>
  );
}

function formatPercent(share: number): string {
  return `${Math.round(share)} %`;
}
