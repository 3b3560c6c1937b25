import { LOG_OUTCOMES, type LogOutcome, type LogSeries } from "@mxray/contracts";
import { LOG_OUTCOME_WORDS } from "../../format/log-words.ts";
import { type PickTimes, SeriesPanel } from "./series-panel.tsx";

const COLOURS: Record<LogOutcome, string> = {
  sent: "var(--ok)",
  deferred: "var(--warn)",
  bounced: "var(--info)",
  expired: "var(--faint)",
  stalled: "var(--bad)",
};

const LAYERS = LOG_OUTCOMES.map((key) => ({ key, name: LOG_OUTCOME_WORDS[key], colour: COLOURS[key], line: key === "stalled" }));

/** What became of mail. */
export function OutcomesPanel({ series, onPick }: { series: LogSeries; onPick: PickTimes }) {
  return (
    <SeriesPanel
      title="Outcomes over time"
      note="The line shows stalls: connections lost or timed out. Bars include deliveries that stalled."
      nothing="No mail in this part of the logs."
      series={series}
      points={series.outcomes.map(({ at, outcome, count }) => ({ at, key: outcome, count }))}
      layers={LAYERS.filter(({ key }) => series.outcomes.some(({ outcome }) => outcome === key))}
      onPick={onPick}
    />
  );
}
