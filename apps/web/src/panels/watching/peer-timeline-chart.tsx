/** Findings, probes, fixes and mail of one peer as lanes above one time axis. Loaded when first shown (Recharts is large). */

import type { ReactNode } from "react";
import { useId } from "react";
import { CartesianGrid, useXAxisScale, useYAxisScale, YAxis } from "recharts";
import { zoneName } from "../../format/moments.ts";
import { formatCount, formatTime } from "../../format/numbers.ts";
import type { Tone } from "../../format/words.ts";
import { OUTCOME_LOOKS } from "../../ui/outcome-look.ts";
import { TONE_COLOUR } from "../../ui/tone.ts";
import { ToneIcon } from "../../ui/tone-icon.tsx";
import { ChartColumns, type Column } from "../charts/chart-columns.tsx";
import { ChartPatterns } from "../charts/chart-fill.tsx";
import { type LegendEntry, useHidden } from "../charts/chart-legend.tsx";
import { AXIS, GRID } from "../charts/chart-look.ts";
import { ChartTip } from "../charts/chart-tip.tsx";
import type { TimeRange } from "../charts/chart-zoom.tsx";
import type { BarRow } from "../charts/time-bars-chart.tsx";
import { TimeChart } from "../charts/time-chart.tsx";
import type { PeerLanes } from "./peer-lanes.ts";

export interface PeerTimelineChartProps {
  readonly lanes: PeerLanes;
  /** Mail in buckets; empty where no log is followed. */
  readonly mail: readonly BarRow[];
  readonly whole: TimeRange;
  readonly onProbe: (probeId: string) => void;
}

const MAIL = [
  { key: "sent", name: "delivered", look: OUTCOME_LOOKS.delivered },
  { key: "deferred", name: "deferred", look: OUTCOME_LOOKS.deferred },
  { key: "stalled", name: "stalled", look: OUTCOME_LOOKS.stalled },
] as const;
/** In units of a lane: the whole of the mail, and how much of it hangs below its line. */
const MAIL_HEIGHT = 3;
const HANGING = 0.95;
const ICON = 16;

export function PeerTimelineChart({ lanes: { findings, probes }, mail, whole, onProbe }: PeerTimelineChartProps) {
  const id = useId();
  const hidden = useHidden(MAIL);
  const mailHeight = mail.length === 0 ? 0 : MAIL_HEIGHT;
  const probeLane = mailHeight + 0.5;
  const laneOf = (index: number) => mailHeight + 1 + (findings.length - 1 - index) + 0.5;
  const names = new Map([
    ...(mail.length === 0 ? [] : [[mailHeight / 2, "mail"] as const]),
    [probeLane, "probes"],
    ...findings.map(({ name }, index) => [laneOf(index), name] as const),
  ]);
  const stops: readonly BarRow[] = mail.length > 0 ? mail : probes.map(({ at }) => ({ from: at, to: at, counts: {} }));
  const rows = stops.map((row) => ({
    ...row,
    at: (row.from + row.to) / 2,
  }));
  const entries = MAIL.map(({ key, name, look }): LegendEntry => ({ key, name, look, drawn: { as: "bar" } }));
  const shown = MAIL.filter(({ key }) => !hidden.has(key));
  return (
    <TimeChart
      title="Time line"
      rows={rows}
      whole={whole}
      {...(mail.length === 0 ? {} : { legend: { entries, hidden } })}
      axis={`time, ${zoneName()}`}
      tip={(row) => (
        <ChartTip
          title={`${formatTime(new Date(row.from).toISOString())} on`}
          figures={mail.length === 0 ? [] : shown.map(({ key, name }) => [name, formatCount(row.counts[key] ?? 0)])}
        >
          {probes
            .filter(({ at }) => at >= row.from && at <= row.to)
            .map(({ title, probeId }) => (
              <p key={`${probeId} ${title}`} className="text-soft">
                probe: {title}
              </p>
            ))}
        </ChartTip>
      )}
    >
      {(visible) => (
        <>
          <ChartPatterns id={id} looks={MAIL.map(({ look }) => look)} />
          <CartesianGrid {...GRID} horizontal={false} />
          <YAxis
            width={104}
            domain={[0, mailHeight + 1 + findings.length]}
            ticks={[...names.keys()]}
            interval={0}
            tickFormatter={(lane: number) => names.get(lane) ?? ""}
            {...AXIS}
          />
          <ChartColumns
            id={id}
            columns={findings.map(({ id: key, from, to, tone, title }, index) => ({
              key,
              from: Math.max(from, whole.from),
              to: Math.max(Math.min(to ?? whole.to, whole.to), whole.from),
              bottom: laneOf(index) - 0.22,
              top: laneOf(index) + 0.22,
              look: { colour: TONE_COLOUR[tone], fill: "solid" },
              title,
            }))}
          />
          <ChartColumns id={id} columns={mailColumns(visible, new Set(shown.map(({ key }) => key)))} />
          {findings.map(
            ({ id: key, to }, index) =>
              to !== null && to >= whole.from && <Mark key={key} at={to} lane={laneOf(index)} tone="ok" title="Fixed" />,
          )}
          {probes.map(({ probeId, at, tone, title }) => (
            <Mark
              key={`${probeId} ${title}`}
              at={at}
              lane={probeLane}
              tone={tone}
              title={`${formatTime(new Date(at).toISOString())}: ${title}`}
              onPick={() => onProbe(probeId)}
            />
          ))}
        </>
      )}
    </TimeChart>
  );
}

