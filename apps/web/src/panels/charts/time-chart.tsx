/**
 * The frame of every chart over time: one true axis, a crosshair that all charts of the page share, and a part of time that
 * is chosen by dragging or with the keyboard (arrows, Enter, + and −, Escape). Loaded when first shown (Recharts is large).
 */
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { ComposedChart, Line, ReferenceArea, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { timeMarks } from "./axis-marks.ts";
import { ChartLegend, type Hidden, type LegendEntry } from "./chart-legend.tsx";
import { AXIS, axisTitle, CROSSHAIR, MARGIN, UNSEEN } from "./chart-look.ts";
import { type TimeRange, useZoom, zoomedAround } from "./chart-zoom.tsx";

/** What the crosshair stops at: a moment, or the middle of a bucket. */
export interface TimeRow extends TimeRange {
  readonly at: number;
}

interface TimeChartProps<R extends TimeRow> {
  readonly title: string;
  /** The oldest first. */
  readonly rows: readonly R[];
  readonly whole: TimeRange;
  readonly legend?: { readonly entries: readonly LegendEntry[]; readonly hidden: Hidden };
  /** Below the horizontal axis. */
  readonly axis: string;
  /** Marks of that axis; by default times of the clock. */
  readonly marks?: typeof timeMarks;
  readonly tip: (row: R) => ReactNode;
  readonly onPick?: ((row: R) => void) | undefined;
  readonly children: (shown: readonly R[]) => ReactNode;
}

/** Of the axis that only the crosshair needs. */
const ROWS = "rows";

export function TimeChart<R extends TimeRow>(props: TimeChartProps<R>) {
  const { title, rows, whole, legend, axis, marks = timeMarks, tip, onPick, children } = props;
  const zoom = useZoom();
  const active = useRef<R | null>(null);
  const [own, setOwn] = useState(false);
  const [drag, setDrag] = useState<{ readonly first: R; readonly last: R } | null>(null);
  const range = within(zoom.range, whole) ?? whole;
  const shown = rows.filter(({ from, to }) => to >= range.from && from <= range.to);
  const { at: ticks, format } = marks(range.from, range.to);
  const release = () => {
    setDrag(null);
    if (drag === null) return;
    const { first, last } = drag;
    if (first === last) onPick?.(first);
    else zoom.change({ from: Math.min(first.from, last.from), to: Math.max(first.to, last.to) });
  };
  const press = ({ key }: KeyboardEvent) => {
    if (key === "Enter" && active.current !== null) onPick?.(active.current);
    if (key === "Escape" && zoom.range !== null) zoom.change(null);
    const factor = key === "+" ? 0.5 : key === "-" ? 2 : null;
    if (factor !== null) zoom.change(zoomedAround(active.current?.at ?? (range.from + range.to) / 2, range, whole, factor));
  };
  const rowOf = (index: unknown) => (index == null ? undefined : shown[Number(index)]);
  return (
    <div className="flex h-full flex-col">
      <div className="flex items-start justify-between gap-2">
        {legend === undefined ? <span /> : <ChartLegend {...legend} />}
        {zoom.range !== null && (
          <button type="button" className="min-h-6 shrink-0 text-[12.5px] text-accent underline" onClick={() => zoom.change(null)}>
            Reset zoom
          </button>
        )}
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the chart within it takes the focus */}
      <div
        className="min-h-0 flex-1 select-none"
        onMouseEnter={() => setOwn(true)}
        onMouseLeave={() => setOwn(false)}
        onFocus={() => setOwn(true)}
        onBlur={() => setOwn(false)}
        onKeyDown={press}
      >
        <ResponsiveContainer width="100%" height="100%">
          <ComposedChart
            data={[...shown]}
            margin={MARGIN}
            syncId={zoom.link}
            syncMethod={(points, { activeLabel }) => nearestIndex(points, Number(activeLabel))}
            style={{ cursor: "crosshair" }}
            aria-label={`${title}. Arrow keys move the crosshair, plus and minus zoom${onPick === undefined ? "" : ", Enter opens"}.`}
            onMouseDown={({ activeTooltipIndex }) => {
              const row = rowOf(activeTooltipIndex);
              if (row !== undefined) setDrag({ first: row, last: row });
            }}
            onMouseMove={({ activeTooltipIndex }) => {
              const row = rowOf(activeTooltipIndex);
              if (drag !== null && row !== undefined && row !== drag.last) setDrag({ first: drag.first, last: row });
            }}
            onMouseUp={release}
            onMouseLeave={() => setDrag(null)}
          >
            <XAxis
              type="number"
              dataKey="at"
              domain={[range.from, range.to]}
              allowDataOverflow
              ticks={[...ticks]}
              interval="preserveStart"
              minTickGap={12}
              tickFormatter={format}
              label={axisTitle(axis)}
              {...AXIS}
            />
            <YAxis yAxisId={ROWS} hide domain={[0, 1]} />
            <Line yAxisId={ROWS} {...UNSEEN} />
            {children(shown)}
            {drag !== null && drag.first !== drag.last && (
              <ReferenceArea
                yAxisId={ROWS}
                x1={Math.min(drag.first.from, drag.last.from)}
                x2={Math.max(drag.first.to, drag.last.to)}
                fill="var(--accent)"
                fillOpacity={0.14}
              />
            )}
            <Tooltip
              cursor={CROSSHAIR}
              isAnimationActive={false}
              content={({ active: on, payload }) => {
                active.current = on ? ((payload?.[0]?.payload as R | undefined) ?? null) : null;
                // Elsewhere the crosshair is enough.
                return own && drag === null && active.current !== null ? tip(active.current) : null;
              }}
            />
          </ComposedChart>
        </ResponsiveContainer>
      </div>
    </div>
  );
}

/** The part of a chart's own time that the page shows; null where that is none of it. */
function within(range: TimeRange | null, whole: TimeRange): TimeRange | null {
  if (range === null || range.to <= whole.from || range.from >= whole.to) return null;
  return { from: Math.max(range.from, whole.from), to: Math.min(range.to, whole.to) };
}

function nearestIndex(points: readonly { readonly value: unknown }[], at: number): number {
  const distance = (index: number) => Math.abs(Number(points[index]?.value) - at);
  return points.reduce((best, _, index) => (distance(index) < distance(best) ? index : best), 0);
}
