/** Measurements over time, each as a line with its own stroke; a gap where there is none. Loaded when first shown (Recharts is large). */

import { CartesianGrid, Line, YAxis } from "recharts";
import { zoneName } from "../../format/moments.ts";
import { formatTime } from "../../format/numbers.ts";
import { type Look, MEASURE_LOOKS, OUTCOME_LOOKS } from "../../ui/outcome-look.ts";
import { valueMarks } from "./axis-marks.ts";
import { useHidden } from "./chart-legend.tsx";
import { AXIS, GRID, sideTitle } from "./chart-look.ts";
import { ChartTip } from "./chart-tip.tsx";
import { TimeChart } from "./time-chart.tsx";

export interface MeasuredRow {
  /** Milliseconds. */
  readonly at: number;
  readonly values: Readonly<Record<string, number | null>>;
}

export interface TimeLine {
  readonly key: string;
  readonly name: string;
  /** By default one of the measures. */
  readonly look?: Look;
}

export interface TimeLinesChartProps {
  readonly title: string;
  /** The oldest first. */
  readonly rows: readonly MeasuredRow[];
  readonly lines: readonly TimeLine[];
  readonly format: (value: number) => string;
  /** Along the vertical axis, with the unit. */
  readonly value: string;
  /** A value holds until the next one, and the axis need not begin at 0. */
  readonly steps?: boolean;
  readonly onPick?: ((row: number) => void) | undefined;
}

/** Told apart without colour, too. */
const DASHES = ["", "7 4", "2 3", "10 3 2 3", "1 5"];
const HOUR_MS = 3_600_000;
const FEW = 60;

export function TimeLinesChart({ title, rows, lines, format, value, steps = false, onPick }: TimeLinesChartProps) {
  const hidden = useHidden(lines);
  const drawn = lines.map((line, index) => ({
    ...line,
    look: line.look ?? MEASURE_LOOKS[index % MEASURE_LOOKS.length] ?? OUTCOME_LOOKS.unknown,
    dashes: DASHES[index % DASHES.length] ?? "",
  }));
  const shown = drawn.filter(({ key }) => !hidden.has(key));
  const plotted = rows.map((row, index) => ({ ...row, from: row.at, to: row.at, index }));
  const [first, last] = [rows[0]?.at ?? 0, rows.at(-1)?.at ?? 0];
  // Between counts there is nothing to mark.
  const counts = rows.every(({ values }) => lines.every(({ key }) => Number.isInteger(values[key] ?? 0)));
  // The first and the last are not cut by the frame.
  const air = first === last ? HOUR_MS : (last - first) * 0.02;
  return (
    <TimeChart
      title={title}
      rows={plotted}
      whole={{ from: first - air, to: last + air }}
      legend={{ entries: drawn.map(({ key, name, look, dashes }) => ({ key, name, look, drawn: { as: "line", dashes } })), hidden }}
      axis={`time, ${zoneName()}`}
      tip={({ at, values }) => (
        <ChartTip
          title={formatTime(new Date(at).toISOString())}
          figures={shown.map(({ key, name }) => [name, values[key] == null ? "not measured" : format(values[key])])}
        />
      )}
      onPick={onPick && (({ index }) => onPick(index))}
    >
      {(visible) => {
        const [low, high] = domainOf(visible, shown, steps);
        return (
          <>
            <CartesianGrid {...GRID} vertical={false} />
            <YAxis
              width={74}
              domain={[low, high]}
              ticks={valueMarks(low, high).filter((mark) => !counts || Number.isInteger(mark))}
              tickFormatter={format}
              label={sideTitle(value)}
              {...AXIS}
            />
            {shown.map(({ key, name, look, dashes }) => (
              <Line
                key={key}
                name={name}
                type={steps ? "stepAfter" : "linear"}
                dataKey={({ values }: MeasuredRow) => values[key] ?? null}
                stroke={look.colour}
                strokeWidth={2}
                strokeDasharray={dashes}
                dot={visible.length <= FEW ? { r: 3, fill: look.colour, strokeDasharray: "" } : false}
                connectNulls={false}
                isAnimationActive={false}
              />
            ))}
          </>
        );
      }}
    </TimeChart>
  );
}

/** From 0; steps to whole hundreds with some air, so that a change of a few bytes does not look like a cliff. */
function domainOf(rows: readonly MeasuredRow[], lines: readonly TimeLine[], steps: boolean): [number, number] {
  const values = rows.flatMap((row) => lines.flatMap(({ key }) => row.values[key] ?? []));
  if (values.length === 0) return [0, 1];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return steps ? [Math.max(0, Math.floor(least / 100 - 1) * 100), Math.ceil(most / 100 + 0.5) * 100] : [0, most > 0 ? most * 1.08 : 1];
}
