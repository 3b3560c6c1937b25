import { type LogPeer, sizeClassBounds } from "@mxray/contracts";
import { formatCount, formatDuration } from "../../format/numbers.ts";
import { OUTCOME_LOOKS } from "../../ui/outcome-look.ts";
import type { HistogramBin } from "../charts/histogram-chart.tsx";
import { HistogramPanel } from "../charts/histogram-panel.tsx";
import { histogramScale } from "../charts/histogram-scale.ts";

const SCALE = histogramScale(60);
const TICKS = [0, 60, 120, 1200, 3600, 4 * 3600, 16 * 3600];
/** Default timers of Postfix and Exim, seconds. */
const MARKS = [180, 300, 600].map((at) => ({ at, name: `${at} s` }));

/** How long a stalled attempt spent on the transmission: a pile at a timer means that nothing came back, not that it was slow. */
export function StallSecondsPanel({ peers }: { peers: readonly LogPeer[] }) {
  return (
    <HistogramPanel
      title="Time until a delivery stalled"
      note="A pile at a timer: the sender waited for an answer that never came. Default timers: 180 s for the message body (Postfix), 300 s for the body (Exim) or the receiver’s own, 600 s for the answer to the end of data. Widely spread: connections that were lost, or a slow host."
      nothing="No stalled delivery reports how long it took."
      bins={binsOf(peers)}
      look={OUTCOME_LOOKS.stalled}
      count="stalled attempts"
      column="Seconds"
      axis="seconds of the transmission"
      scale={SCALE}
      ticks={TICKS}
      format={(seconds) => (seconds === 0 ? "0" : formatDuration(seconds))}
      marks={MARKS}
    />
  );
}

function binsOf(peers: readonly LogPeer[]): HistogramBin[] {
  const counts = new Map<number, number>();
  for (const { class: secondsClass, count } of peers.flatMap(({ stallSeconds }) => stallSeconds)) {
    counts.set(secondsClass, (counts.get(secondsClass) ?? 0) + count);
  }
  return [...counts]
    .toSorted(([a], [b]) => a - b)
    .map(([secondsClass, count]) => {
      const { from, to } = sizeClassBounds(secondsClass);
      return { from, to, count, title: from === to ? formatCount(from) : `${formatCount(from)}–${formatCount(to)}` };
    });
}
