/** Sizes of messages that were delivered and that stalled, with the threshold between them. Loaded when first shown. */
import { CartesianGrid, Legend, ReferenceArea, ResponsiveContainer, Scatter, ScatterChart, Tooltip, XAxis, YAxis } from "recharts";
import { formatCount, formatSize } from "../../format/numbers.ts";
import { AXIS, axisLabel, GRID, LEGEND } from "../charts/chart-look.ts";
import { ChartMark } from "../charts/chart-mark.tsx";
import { ChartTip } from "../charts/chart-tip.tsx";

export interface SizePoint {
  /** Bytes: where it is drawn, and the bounds of its class. */
  readonly size: number;
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly outcome: "delivered" | "stalled";
}

export interface SizeOutcomeChartProps {
  readonly points: readonly SizePoint[];
  /** Bytes, the lesser first. */
  readonly threshold: readonly [number, number] | null;
  readonly onPick: (point: SizePoint) => void;
}

const LOOKS = { delivered: "var(--ok)", stalled: "var(--bad)" } as const;
const LEAST = 0.7;

export function SizeOutcomeChart({ points, threshold, onPick }: SizeOutcomeChartProps) {
  const sizes = [...points.map(({ size }) => size), ...(threshold ?? [])].map((size) => Math.max(1, size));
  const domain = [Math.max(1, Math.floor(Math.min(...sizes) / 1.5)), Math.ceil(Math.max(...sizes) * 1.5)] as const;
  const most = Math.max(...points.map(({ count }) => count)) * 2;
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ScatterChart margin={{ top: 4, right: 20, bottom: 22, left: 0 }} accessibilityLayer={false} style={{ cursor: "pointer" }}>
        <CartesianGrid {...GRID} />
        <XAxis
          type="number"
          dataKey="size"
          scale="log"
          domain={[...domain]}
          ticks={decades(domain[0], domain[1])}
          tickFormatter={formatSize}
          label={axisLabel("size of the message (log scale)")}
          {...AXIS}
        />
        <YAxis
          type="number"
          dataKey="count"
          scale="log"
          domain={[LEAST, most]}
          ticks={decades(1, most)}
          tickFormatter={(count: number) => count.toLocaleString(undefined, { notation: "compact" })}
          width={52}
          {...AXIS}
        />
        <Tooltip
          cursor={false}
          content={({ payload }) => <SizeTip point={payload?.[0]?.payload as SizePoint | undefined} />}
          isAnimationActive={false}
        />
        <Legend height={26} {...LEGEND} />
        {threshold !== null && (
          <ReferenceArea
            x1={threshold[0]}
            x2={threshold[1]}
            fill="var(--accent)"
            fillOpacity={0.16}
            stroke="var(--accent)"
            label={{ value: "threshold", fill: "var(--accent)", fontSize: 12, fontWeight: 600, position: "insideTop" }}
          />
        )}
        {(["delivered", "stalled"] as const).map((outcome) => (
          <Scatter
            key={outcome}
            name={outcome}
            data={points.filter((point) => point.outcome === outcome).map((point) => ({ ...point, size: Math.max(1, point.size) }))}
            fill={LOOKS[outcome]}
            shape={({ cx = 0, cy = 0 }) => <ChartMark arrived={outcome === "delivered"} colour={LOOKS[outcome]} cx={cx} cy={cy} />}
            legendType={outcome === "delivered" ? "circle" : "cross"}
            onClick={({ payload }) => onPick(payload as SizePoint)}
            isAnimationActive={false}
          />
        ))}
      </ScatterChart>
    </ResponsiveContainer>
  );
}

function SizeTip({ point }: { point: SizePoint | undefined }) {
  if (point === undefined) return null;
  return (
    <ChartTip title={`${formatCount(point.count)} ${point.outcome}`}>
      <p className="text-soft">
        of {point.from} to {point.to} bytes
      </p>
    </ChartTip>
  );
}

function decades(from: number, to: number): number[] {
  const first = Math.ceil(Math.log10(from));
  return Array.from({ length: Math.max(0, Math.floor(Math.log10(to)) - first + 1) }, (_, index) => 10 ** (first + index));
}
