import type { LogSeries } from "@mxray/contracts";
import { formatCount, formatTime } from "../../format/numbers.ts";
import { ChartCard } from "../../ui/chart-card.tsx";
import { StackedBars } from "../charts/stacked-bars.ts";
import type { BarLayer } from "../charts/stacked-bars-chart.tsx";
import { rowLabel, type SeriesPoint, seriesRows } from "./series-rows.ts";

export type PickTimes = (times: { readonly from: string; readonly to: string }) => void;

/** Counts over time. Who picks a bar wants its time. */
export function SeriesPanel({
  title,
  note,
  nothing,
  series,
  points,
  layers,
  onPick,
}: {
  title: string;
  note: string;
  /** What is said where nothing was counted. */
  nothing: string;
  series: LogSeries;
  points: readonly SeriesPoint[];
  layers: readonly BarLayer[];
  onPick: PickTimes;
}) {
  const rows = seriesRows(series, points);
  const pick = (index: number) => {
    const row = rows[index];
    if (row !== undefined) onPick({ from: new Date(row.from).toISOString(), to: new Date(row.to).toISOString() });
  };
  return (
    <ChartCard
      title={title}
      note={note}
      empty={points.length === 0 ? nothing : null}
      chart={
        <StackedBars
          rows={rows.map((row) => ({ label: rowLabel(row, rows), title: `from ${timeOf(row.from)}`, counts: row.counts }))}
          layers={layers}
          axis="time"
          onPick={pick}
        />
      }
      table={{
        caption: title,
        columns: ["From", ...layers.map(({ name }) => ({ figures: name }))],
        rows: rows.map(({ from, counts }) => ({
          key: String(from),
          cells: [timeOf(from), ...layers.map(({ key }) => formatCount(counts[key] ?? 0))],
        })),
        onPick: pick,
      }}
    />
  );
}

function timeOf(ms: number): string {
  return formatTime(new Date(ms).toISOString());
}
