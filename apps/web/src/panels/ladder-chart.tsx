/** Packet size against time to acknowledgement, each rung coloured by its outcome. Loaded when first shown (Recharts is large). */
import type { Rung, RungOutcome } from "@mxray/contracts";
import { CartesianGrid, Legend, ReferenceLine, ResponsiveContainer, Scatter, ScatterChart, Tooltip, XAxis, YAxis } from "recharts";
import { formatBytes, formatCount, formatMs } from "../format/numbers.ts";
import { RUNG_TONES, RUNG_WORDS } from "../format/words.ts";
import { TONE_COLOUR } from "../ui/tone.ts";
import { AXIS, axisLabel } from "./chart-look.ts";

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
        <CartesianGrid stroke="var(--line)" strokeDasharray="2 4" />
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
        <Legend verticalAlign="top" align="left" wrapperStyle={{ top: 0, fontSize: 12.5 }} />
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
            shape={({ cx = 0, cy = 0 }) => <Mark outcome={outcome} cx={cx} cy={cy} />}
            legendType={outcome === "acked" ? "circle" : "cross"}
            isAnimationActive={false}
          />
        ))}
      </ScatterChart>
    </ResponsiveContainer>
  );
}

/** A dot arrived, a cross did not: colour is not all that tells them apart. */
function Mark({ outcome, cx, cy }: { outcome: RungOutcome; cx: number; cy: number }) {
  const colour = TONE_COLOUR[RUNG_TONES[outcome]];
  if (outcome === "acked") return <circle cx={cx} cy={cy} r={5.5} fill={colour} fillOpacity={0.85} stroke="var(--card)" />;
  return <path d={`M${cx - 5},${cy - 5}l10,10m0,-10l-10,10`} stroke={colour} strokeWidth={2.6} strokeLinecap="round" fill="none" />;
}

function lineLabel(value: string, fill: string, dy: number) {
  return { value, fill, fontSize: 12, fontWeight: 600, position: "top" as const, dy };
}

function RungTip({ rung }: { rung: Rung | undefined }) {
  if (rung === undefined) return null;
  return (
    <div className="max-w-64 rounded-lg border border-line bg-card px-3 py-2 text-sm shadow-lg">
      <p className="font-semibold">
        {rung.unit === "packet" ? `Packet of ${rung.size} bytes` : `Message of ${formatCount(rung.size)} bytes`}: {RUNG_WORDS[rung.outcome]}
      </p>
      <p className="text-soft">
        {formatMs(rung.ms)}, connection {rung.connection}, {rung.ladder === "noop" ? "NOOP" : "DATA"} ladder
        {rung.retransmits > 0 && `, sent again ${rung.retransmits}×`}
      </p>
    </div>
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
