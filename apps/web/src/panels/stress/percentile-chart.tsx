/** The percentile curve: each further line is ten times rarer; time is logarithmic. Loaded when first shown (Recharts is large). */
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { formatMs } from "../../format/numbers.ts";
import { ChartLegend, type LegendEntry, useHidden } from "../charts/chart-legend.tsx";
import { AXIS, axisTitle, CROSSHAIR, GRID, MARGIN, sideTitle } from "../charts/chart-look.ts";
import { ChartTip } from "../charts/chart-tip.tsx";

export interface PercentileRow {
  /** `99.9 %`. */
  readonly share: string;
  readonly now: number | null;
  readonly before: number | null;
}

const ENTRIES: readonly LegendEntry[] = [
  { key: "now", name: "This run", look: { colour: "var(--measure-1)", fill: "solid" }, drawn: { as: "line", dashes: "" } },
  { key: "before", name: "The run before", look: { colour: "var(--measure-5)", fill: "solid" }, drawn: { as: "line", dashes: "6 4" } },
];

export function PercentileChart({ rows, compared }: { rows: readonly PercentileRow[]; compared: boolean }) {
  const entries = compared ? ENTRIES : ENTRIES.slice(0, 1);
  const hidden = useHidden(entries);
  return (
    <div className="flex h-full flex-col">
      <ChartLegend entries={entries} hidden={hidden} />
      <div className="min-h-0 flex-1">
        <ResponsiveContainer width="100%" height="100%">
          <LineChart data={[...rows]} margin={MARGIN} aria-label="Latency by percentile. Arrow keys move along the curve.">
            <CartesianGrid {...GRID} />
            <XAxis dataKey="share" minTickGap={8} label={axisTitle("share of the messages")} {...AXIS} />
            <YAxis
              width={70}
              scale="log"
              domain={["auto", "auto"]}
              tickFormatter={formatMs}
              allowDataOverflow
              label={sideTitle("latency (log scale)")}
              {...AXIS}
            />
            <Tooltip
              cursor={CROSSHAIR}
              isAnimationActive={false}
              content={({ payload }) => <Tip row={payload?.[0]?.payload as PercentileRow | undefined} compared={compared} />}
            />
            {entries
              .filter(({ key }) => !hidden.has(key))
              .map(({ key, name, look, drawn }) => (
                <Line
                  key={key}
                  name={name}
                  dataKey={key}
                  stroke={look.colour}
                  strokeWidth={2.5}
                  strokeDasharray={drawn.as === "line" ? drawn.dashes : ""}
                  dot={key === "now" ? { r: 3, fill: look.colour } : false}
                  isAnimationActive={false}
                />
              ))}
          </LineChart>
        </ResponsiveContainer>
      </div>
    </div>
  );
}

function Tip({ row, compared }: { row: PercentileRow | undefined; compared: boolean }) {
  if (row === undefined) return null;
  const said = (ms: number | null) => (ms === null ? "not measured" : formatMs(ms));
  return (
    <ChartTip
      title={`${row.share} within`}
      figures={[["This run", said(row.now)], ...(compared ? [["The run before", said(row.before)] as const] : [])]}
    />
  );
}
