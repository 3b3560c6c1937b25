import type { StressRun } from "@mxray/contracts";
import { lazy } from "react";
import { formatMs } from "../../format/numbers.ts";
import { ChartCard } from "../../ui/chart-card.tsx";
import type { PercentileRow } from "./percentile-chart.tsx";

const PercentileChart = lazy(async () => ({ default: (await import("./percentile-chart.tsx")).PercentileChart }));

/** How long messages took from their due time, from the usual to the rarest. */
export function PercentilePanel({ run, before }: { run: StressRun; before: StressRun | null }) {
  const earlier = new Map(before?.curve ?? []);
  const rows = run.curve.map(([share, now]): PercentileRow => ({ share: `${share} %`, now, before: earlier.get(share) ?? null }));
  const compared = earlier.size > 0;
  return (
    <ChartCard
      title="Latency by percentile"
      note="From the due time to the answer to the end of the message; the scale of time is logarithmic."
      empty={rows.length === 0 ? "No message ended." : null}
      chart={<PercentileChart rows={rows} compared={compared} />}
      table={{
        caption: "Latency by percentile",
        columns: ["Share of the messages", { figures: "This run" }, ...(compared ? [{ figures: "The run before" }] : [])],
        rows: rows.map(({ share, now, before: was }) => ({
          key: share,
          cells: [share, now === null ? "–" : formatMs(now), ...(compared ? [was === null ? "–" : formatMs(was)] : [])],
        })),
      }}
    />
  );
}
