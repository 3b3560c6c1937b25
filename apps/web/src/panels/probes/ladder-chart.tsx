/** Packet size against time to acknowledgement, each rung coloured by its outcome. Loaded when first shown (Recharts is large). */
import type { Rung } from "@mxray/contracts";
import { CartesianGrid, Legend, ReferenceLine, ResponsiveContainer, Scatter, ScatterChart, Tooltip, XAxis, YAxis } from "recharts";
import { formatBytes, formatCount, formatMs } from "../../format/numbers.ts";
import { RUNG_TONES, RUNG_WORDS } from "../../format/words.ts";
import { TONE_COLOUR } from "../../ui/tone.ts";
import { AXIS, axisLabel, GRID, LEGEND } from "../charts/chart-look.ts";
import { ChartMark } from "../charts/chart-mark.tsx";
import { ChartTip } from "../charts/chart-tip.tsx";

export interface LadderChartProps {
  readonly rungs: readonly Rung[];
  readonly unit: Rung["unit"];
  readonly pathMtu: number | null;
  readonly localMtu: number | null;
}

const LEAST_MS = 0.1;
const TICKS_MS = [0.1, 1, 10, 100, 1000, 10_000, 100_000];

export function LadderChart({ rungs, unit, pathMtu, localMtu }: LadderChartProps) {
  const shown = rungs.filter((rung) => rung.unit === unit);
  const [low, high] = sizeRange(shown, unit === "packet" ? [pathMtu, localMtu] : []);
  const top = Math.max(...shown.map(({ ms }) => ms), 1);
  const ceiling = TICKS_MS.find((tick) => tick > top) ?? 1e6;
  const byOutcome = Map.groupBy(shown, ({ outcome }) => outcome);
  const packets = unit === "packet";
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ScatterChart margin={{ top: 40, right: 48, bottom: 22, left: 4 }} accessibilityLayer={false}>
        <CartesianGrid {...GRID} />
        <XAxis
          type="number"
          dataKey="size"
          domain={[low, high]}
          scale={packets ? "linear" : "log"}
          ticks={packets ? packetTicks(low, high) : [...new Set(shown.map(({ size }) => size))].toSorted((a, b) => a - b)}
          tickFormatter={(size: number) => (packets ? String(size) : formatBytes(size))}
          label={axisLabel(packets ? "size of the IP packet (bytes)" : "message sent so far (bytes)")}
          {...AXIS}
        />
        <YAxis
          type="number"
          dataKey="shownMs"
          scale="log"
          domain={[LEAST_MS, ceiling]}
          ticks={TICKS_MS.filter((tick) => tick <= ceiling)}
          tickFormatter={formatMs}
          width={62}
          {...AXIS}
        />
        <Tooltip
          cursor={false}
          content={({ payload }) => <RungTip rung={payload?.[0]?.payload as Rung | undefined} />}
          isAnimationActive={false}
        />
        <Legend {...LEGEND} wrapperStyle={{ ...LEGEND.wrapperStyle, top: 0 }} />
        {packets && localMtu !== null && (
          <ReferenceLine
            x={localMtu}
            stroke="var(--faint)"
            strokeDasharray="5 4"
            label={lineLabel(`our MTU ${localMtu}`, "var(--faint)", -2)}
          />
        )}
        {packets && pathMtu !== null && pathMtu !== localMtu && (
          <ReferenceLine
            x={pathMtu}
            stroke="var(--accent)"
            strokeWidth={2}
            label={lineLabel(`path MTU ${pathMtu}`, "var(--accent)", -17)}
          />
        )}
        {[...byOutcome].map(([outcome, points]) => (
          <Scatter
            key={outcome}
            name={RUNG_WORDS[outcome]}
            data={points.map((rung) => ({ ...rung, shownMs: Math.max(rung.ms, LEAST_MS) }))}
            fill={TONE_COLOUR[RUNG_TONES[outcome]]}
            shape={({ cx = 0, cy = 0 }) => (
              <ChartMark arrived={outcome === "acked"} colour={TONE_COLOUR[RUNG_TONES[outcome]]} cx={cx} cy={cy} />
            )}
            legendType={outcome === "acked" ? "circle" : "cross"}
            isAnimationActive={false}
          />
        ))}
      </ScatterChart>
    </ResponsiveContainer>
  );
}

function lineLabel(value: string, fill: string, dy: number) {
  return { value, fill, fontSize: 12, fontWeight: 600, position: "top" as const, dy };
}

function RungTip({ rung }: { rung: Rung | undefined }) {
  if (rung === undefined) return null;
  const what = rung.unit === "packet" ? `Packet of ${rung.size} bytes` : `Message of ${formatCount(rung.size)} bytes`;
  return (
    <ChartTip title={`${what}: ${RUNG_WORDS[rung.outcome]}`}>
      <p className="text-soft">
        {formatMs(rung.ms)}, connection {rung.connection}, {rung.ladder === "noop" ? "NOOP" : "DATA"} ladder
        {rung.retransmits > 0 && `, sent again ${rung.retransmits}×`}
      </p>
    </ChartTip>
  );
}

function sizeRange(rungs: readonly Rung[], lines: readonly (number | null)[]): [number, number] {
  const sizes = [...rungs.map(({ size }) => size), ...lines.filter((line) => line !== null)];
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const margin = Math.max(20, Math.round((most - least) * 0.06));
  return rungs[0]?.unit === "payload" ? [least * 0.7, most * 1.4] : [least - margin, most + margin];
}

/** Round numbers, few enough to be read. */
function packetTicks(low: number, high: number): number[] {
  const step = [10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000].find((one) => (high - low) / one <= 8) ?? 5000;
  return Array.from({ length: Math.floor(high / step) - Math.ceil(low / step) + 1 }, (_, index) => (Math.ceil(low / step) + index) * step);
}
