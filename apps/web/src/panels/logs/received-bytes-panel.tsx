import { type LogPeer, sizeClassBounds, sizeClassOf } from "@mxray/contracts";
import { formatBytes, formatCount } from "../../format/numbers.ts";
import { OUTCOME_LOOKS } from "../../ui/outcome-look.ts";
import type { HistogramBin } from "../charts/histogram-chart.tsx";
import { HistogramPanel } from "../charts/histogram-panel.tsx";
import { histogramScale } from "../charts/histogram-scale.ts";

const KB = 1024;
const SCALE = histogramScale(4 * KB);
const TICKS = [0, ...Array.from({ length: 11 }, (_, octaves) => 4 * KB * 4 ** octaves)];
const MARKS = [{ at: 64 * KB, name: "64 kB" }];

/** How much of a message clients had sent when their connection was lost or timed out: a pile at one value means something. */
export function ReceivedBytesPanel({
  peers,
  leftOut,
  onPick,
}: {
  peers: readonly LogPeer[];
  /** Peers that were counted and are not among them. */
  leftOut: number;
  /** Both ends are in it, bytes. */
  onPick: (from: number, to: number) => void;
}) {
  const bins = binsOf(peers);
  const other = peers.reduce((sum, { receivedBytesOther }) => sum + receivedBytesOther, 0);
  return (
    <HistogramPanel
      title="Bytes received before the loss"
      note={`A pile at 0: no content arrived, as when large packets are lost. A pile at 65,536: a proxy or a window, not the path MTU. Widely spread: clients that give up.${other > 0 ? ` ${formatCount(other)} further losses, each at a different byte count, are not drawn.` : ""}${leftOut > 0 ? ` Of the ${formatCount(peers.length)} most affected peers.` : ""}`}
      nothing="No client lost its connection during a message."
      bins={bins}
      look={OUTCOME_LOOKS.stalled}
      count="connections lost"
      column="Bytes received"
      axis="bytes of the message received"
      scale={SCALE}
      ticks={TICKS}
      format={formatBytes}
      marks={MARKS}
      onPick={(index) => {
        const bin = bins[index];
        if (bin !== undefined) onPick(bin.from, bin.to);
      }}
    />
  );
}

/** One for each class of sizes; where all of a class are equal, of that size alone. */
function binsOf(peers: readonly LogPeer[]): HistogramBin[] {
  const losses = peers.flatMap(({ receivedBytes }) => receivedBytes);
  return [...Map.groupBy(losses, ({ bytes }) => sizeClassOf(bytes))]
    .toSorted(([a], [b]) => a - b)
    .map(([sizeClass, members]) => {
      const bounds = sizeClassBounds(sizeClass);
      const [first = bounds.from, ...others] = new Set(members.map(({ bytes }) => bytes));
      const { from, to } = others.length === 0 ? { from: first, to: first } : bounds;
      const count = members.reduce((sum, member) => sum + member.count, 0);
      return { from, to, count, title: from === to ? formatCount(from) : `${formatCount(from)}–${formatCount(to)}` };
    });
}
