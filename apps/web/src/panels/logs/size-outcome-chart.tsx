/** Sizes of messages that were delivered and that stalled, with the threshold between them. Loaded when first shown. */
import { CartesianGrid, ReferenceArea, ResponsiveContainer, Scatter, ScatterChart, Tooltip, XAxis, YAxis } from "recharts";
import { formatCount, formatSize } from "../../format/numbers.ts";
import { OUTCOME_LOOKS } from "../../ui/outcome-look.ts";
import { decadeMarks } from "../charts/axis-marks.ts";
import { ChartLegend, type LegendEntry, useHidden } from "../charts/chart-legend.tsx";
import { AXIS, axisTitle, formatCompact, GRID, MARGIN, sideTitle } from "../charts/chart-look.ts";
import { ChartMark, type MarkShape } from "../charts/chart-mark.tsx";
import { ChartTip } from "../charts/chart-tip.tsx";
import type { SizeOutcome, SizePoint } from "./size-points.ts";

export interface SizeOutcomeChartProps {
  readonly points: readonly SizePoint[];
  /** Bytes, the lesser first. */
  readonly threshold: readonly [number, number] | null;
  readonly onPick: (point: SizePoint) => void;
}

const OUTCOMES = {
  delivered: { name: "delivered", look: OUTCOME_LOOKS.delivered, shape: "dot" },
  stalled: { name: "stalled", look: OUTCOME_LOOKS.stalled, shape: "cross" },
  before: { name: "delivered before the first stall", look: OUTCOME_LOOKS.unknown, shape: "ring" },
} as const satisfies Record<SizeOutcome, { name: string; look: LegendEntry["look"]; shape: MarkShape }>;
const ORDER = ["before", "delivered", "stalled"] as const;
const THRESHOLD = { key: "threshold", look: { colour: "var(--accent)", fill: "solid" }, drawn: { as: "area" } } as const;
const LEAST = 0.7;

export function SizeOutcomeChart({ points, threshold, onPick }: SizeOutcomeChartProps) {
  const present = ORDER.filter((outcome) => points.some((point) => point.outcome === outcome)).toReversed();
  const entries: LegendEntry[] = [
    ...present.map((key) => ({
      key,
      name: OUTCOMES[key].name,
      look: OUTCOMES[key].look,
      drawn: { as: "mark", shape: OUTCOMES[key].shape } as const,
    })),
    ...(threshold === null ? [] : [{ ...THRESHOLD, name: "between the largest delivered and the smallest stalled" }]),
  ];
  // What was delivered before the fault would seem to disprove it.
  const hidden = useHidden(entries, ["before"]);
  const sizes = [...points.map(({ size }) => size), ...(threshold ?? [])].map((size) => Math.max(1, size));
  const domain = [Math.max(1, Math.floor(Math.min(...sizes) / 1.5)), Math.ceil(Math.max(...sizes) * 1.5)] as const;
  const most = Math.max(...points.map(({ count }) => count)) * 2;
  return (
    <div className="flex h-full flex-col">
      <ChartLegend entries={entries} hidden={hidden} />
      <div className="min-h-0 flex-1">
        <ResponsiveContainer width="100%" height="100%">
          <ScatterChart
            margin={MARGIN}
            style={{ cursor: "pointer" }}
            aria-label="Size against outcome. The table has the same by keyboard."
          >
            <CartesianGrid {...GRID} />
            <XAxis
              type="number"
              dataKey="size"
              scale="log"
              domain={[...domain]}
              ticks={sizeMarks(domain[0], domain[1])}
              tickFormatter={formatSize}
              label={axisTitle("size of the message (log scale)")}
              {...AXIS}
            />
            <YAxis
              type="number"
              dataKey="count"
              scale="log"
              domain={[LEAST, most]}
              ticks={decadeMarks(1, most)}
              tickFormatter={formatCompact}
              width={60}
              label={sideTitle("messages (log scale)")}
              {...AXIS}
            />
            <Tooltip
              cursor={false}
              content={({ payload }) => <SizeTip point={payload?.[0]?.payload as SizePoint | undefined} />}
              isAnimationActive={false}
            />
            {threshold !== null && !hidden.has(THRESHOLD.key) && (
              <ReferenceArea x1={threshold[0]} x2={threshold[1]} fill="var(--accent)" fillOpacity={0.18} stroke="var(--accent)" />
            )}
            {ORDER.filter((outcome) => present.includes(outcome) && !hidden.has(outcome)).map((outcome) => (
              <Scatter
                key={outcome}
                name={OUTCOMES[outcome].name}
                data={points.filter((point) => point.outcome === outcome).map((point) => ({ ...point, size: Math.max(1, point.size) }))}
                shape={({ cx = 0, cy = 0 }) => (
                  <ChartMark shape={OUTCOMES[outcome].shape} colour={OUTCOMES[outcome].look.colour} cx={cx} cy={cy} />
                )}
                onClick={({ payload }) => onPick(payload as SizePoint)}
                isAnimationActive={false}
              />
            ))}
          </ScatterChart>
        </ResponsiveContainer>
      </div>
    </div>
  );
}

function SizeTip({ point }: { point: SizePoint | undefined }) {
  if (point === undefined) return null;
  return (
    <ChartTip title={`${formatCount(point.count)} ${OUTCOMES[point.outcome].name}`}>
      <p className="text-soft">
        {formatCount(point.from)} to {formatCount(point.to)} bytes
      </p>
    </ChartTip>
  );
}

/** 1, 2 and 5 times powers of ten where there are few decades, else the decades. */
function sizeMarks(low: number, high: number): number[] {
  const decades = decadeMarks(low, high);
  if (decades.length > 2) return decades;
  return decadeMarks(low / 10, high).flatMap((decade) =>
    [1, 2, 5].map((factor) => factor * decade).filter((size) => size >= low && size <= high),
  );
}