function Mark({ at, lane, tone, title, onPick }: { at: number; lane: number; tone: Tone; title: string; onPick?: () => void }): ReactNode {
  const [x, y] = [useXAxisScale(), useYAxisScale()];
  const [left, top] = [Number(x?.(at)), Number(y?.(lane))];
  if (!Number.isFinite(left) || !Number.isFinite(top)) return null;
  return (
    <g
      transform={`translate(${left - ICON / 2},${top - ICON / 2})`}
      {...(onPick === undefined ? {} : { onClick: onPick, style: { cursor: "pointer" } })}
    >
      <circle cx={ICON / 2} cy={ICON / 2} r={ICON / 2 + 1} fill="var(--card)" />
      <ToneIcon tone={tone} size={ICON} />
      <title>{title}</title>
    </g>
  );
}

/** Delivered and deferred stand on a line within the lane, what stalled hangs below it; each on a scale of its own. */
function mailColumns(rows: readonly BarRow[], shown: ReadonlySet<string>): Column[] {
  const count = ({ counts }: BarRow, key: string) => (shown.has(key) ? (counts[key] ?? 0) : 0);
  const most = Math.max(1, ...rows.map((row) => count(row, "sent") + count(row, "deferred")));
  const mostStalled = Math.max(1, ...rows.map((row) => count(row, "stalled")));
  const above = (MAIL_HEIGHT - HANGING - 0.15) / most;
  return rows.flatMap((row) => {
    const { from, to } = row;
    const [sent, deferred, stalled] = [count(row, "sent"), count(row, "deferred"), count(row, "stalled")];
    return [
      { key: `${from} sent`, from, to, bottom: HANGING, top: HANGING + sent * above, look: OUTCOME_LOOKS.delivered, count: sent },
      {
        key: `${from} deferred`,
        from,
        to,
        bottom: HANGING + sent * above,
        top: HANGING + (sent + deferred) * above,
        look: OUTCOME_LOOKS.deferred,
        count: deferred,
      },
      {
        key: `${from} stalled`,
        from,
        to,
        bottom: HANGING - (HANGING * stalled) / mostStalled,
        top: HANGING,
        look: OUTCOME_LOOKS.stalled,
        count: stalled,
      },
    ].filter((column) => column.count > 0);
  });
}
