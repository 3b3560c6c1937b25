/** Counts in rows, stacked. Loaded when first shown (Recharts is large). */
import { Bar, CartesianGrid, ComposedChart, Legend, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { formatCount } from "../../format/numbers.ts";
import { AXIS, axisLabel, GRID, LEGEND, picking } from "./chart-look.ts";
import { ChartTip } from "./chart-tip.tsx";

export interface BarRow {
  /** On the axis. */
  readonly label: string;
  /** In full. */
  readonly title: string;
  readonly counts: Readonly<Record<string, number>>;
}

export interface BarLayer {
  readonly key: string;
  readonly name: string;
  readonly colour: string;
  /** A line over the bars: what is counted besides and would be in the stack twice. */
  readonly line?: boolean;
}

export interface StackedBarsChartProps {
  readonly rows: readonly BarRow[];
  readonly layers: readonly BarLayer[];
  readonly axis: string;
  readonly onPick?: ((row: number) => void) | undefined;
}

const FEW = 40;

export function StackedBarsChart({ rows, layers, axis, onPick }: StackedBarsChartProps) {
  const data = rows.map((row, index) => ({ ...row, index }));
  const countOf = (key: string) => (row: BarRow) => row.counts[key] ?? 0;
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart data={data} margin={{ top: 4, right: 12, bottom: 22, left: 0 }} accessibilityLayer={false} {...picking(onPick)}>
        <CartesianGrid {...GRID} vertical={false} />
        <XAxis
          dataKey="index"
          tickFormatter={(index: number) => rows[index]?.label ?? ""}
          minTickGap={28}
          label={axisLabel(axis)}
          {...AXIS}
        />
        <YAxis allowDecimals={false} width={52} tickFormatter={formatCompact} {...AXIS} />
        <Tooltip
          cursor={{ fill: "var(--raised)" }}
          content={({ payload }) => <RowTip row={payload?.[0]?.payload as BarRow | undefined} layers={layers} />}
          isAnimationActive={false}
        />
        {layers.length > 1 && <Legend itemSorter={null} {...LEGEND} />}
        {layers.map(({ key, name, colour, line }) =>
          line === true ? (
            <Line
              key={key}
              name={name}
              dataKey={countOf(key)}
              stroke={colour}
              strokeWidth={2}
              dot={rows.length <= FEW ? { r: 3, fill: colour } : false}
              isAnimationActive={false}
            />
          ) : (
            <Bar key={key} name={name} dataKey={countOf(key)} stackId="all" fill={colour} maxBarSize={44} isAnimationActive={false} />
          ),
        )}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

function RowTip({ row, layers }: { row: BarRow | undefined; layers: readonly BarLayer[] }) {
  if (row === undefined) return null;
  return <ChartTip title={row.title} figures={layers.map(({ key, name }) => [name, formatCount(row.counts[key] ?? 0)])} />;
}

function formatCompact(count: number): string {
  return count.toLocaleString(undefined, { notation: "compact" });
}
