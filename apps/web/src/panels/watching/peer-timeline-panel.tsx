import type { FindingSummary, LogSeries, PeerProbe } from "@mxray/contracts";
import { useNavigate } from "@tanstack/react-router";
import { lazy } from "react";
import { formatTime } from "../../format/numbers.ts";
import { ChartCard } from "../../ui/chart-card.tsx";
import type { TimeRange } from "../charts/chart-zoom.tsx";
import { seriesRows } from "../logs/series-rows.ts";
import { type PeerLanes, peerLanes } from "./peer-lanes.ts";

const PeerTimelineChart = lazy(async () => ({ default: (await import("./peer-timeline-chart.tsx")).PeerTimelineChart }));

interface Moment {
  readonly at: number;
  readonly what: string;
  readonly open: () => void;
}

/** What was found, probed and fixed, and what became of mail, on one axis. */
export function PeerTimelinePanel({
  findings,
  probes,
  series,
}: {
  findings: readonly FindingSummary[];
  probes: readonly PeerProbe[];
  /** Null where no log is followed. */
  series: LogSeries | null;
}) {
  const navigate = useNavigate();
  const lanes = peerLanes(findings, probes);
  const openProbe = (id: string) => void navigate({ to: "/diagnose/$id", params: { id } });
  const openFinding = (id: string) => void navigate({ to: "/findings/$id", params: { id } });
  const moments: Moment[] = [
    ...lanes.probes.map(({ at, title, probeId }) => ({ at, what: `Probe: ${title}`, open: () => openProbe(probeId) })),
    ...lanes.findings.map(({ id, from, title }) => ({ at: from, what: `Since: ${title}`, open: () => openFinding(id) })),
    ...lanes.findings.flatMap(({ id, to, title }) =>
      to === null ? [] : [{ at: to, what: `Fixed: ${title}`, open: () => openFinding(id) }],
    ),
  ].toSorted((a, b) => b.at - a.at);
  return (
    <ChartCard
      title="Time line"
      note={`Bars of findings run from the first evidence to the fix. Stalls hang below the line of the mail, on a scale of their own. Click a probe to open it.${lanes.leftOut > 0 ? ` ${lanes.leftOut} more findings are listed above.` : ""}`}
      empty={
        moments.length === 0 && (series === null || series.outcomes.length === 0) ? "Not probed yet, and no log reports any mail." : null
      }
      chart={
        <PeerTimelineChart
          lanes={lanes}
          mail={
            series === null
              ? []
              : seriesRows(
                  series,
                  series.outcomes.map(({ at, outcome, count }) => ({ at, key: outcome, count })),
                )
          }
          whole={wholeOf(lanes, series)}
          onProbe={openProbe}
        />
      }
      table={{
        caption: "What happened, the newest first",
        columns: ["Time", "What"],
        rows: moments.map(({ at, what }, index) => ({ key: String(index), cells: [formatTime(new Date(at).toISOString()), what] })),
        onPick: (row) => moments[row]?.open(),
      }}
    />
  );
}

const HOUR_MS = 3_600_000;

/** The part of the logs that is shown; without logs, all that is known. */
function wholeOf({ findings, probes }: PeerLanes, series: LogSeries | null): TimeRange {
  if (series !== null) return { from: Date.parse(series.from), to: Date.parse(series.to) };
  const times = [...probes.map(({ at }) => at), ...findings.flatMap(({ from, to }) => [from, to ?? from])];
  return { from: Math.min(...times) - HOUR_MS / 2, to: Math.max(...times, Date.now()) + HOUR_MS / 60 };
}
