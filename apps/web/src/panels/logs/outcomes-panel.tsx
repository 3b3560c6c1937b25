import { LOG_OUTCOMES, type LogSeries } from "@mxray/contracts";
import { LOG_OUTCOME_WORDS } from "../../format/log-words.ts";
import { LOG_OUTCOME_LOOKS } from "../../ui/outcome-look.ts";
import { type PickTimes, SeriesPanel } from "./series-panel.tsx";

const LAYERS = LOG_OUTCOMES.map((key) => ({
  key,
  name: LOG_OUTCOME_WORDS[key],
  look: LOG_OUTCOME_LOOKS[key],
  below: key === "stalled",
}));

/** What became of mail. */
export function OutcomesPanel({ series, onPick }: { series: LogSeries; onPick: PickTimes }) {
  return (
    <SeriesPanel
      title="Outcomes over time"
      note="Below the line: attempts that stalled, with connections lost or timed out, on the scale at the right. Their messages count above it, too, most often as deferred."
      nothing="No mail in this part of the logs."
      series={series}
      points={series.outcomes.map(({ at, outcome, count }) => ({ at, key: outcome, count }))}
      layers={LAYERS.filter(({ key }) => series.outcomes.some(({ outcome }) => outcome === key))}
      onPick={onPick}
    />
  );
}
