/**
 * A run over time: throughput and latency above the pressure of the target's machine and its queue, all on one axis of seconds.
 * Loaded when first shown (Recharts is large).
 */
import type { StressSecond } from "@mxray/contracts";
import { type ReactElement, useId } from "react";
import { Area, CartesianGrid, Line, YAxis } from "recharts";
import { formatCount, formatMs } from "../../format/numbers.ts";
import { type Look, MEASURE_LOOKS, OUTCOME_LOOKS } from "../../ui/outcome-look.ts";
import { countMarks, valueMarks } from "../charts/axis-marks.ts";
import { ChartColumns, type Column } from "../charts/chart-columns.tsx";
import { ChartPatterns } from "../charts/chart-fill.tsx";
import { type LegendEntry, useHidden } from "../charts/chart-legend.tsx";
import { AXIS, formatCompact, GRID, sideTitle } from "../charts/chart-look.ts";
import { ChartTip } from "../charts/chart-tip.tsx";
import { ChartZoom } from "../charts/chart-zoom.tsx";
import { TimeChart } from "../charts/time-chart.tsx";

interface Series {
  readonly key: string;
  readonly name: string;
  readonly look: Look;
  readonly drawn: "bar" | "line" | "dashed" | "area";
  readonly of: (second: StressSecond) => number | null;
}

interface Strip {
  readonly title: string;
  /** Along the vertical axis. */
  readonly unit: string;
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  readonly logarithmic?: boolean;
}

type Row = StressSecond & { readonly at: number; readonly from: number; readonly to: number };

const failedOf = ({ deferred, rejected, reset, timedOut }: StressSecond) => deferred + rejected + reset + timedOut;
const hostOf = (name: string) => (second: StressSecond) => second.host?.[name] ?? null;
const [first, second, third] = MEASURE_LOOKS as [Look, Look, Look];

const STRIPS: readonly Strip[] = [
  {
    title: "Throughput",
    unit: "messages/s",
    format: formatCount,
    series: [
      { key: "accepted", name: "Accepted", look: OUTCOME_LOOKS.delivered, drawn: "bar", of: ({ accepted }) => accepted },
      { key: "failed", name: "Failed", look: { ...OUTCOME_LOOKS.stalled, fill: "striped" }, drawn: "bar", of: failedOf },
      { key: "due", name: "Due", look: { colour: "var(--ink)", fill: "solid" }, drawn: "dashed", of: ({ due }) => due },
    ],
  },
  {
    title: "Latency from the due time",
    unit: "time (log scale)",
    format: formatMs,
    logarithmic: true,
    series: [
      { key: "p99", name: "99 % within", look: second, drawn: "line", of: ({ p99 }) => p99 },
      { key: "p50", name: "50 % within", look: first, drawn: "dashed", of: ({ p50 }) => p50 },
    ],
  },
  {
    title: "Pressure on the target’s machine",
    unit: "% of time waiting",
    format: (value) => `${Math.round(value)} %`,
    series: [
      { key: "io", name: "Disk", look: second, drawn: "area", of: hostOf("psiIoSome") },
      { key: "cpu", name: "CPU", look: first, drawn: "line", of: hostOf("psiCpuSome") },
      { key: "memory", name: "Memory", look: third, drawn: "dashed", of: hostOf("psiMemorySome") },
    ],
  },
  {
    title: "Messages that wait",
    unit: "messages",
    format: formatCount,
    series: [
      { key: "waiting", name: "Wait in the generator", look: third, drawn: "area", of: ({ waiting }) => waiting },
      { key: "incoming", name: "Incoming queue", look: second, drawn: "line", of: hostOf("queueIncoming") },
      { key: "active", name: "Active queue", look: first, drawn: "dashed", of: hostOf("queueActive") },
    ],
  },
];

