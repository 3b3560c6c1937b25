/** How often each value occurred, on a true axis, with the values marked that mean something. Loaded when first shown. */
import { useId, useRef } from "react";
import { CartesianGrid, ComposedChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { formatCount } from "../../format/numbers.ts";
import type { Look } from "../../ui/outcome-look.ts";
import { countMarks } from "./axis-marks.ts";
import { ChartColumns } from "./chart-columns.tsx";
import { ChartPatterns } from "./chart-fill.tsx";
import { AXIS, axisTitle, CROSSHAIR, formatCompact, GRID, MARGIN, sideTitle } from "./chart-look.ts";
import { ChartTip } from "./chart-tip.tsx";
import { type HistogramScale, sparseMarks } from "./histogram-scale.ts";

export interface HistogramBin {
  /** Whole values; both ends are in it. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** In full. */
  readonly title: string;
}

export interface HistogramChartProps {
  readonly title: string;
  readonly bins: readonly HistogramBin[];
  readonly look: Look;
  /** What is counted. */
  readonly count: string;
  readonly axis: string;
  readonly scale: HistogramScale;
  /** Values that the axis may name, ascending. */
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
  /** Values with a meaning of their own. */
  readonly marks: readonly { readonly at: number; readonly name: string }[];
  readonly onPick?: ((bin: number) => void) | undefined;
}

interface Row extends HistogramBin {
  readonly index: number;
  /** On the axis: its middle, and its ends. */
  readonly place: number;
  readonly left: number;
  readonly right: number;
}

/** Of the width: a value of its own is seen, too. */
const LEAST_WIDTH = 0.012;

export function HistogramChart({ title, bins, look, count, axis, scale, ticks, format, marks, onPick }: HistogramChartProps) {
  const id = useId();
  const active = useRef<Row | null>(null);
  const { placeOf } = scale;
  const top = Math.max(...bins.map(({ to }) => to), ...marks.map(({ at }) => at)) * 1.15;
  const end = placeOf(top);
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  const rows = bins.map((bin, index): Row => {
    const [from, to] = [placeOf(bin.from), placeOf(bin.to + 1)];
    const width = Math.max(to - from, end * LEAST_WIDTH);
    return { ...bin, index, place: from + width / 2, left: from, right: from + width };
  });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the chart within it takes the focus
    <div
      className="h-full"
      onKeyDown={({ key }) => {
        if (key === "Enter" && active.current !== null) onPick?.(active.current.index);
      }}
    >
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart
          data={rows}
          margin={{ ...MARGIN, top: 22 }}
          aria-label={`${title}. Arrow keys move along the values${onPick === undefined ? "" : ", Enter opens"}.`}
          style={onPick === undefined ? {} : { cursor: "pointer" }}
          onClick={({ activeTooltipIndex }) => {
            if (activeTooltipIndex != null) onPick?.(Number(activeTooltipIndex));
          }}
        >
          <CartesianGrid {...GRID} vertical={false} />
          <XAxis
            type="number"
            dataKey="place"
            domain={[0, end]}
            ticks={sparseMarks(ticks, scale, top).map(placeOf)}
            tickFormatter={(place: number) => format(Math.round(scale.valueAt(place)))}
            interval={0}
            label={axisTitle(axis)}
            {...AXIS}
          />
          <YAxis width={60} domain={[0, most]} ticks={countMarks(most)} tickFormatter={formatCompact} label={sideTitle(count)} {...AXIS} />
          <ChartPatterns id={id} looks={[look]} />
          <ChartColumns
            id={id}
            columns={rows.map((row) => ({ key: String(row.from), from: row.left, to: row.right, bottom: 0, top: row.count, look }))}
          />
          {marks.map(({ at, name }) => (
            <ReferenceLine
              key={at}
              x={placeOf(at)}
              stroke="var(--accent)"
              strokeDasharray="5 4"
              label={{ value: name, fill: "var(--accent)", fontSize: 12, fontWeight: 600, position: "top" }}
            />
          ))}
          <Tooltip
            cursor={CROSSHAIR}
            isAnimationActive={false}
            content={({ active: on, payload }) => {
              active.current = on ? ((payload?.[0]?.payload as Row | undefined) ?? null) : null;
              return active.current === null ? null : (
                <ChartTip title={active.current.title} figures={[[count, formatCount(active.current.count)]]} />
              );
            }}
          />
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  );
}
