/** Counts in buckets of time: stacked on the line, and what stalled hanging below it on a scale of its own. Loaded when first shown. */
import { useId } from "react";
import { CartesianGrid, ReferenceLine, YAxis } from "recharts";
import { formatCount, formatTime } from "../../format/numbers.ts";
import type { Look } from "../../ui/outcome-look.ts";
import { countMarks } from "./axis-marks.ts";
import { ChartColumns, type Column } from "./chart-columns.tsx";
import { ChartPatterns } from "./chart-fill.tsx";
import { useHidden } from "./chart-legend.tsx";
import { AXIS, formatCompact, GRID, sideTitle } from "./chart-look.ts";
import { ChartTip } from "./chart-tip.tsx";
import type { TimeRange } from "./chart-zoom.tsx";
import { TimeChart } from "./time-chart.tsx";

export interface BarRow extends TimeRange {
  readonly counts: Readonly<Record<string, number>>;
}

export interface BarLayer {
  readonly key: string;
  readonly name: string;
  readonly look: Look;
  /** Hangs below the line: what is counted besides, and would be in the stack twice. */
  readonly below?: boolean;
}

export interface TimeBarsChartProps {
  readonly title: string;
  readonly rows: readonly BarRow[];
  readonly layers: readonly BarLayer[];
  /** Titles of the axes, with units. */
  readonly axis: string;
  readonly count: string;
  readonly onPick?: ((range: TimeRange) => void) | undefined;
}

type PlottedRow = BarRow & { readonly at: number };

const BELOW = "below";
/** Of the height, where something hangs below the line. */
const SHARE_BELOW = 0.28;

export function TimeBarsChart({ title, rows, layers, axis, count, onPick }: TimeBarsChartProps) {
  const id = useId();
  const hidden = useHidden(layers);
  const shown = layers.filter(({ key }) => !hidden.has(key));
  const [above, below] = [shown.filter((layer) => layer.below !== true), shown.filter((layer) => layer.below === true)];
  const plotted = rows.map((row): PlottedRow => ({ ...row, at: (row.from + row.to) / 2 }));
  const entries = layers.map(({ key, name, look }) => ({ key, name, look, drawn: { as: "bar" } as const }));
  return (
    <TimeChart
      title={title}
      rows={plotted}
      whole={{ from: rows[0]?.from ?? 0, to: rows.at(-1)?.to ?? 1 }}
      legend={{ entries, hidden }}
      axis={axis}
      tip={(row) => (
        <ChartTip
          title={`${formatTime(new Date(row.from).toISOString())} on`}
          figures={shown.map(({ key, name }) => [name, formatCount(row.counts[key] ?? 0)])}
        />
      )}
      onPick={onPick && (({ from, to }) => onPick({ from, to }))}
    >
      {(visible) => {
        const [most, mostBelow] = [mostOf(visible, above), mostOf(visible, below)];
        const share = below.length === 0 ? 0 : SHARE_BELOW;
        // Both scales have their 0 on the same line.
        const domain: [number, number] = [-(most * share) / (1 - share), most];
        const domainBelow: [number, number] = [-mostBelow, (mostBelow * (1 - share)) / (share || 1)];
        return (
          <>
            <ChartPatterns id={id} looks={shown.map(({ look }) => look)} />
            <CartesianGrid {...GRID} vertical={false} />
            <YAxis width={60} domain={domain} ticks={countMarks(most)} tickFormatter={formatCompact} label={sideTitle(count)} {...AXIS} />
            {below.length > 0 && (
              <YAxis
                yAxisId={BELOW}
                orientation="right"
                width={52}
                domain={domainBelow}
                ticks={countMarks(mostBelow, 2).map((mark) => -mark)}
                tickFormatter={(mark: number) => formatCompact(Math.abs(mark))}
                label={sideTitle(below.map(({ name }) => name).join(", "), "right", below[0]?.look.colour)}
                {...AXIS}
              />
            )}
            <ChartColumns id={id} columns={visible.flatMap((row) => stacked(row, above))} />
            {below.length > 0 && <ChartColumns id={id} yAxis={BELOW} columns={visible.flatMap((row) => hanging(row, below))} />}
            <ReferenceLine y={0} stroke="var(--faint)" />
          </>
        );
      }}
    </TimeChart>
  );
}

function mostOf(rows: readonly BarRow[], layers: readonly BarLayer[]): number {
  return Math.max(1, ...rows.map(({ counts }) => layers.reduce((sum, { key }) => sum + (counts[key] ?? 0), 0)));
}

function stacked({ from, to, counts }: BarRow, layers: readonly BarLayer[]): Column[] {
  let bottom = 0;
  return layers.flatMap(({ key, look }) => {
    const count = counts[key] ?? 0;
    if (count === 0) return [];
    bottom += count;
    return [{ key: `${from} ${key}`, from, to, bottom: bottom - count, top: bottom, look }];
  });
}

function hanging(row: BarRow, layers: readonly BarLayer[]): Column[] {
  return stacked(row, layers).map((column) => ({ ...column, bottom: -column.top, top: -column.bottom }));
}