export function LoadCharts({ series }: { series: readonly StressSecond[] }) {
  const rows = series.map((one): Row => ({ ...one, at: one.second + 1, from: one.second + 0.5, to: one.second + 1.5 }));
  return (
    <ChartZoom>
      <div className="space-y-2">
        {STRIPS.map((strip) => ({ strip, shown: strip.series.filter(({ of }) => rows.some((row) => of(row) !== null)) }))
          .filter(({ shown }) => shown.length > 0)
          .map(({ strip, shown }) => (
            <div key={strip.title}>
              <p className="text-sm font-semibold">{strip.title}</p>
              <div className="h-48">
                <StripChart strip={strip} series={shown} rows={rows} />
              </div>
            </div>
          ))}
      </div>
    </ChartZoom>
  );
}

function StripChart({
  strip: { title, unit, format, logarithmic = false },
  series,
  rows,
}: {
  strip: Strip;
  series: readonly Series[];
  rows: readonly Row[];
}) {
  const id = useId();
  const hidden = useHidden(series);
  const shown = series.filter(({ key }) => !hidden.has(key));
  const bars = shown.filter(({ drawn }) => drawn === "bar");
  return (
    <TimeChart
      title={title}
      rows={rows}
      whole={{ from: rows[0]?.from ?? 0, to: rows.at(-1)?.to ?? 1 }}
      legend={{ entries: series.map(entryOf), hidden }}
      axis="second of the run"
      marks={secondMarks}
      tip={(row) => (
        <ChartTip
          title={`Second ${row.at}`}
          figures={shown.map(({ name, of }) => {
            const value = of(row);
            return [name, value === null ? "not measured" : format(value)];
          })}
        />
      )}
    >
      {(visible) => (
        <>
          <ChartPatterns id={id} looks={shown.map(({ look }) => look)} />
          <CartesianGrid {...GRID} vertical={false} />
          <Scale unit={unit} format={format} logarithmic={logarithmic} most={mostOf(visible, shown)} />
          {bars.length > 0 && <ChartColumns id={id} columns={visible.flatMap((row) => stacked(row, bars))} />}
          {shown.map(lineOf)}
        </>
      )}
    </TimeChart>
  );
}

function Scale({
  unit,
  format,
  logarithmic,
  most,
}: {
  unit: string;
  format: (value: number) => string;
  logarithmic: boolean;
  most: number;
}) {
  const common = { width: 70, label: sideTitle(unit), ...AXIS } as const;
  if (logarithmic) return <YAxis scale="log" domain={["auto", "auto"]} allowDataOverflow tickFormatter={format} {...common} />;
  return (
    <YAxis domain={[0, most]} ticks={countMarks(most, 4)} tickFormatter={format === formatCount ? formatCompact : format} {...common} />
  );
}

function mostOf(rows: readonly Row[], series: readonly Series[]): number {
  const sums = rows.map((row) => series.filter(({ drawn }) => drawn === "bar").reduce((sum, { of }) => sum + (of(row) ?? 0), 0));
  return Math.max(1, ...sums, ...rows.flatMap((row) => series.map(({ of }) => of(row) ?? 0)));
}

function secondMarks(from: number, to: number) {
  return { at: valueMarks(from, to, 10).filter(Number.isInteger), format: String };
}

function stacked(row: Row, bars: readonly Series[]): Column[] {
  let bottom = 0;
  return bars.flatMap(({ key, look, of }) => {
    const value = of(row) ?? 0;
    if (value === 0) return [];
    bottom += value;
    return [{ key: `${row.second} ${key}`, from: row.from, to: row.to, bottom: bottom - value, top: bottom, look }];
  });
}

const DASHES = "6 4";

function entryOf({ key, name, look, drawn }: Series): LegendEntry {
  const as = drawn === "bar" || drawn === "area" ? { as: drawn } : ({ as: "line", dashes: drawn === "dashed" ? DASHES : "" } as const);
  return { key, name, look, drawn: as };
}

function lineOf({ key, name, look: { colour }, drawn, of }: Series): ReactElement | null {
  const common = { name, dataKey: of, type: "linear", stroke: colour, strokeWidth: 2, isAnimationActive: false } as const;
  switch (drawn) {
    case "bar":
      return null;
    case "area":
      return <Area key={key} {...common} fill={colour} fillOpacity={0.18} />;
    case "line":
    case "dashed":
      return <Line key={key} {...common} dot={false} strokeDasharray={drawn === "dashed" ? DASHES : ""} />;
  }
}
