/**
 * A run over time: throughput and latency above the pressure of the target's machine and its queue, all on one axis of seconds.
 * Loaded when first shown (Recharts is large).
 */
import type { StressSecond } from "@mxray/contracts";
import type { ReactElement } from "react";
import { Area, Bar, CartesianGrid, ComposedChart, Legend, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { formatCount, formatMs } from "../../format/numbers.ts";
import { AXIS, axisLabel, GRID, LEGEND } from "../charts/chart-look.ts";
import { ChartTip } from "../charts/chart-tip.tsx";

const SYNC = "stress";

interface Series {
  readonly key: string;
  readonly name: string;
  readonly colour: string;
  readonly look: "bar" | "line" | "dashed" | "area";
  readonly of: (second: StressSecond) => number | null;
}

const failedOf = ({ deferred, rejected, reset, timedOut }: StressSecond) => deferred + rejected + reset + timedOut;
const hostOf = (name: string) => (second: StressSecond) => second.host?.[name] ?? null;

const THROUGHPUT: readonly Series[] = [
  { key: "accepted", name: "Accepted", colour: "var(--ok)", look: "bar", of: ({ accepted }) => accepted },
  { key: "failed", name: "Failed", colour: "var(--bad)", look: "bar", of: failedOf },
  { key: "due", name: "Due", colour: "var(--ink)", look: "dashed", of: ({ due }) => due },
];
const LATENCY: readonly Series[] = [
  { key: "p99", name: "99 % within", colour: "var(--warn)", look: "line", of: ({ p99 }) => p99 },
  { key: "p50", name: "50 % within", colour: "var(--accent)", look: "dashed", of: ({ p50 }) => p50 },
];
const PRESSURE: readonly Series[] = [
  { key: "io", name: "Disk", colour: "var(--bad)", look: "area", of: hostOf("psiIoSome") },
  { key: "cpu", name: "CPU", colour: "var(--accent)", look: "line", of: hostOf("psiCpuSome") },
  { key: "memory", name: "Memory", colour: "var(--ok)", look: "dashed", of: hostOf("psiMemorySome") },
];
const QUEUE: readonly Series[] = [
  { key: "waiting", name: "Wait in the generator", colour: "var(--info)", look: "area", of: ({ waiting }) => waiting },
  { key: "incoming", name: "Incoming queue", colour: "var(--warn)", look: "line", of: hostOf("queueIncoming") },
  { key: "active", name: "Active queue", colour: "var(--accent)", look: "dashed", of: hostOf("queueActive") },
];

export function LoadCharts({ series }: { series: readonly StressSecond[] }) {
  const seen = series.some(({ host }) => host !== undefined);
  return (
    <div className="space-y-1">
      <Strip title="Messages per second" series={series} of={THROUGHPUT} format={formatCount} />
      <Strip title="Latency from the due time" series={series} of={LATENCY} format={formatMs} logarithmic />
      {seen && (
        <Strip title="Pressure: time in which tasks waited, %" series={series} of={PRESSURE} format={(value) => `${Math.round(value)} %`} />
      )}
      <Strip title="Messages that wait" series={series} of={QUEUE} format={formatCount} last />
    </div>
  );
}

function Strip({
  title,
  series,
  of,
  format,
  logarithmic = false,
  last = false,
}: {
  title: string;
  series: readonly StressSecond[];
  of: readonly Series[];
  format: (value: number) => string;
  logarithmic?: boolean;
  last?: boolean;
}) {
  const shown = of.filter((one) => series.some((second) => one.of(second) !== null));
  const data = series.map((second) => ({
    second: second.second + 1,
    ...Object.fromEntries(shown.map((one) => [one.key, one.of(second)])),
  }));
  return (
    <div>
      <p className="text-sm font-semibold">{title}</p>
      <div className={last ? "h-44" : "h-40"}>
        <ResponsiveContainer width="100%" height="100%">
          <ComposedChart
            data={data}
            syncId={SYNC}
            margin={{ top: 4, right: 12, bottom: last ? 22 : 0, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid {...GRID} vertical={false} />
            <XAxis
              dataKey="second"
              scale="band"
              tick={last ? AXIS.tick : false}
              height={last ? 30 : 6}
              minTickGap={28}
              stroke={AXIS.stroke}
              tickLine={false}
              {...(last ? { label: axisLabel("second of the run") } : {})}
            />
            <YAxis
              width={58}
              tickFormatter={format}
              {...(logarithmic
                ? { scale: "log" as const, domain: ["auto", "auto"] as const, allowDataOverflow: true }
                : { allowDecimals: false })}
              {...AXIS}
            />
            <Tooltip
              cursor={{ stroke: "var(--faint)", fill: "var(--raised)" }}
              isAnimationActive={false}
              content={({ payload }) => <Tip row={payload?.[0]?.payload as Row | undefined} of={shown} format={format} />}
            />
            <Legend itemSorter={null} {...LEGEND} />
            {shown.map(markOf)}
          </ComposedChart>
        </ResponsiveContainer>
      </div>
    </div>
  );
}

type Row = { readonly second: number } & Readonly<Record<string, number | null>>;

function markOf({ key, name, colour, look }: Series): ReactElement {
  const common = { name, dataKey: key, isAnimationActive: false } as const;
  switch (look) {
    case "bar":
      return <Bar key={key} {...common} stackId="all" fill={colour} maxBarSize={28} />;
    case "area":
      return <Area key={key} {...common} type="linear" stroke={colour} strokeWidth={2} fill={colour} fillOpacity={0.18} />;
    default:
      return (
        <Line
          key={key}
          {...common}
          type="linear"
          stroke={colour}
          strokeWidth={2}
          dot={false}
          strokeDasharray={look === "dashed" ? "6 4" : ""}
        />
      );
  }
}

function Tip({ row, of, format }: { row: Row | undefined; of: readonly Series[]; format: (value: number) => string }) {
  if (row === undefined) return null;
  const said = (value: number | null | undefined) => (value == null ? "not measured" : format(value));
  return <ChartTip title={`Second ${row.second}`} figures={of.map(({ key, name }) => [name, said(row[key])])} />;
}
