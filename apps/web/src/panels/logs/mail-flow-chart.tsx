/** Outcomes of deliveries over time, stacked, with stalls as a line above them. Loaded when first shown (Recharts is large). */
import type { LogOutcome, LogSeries } from "@mxray/contracts";
import { Bar, CartesianGrid, ComposedChart, Legend, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { formatCount, formatDuration } from "../../format/numbers.ts";
import { AXIS, axisLabel, GRID, LEGEND, timeTick } from "../charts/chart-look.ts";

const BARS = [
  ["sent", "delivered", "var(--ok)"],
  ["deferred", "deferred", "var(--warn)"],
  ["failed", "given up", "var(--info)"],
] as const;

type Point = { readonly at: number; sent: number; deferred: number; failed: number; stalled: number };

export function MailFlowChart({ series }: { series: LogSeries }) {
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart
        data={pointsOf(series)}
        margin={{ top: 4, right: 8, bottom: 22, left: 0 }}
        accessibilityLayer={false}
        barCategoryGap={1}
      >
        <CartesianGrid {...GRID} vertical={false} />
        <XAxis
          dataKey="at"
          tickFormatter={timeTick(Date.parse(series.from), Date.parse(series.to))}
          minTickGap={48}
          label={axisLabel(`messages in each ${formatDuration(series.bucketSeconds)}`)}
          {...AXIS}
        />
        <YAxis allowDecimals={false} width={44} tickFormatter={formatCount} {...AXIS} />
        <Tooltip
          cursor={{ fill: "var(--raised)" }}
          isAnimationActive={false}
          labelFormatter={(at) =>
            new Date(Number(at)).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" })
          }
          contentStyle={{ background: "var(--card)", border: "1px solid var(--line)", borderRadius: 8, fontSize: 13 }}
          itemStyle={{ color: "var(--ink)" }}
        />
        <Legend itemSorter={null} {...LEGEND} />
        {BARS.map(([key, name, fill]) => (
          <Bar key={key} dataKey={key} name={name} stackId="mail" fill={fill} isAnimationActive={false} />
        ))}
        <Line dataKey="stalled" name="stalled" stroke="var(--bad)" strokeWidth={2} dot={false} isAnimationActive={false} />
      </ComposedChart>
    </ResponsiveContainer>
  );
}

/** One point for each bucket of the range, also where nothing happened: time is not left out. */
function pointsOf({ from, to, bucketSeconds, outcomes }: LogSeries): Point[] {
  const step = bucketSeconds * 1000;
  const first = Math.floor(Date.parse(from) / step) * step;
  const points = Array.from({ length: Math.max(1, Math.ceil((Date.parse(to) - first) / step)) }, (_, index): Point => {
    return { at: first + index * step, sent: 0, deferred: 0, failed: 0, stalled: 0 };
  });
  for (const { at, outcome, count } of outcomes) {
    const point = points[Math.floor((Date.parse(at) - first) / step)];
    if (point !== undefined) point[shownAs(outcome)] += count;
  }
  return points;
}

function shownAs(outcome: LogOutcome): "sent" | "deferred" | "failed" | "stalled" {
  return outcome === "bounced" || outcome === "expired" ? "failed" : outcome;
}
