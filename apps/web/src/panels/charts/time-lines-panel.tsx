import { lazy, type ReactNode } from "react";
import { formatTime } from "../../format/numbers.ts";
import { ChartCard } from "../../ui/chart-card.tsx";
import type { MeasuredRow, TimeLine } from "./time-lines-chart.tsx";

const TimeLinesChart = lazy(async () => ({ default: (await import("./time-lines-chart.tsx")).TimeLinesChart }));

/** Measurements over time. Who picks one wants what it was measured by. */
export function TimeLinesPanel({
  title,
  note,
  nothing,
  control,
  rows,
  lines,
  format,
  value,
  steps = false,
  column = "Probed",
  onPick,
}: {
  title: string;
  note: string;
  /** What is said where nothing was measured. */
  nothing: string;
  control?: ReactNode;
  /** The oldest first. */
  rows: readonly MeasuredRow[];
  lines: readonly TimeLine[];
  format: (value: number) => string;
  /** Along the vertical axis, with the unit. */
  value: string;
  steps?: boolean;
  /** What the times in the table are of. */
  column?: string;
  onPick?: (row: number) => void;
}) {
  const measured = lines.filter(({ key }) => rows.some(({ values }) => values[key] != null));
  return (
    <ChartCard
      title={title}
      note={note}
      control={control}
      empty={measured.length === 0 ? nothing : null}
      chart={<TimeLinesChart title={title} rows={rows} lines={measured} format={format} value={value} steps={steps} onPick={onPick} />}
      table={{
        caption: title,
        columns: [column, ...measured.map(({ name }) => ({ figures: name }))],
        // As in every list, the newest first.
        rows: rows
          .map(({ at, values }, index) => ({
            key: String(index),
            cells: [
              formatTime(new Date(at).toISOString()),
              ...measured.map(({ key }) => (values[key] == null ? "–" : format(values[key]))),
            ],
          }))
          .toReversed(),
        onPick: onPick && ((row) => onPick(rows.length - 1 - row)),
      }}
    />
  );
}
