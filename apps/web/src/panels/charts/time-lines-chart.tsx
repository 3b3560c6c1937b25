/** Measurements over time, each as a line with its own stroke and mark; a gap where there is none. Loaded when first shown (Recharts is large). */
import { CartesianGrid, Legend, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { formatTime } from "../../format/numbers.ts";
import { AXIS, GRID, LEGEND, picking, timeTick } from "./chart-look.ts";
import { ChartTip } from "./chart-tip.tsx";

export interface TimeRow {
  /** Milliseconds. */
  readonly at: number;
  readonly values: Readonly<Record<string, number | null>>;
}

export interface TimeLine {
  readonly key: string;
  readonly name: string;
  readonly colour: string;
}

export interface TimeLinesChartProps {
  /** The oldest first. */
  readonly rows: readonly TimeRow[];
  readonly lines: readonly TimeLine[];
  readonly format: (value: number) => string;
  /** A value holds until the next one, and the axis need not begin at 0. */
  readonly steps?: boolean;
  readonly onPick?: ((row: number) => void) | undefined;
}

/** Told apart without colour, too. */
const DASHES = ["", "7 4", "2 3", "10 3 2 3", "1 5"];
const HOUR_MS = 3_600_000;
const FEW = 60;

export function TimeLinesChart({ rows, lines, format, steps = false, onPick }: TimeLinesChartProps) {
  const data = rows.map((row, index) => ({ ...row, index }));
  const [first, last] = [rows[0]?.at ?? 0, rows.at(-1)?.at ?? 0];
  const span = last - first;
  return (
    <ResponsiveContainer width="100%" height="100%">
      <LineChart data={data} margin={{ top: 4, right: 16, bottom: 0, left: 0 }} accessibilityLayer={false} {...picking(onPick)}>
        <CartesianGrid {...GRID} vertical={false} />
        <XAxis
          type="number"
          dataKey="at"
          domain={span === 0 ? [first - HOUR_MS, last + HOUR_MS] : [first, last]}
          tickFormatter={timeTick(first, last)}
          minTickGap={48}
          {...AXIS}
        />
        <YAxis width={58} tickFormatter={format} domain={steps ? stepDomain(rows) : [0, "auto"]} allowDecimals={!steps} {...AXIS} />
        <Tooltip
          isAnimationActive={false}
          content={({ payload }) => <Tip row={payload?.[0]?.payload as TimeRow | undefined} lines={lines} format={format} />}
        />
        <Legend iconType="plainline" {...LEGEND} />
        {lines.map(({ key, name, colour }, index) => (
          <Line
            key={key}
            name={name}
            type={steps ? "stepAfter" : "linear"}
            dataKey={({ values }: TimeRow) => values[key] ?? null}
            stroke={colour}
            strokeWidth={2}
            strokeDasharray={DASHES[index % DASHES.length] ?? ""}
            dot={rows.length <= FEW ? { r: 3, fill: colour, strokeDasharray: "" } : false}
            connectNulls={false}
            isAnimationActive={false}
          />
        ))}
      </LineChart>
    </ResponsiveContainer>
  );
}

/** To whole hundreds with some air, so that a change of a few bytes does not look like a cliff. */
function stepDomain(rows: readonly TimeRow[]): [number, number] {
  const values = rows.flatMap((row) => Object.values(row.values).flatMap((value) => value ?? []));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return [Math.max(0, Math.floor(least / 100 - 1) * 100), Math.ceil(most / 100 + 0.5) * 100];
}

function Tip({ row, lines, format }: { row: TimeRow | undefined; lines: readonly TimeLine[]; format: (value: number) => string }) {
  if (row === undefined) return null;
  const measured = (value: number | null | undefined) => (value == null ? "not measured" : format(value));
  return (
    <ChartTip
      title={formatTime(new Date(row.at).toISOString())}
      figures={lines.map(({ key, name }) => [name, measured(row.values[key])])}
    />
  );
}
