import type { LogSeries } from "@mxray/contracts";
import { zoneName } from "../../format/moments.ts";
import { formatCount, formatDuration, formatTime } from "../../format/numbers.ts";
import { ChartCard } from "../../ui/chart-card.tsx";
import type { TimeRange } from "../charts/chart-zoom.tsx";
import { TimeBars } from "../charts/time-bars.ts";
import type { BarLayer } from "../charts/time-bars-chart.tsx";
import { type SeriesPoint, seriesRows } from "./series-rows.ts";

export type PickTimes = (times: { readonly from: string; readonly to: string }) => void;

interface SeriesPanelProps {
  readonly title: string;
  readonly note: string;
  /** What is said where nothing was counted. */
  readonly nothing: string;
  readonly series: LogSeries;
  readonly points: readonly SeriesPoint[];
  readonly layers: readonly BarLayer[];
  readonly onPick: PickTimes;
}

/** Counts over time. Who picks a bar wants its time. */
export function SeriesPanel({ title, note, nothing, series, points, layers, onPick }: SeriesPanelProps) {
  const rows = seriesRows(series, points);
  const pick = ({ from, to }: TimeRange) => onPick({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
  const [first] = rows;
  return (
    <ChartCard
      title={title}
      note={note}
      empty={points.length === 0 ? nothing : null}
      chart={
        <TimeBars
          title={title}
          rows={rows}
          layers={layers}
          axis={`time, ${zoneName()}`}
          count={first === undefined ? "messages" : `messages in ${formatDuration((first.to - first.from) / 1000)}`}
          onPick={pick}
        />
      }
      table={{
        caption: title,
        columns: ["From", ...layers.map(({ name }) => ({ figures: name }))],
        rows: rows.map(({ from, counts }) => ({
          key: String(from),
          cells: [formatTime(new Date(from).toISOString()), ...layers.map(({ key }) => formatCount(counts[key] ?? 0))],
        })),
        onPick: (index) => {
          const row = rows[index];
          if (row !== undefined) pick(row);
        },
      }}
    />
  );
}
