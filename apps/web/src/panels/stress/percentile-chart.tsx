/** The percentile curve: each further line is ten times rarer; time is logarithmic. Loaded when first shown (Recharts is large). */
import { CartesianGrid, Legend, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { formatMs } from "../../format/numbers.ts";
import { AXIS, axisLabel, GRID, LEGEND } from "../charts/chart-look.ts";
import { ChartTip } from "../charts/chart-tip.tsx";

export interface PercentileRow {
  /** `99.9 %`. */
  readonly share: string;
  readonly now: number | null;
  readonly before: number | null;
}

export function PercentileChart({ rows, compared }: { rows: readonly PercentileRow[]; compared: boolean }) {
  return (
    <ResponsiveContainer width="100%" height="100%">
      <LineChart data={[...rows]} margin={{ top: 4, right: 16, bottom: 22, left: 0 }} accessibilityLayer={false}>
        <CartesianGrid {...GRID} />
        <XAxis dataKey="share" minTickGap={8} label={axisLabel("share of the messages")} {...AXIS} />
        <YAxis width={62} scale="log" domain={["auto", "auto"]} tickFormatter={formatMs} allowDataOverflow {...AXIS} />
        <Tooltip
          isAnimationActive={false}
          content={({ payload }) => <Tip row={payload?.[0]?.payload as PercentileRow | undefined} compared={compared} />}
        />
        {compared && <Legend iconType="plainline" itemSorter={null} {...LEGEND} />}
        <Line
          name="This run"
          dataKey="now"
          stroke="var(--accent)"
          strokeWidth={2.5}
          dot={{ r: 3, fill: "var(--accent)" }}
          isAnimationActive={false}
        />
        {compared && (
          <Line
            name="The run before"
            dataKey="before"
            stroke="var(--soft)"
            strokeWidth={2}
            strokeDasharray="6 4"
            dot={false}
            isAnimationActive={false}
          />
        )}
      </LineChart>
    </ResponsiveContainer>
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
