import { type LogSeries, MAIL_STAGES } from "@mxray/contracts";
import { MAIL_STAGE_WORDS } from "../../format/log-words.ts";
import { stageLook } from "../../ui/outcome-look.ts";
import { type PickTimes, SeriesPanel } from "./series-panel.tsx";

/** Where in the conversation it stalled. */
export function StalledStagesPanel({ series, onPick }: { series: LogSeries; onPick: PickTimes }) {
  const present = new Set(series.stages.map(({ stage }) => stage));
  const layers = MAIL_STAGES.filter((stage) => present.has(stage)).map((key) => ({
    key,
    name: MAIL_STAGE_WORDS[key],
    look: stageLook(key),
  }));
  return (
    <SeriesPanel
      title="Where it stalled, over time"
      note="Message body and end of data are where a path that loses large packets shows first."
      nothing="Nothing stalled in this part of the logs."
      series={series}
      points={series.stages.map(({ at, stage, count }) => ({ at, key: stage, count }))}
      layers={layers}
      onPick={onPick}
    />
  );
}
