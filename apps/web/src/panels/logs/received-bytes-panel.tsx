import { type LogPeer, sizeClassBounds, sizeClassOf } from "@mxray/contracts";
import { formatCount } from "../../format/numbers.ts";
import { ChartCard } from "../../ui/chart-card.tsx";
import { StackedBars } from "../charts/stacked-bars.ts";

const LAYERS = [{ key: "losses", name: "connections lost", colour: "var(--bad)" }];

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
  const bars = barsOf(peers);
  const pick = (row: number) => {
    const bar = bars[row];
    if (bar !== undefined) onPick(bar.from, bar.to);
  };
  const other = peers.reduce((sum, { receivedBytesOther }) => sum + receivedBytesOther, 0);
  return (
    <ChartCard
      title="Bytes received before the loss"
      note={`A pile at 0: no content arrived, as when large packets are lost. A pile at 65,536: a proxy or a window, not the path MTU. Widely spread: clients that give up.${other > 0 ? ` ${formatCount(other)} further losses, each at a different byte count, are not drawn.` : ""}${leftOut > 0 ? ` Of the ${formatCount(peers.length)} most affected peers.` : ""}`}
      empty={bars.length === 0 ? "No connection was lost during DATA." : null}
      chart={
        <StackedBars
          rows={bars.map(({ bytes, from, count }) => ({
            label: String(from),
            title: `${bytes} bytes received`,
            counts: { losses: count },
          }))}
          layers={LAYERS}
          axis="bytes of the message received"
          onPick={pick}
        />
      }
      table={{
        caption: "Bytes received before the loss",
        columns: ["Bytes", { figures: "Connections lost" }],
        rows: bars.map(({ bytes, count }) => ({ key: bytes, cells: [bytes, formatCount(count)] })),
        onPick: pick,
      }}
    />
  );
}

interface ReceivedBar {
  /** The exact count where all of the class have the same, else from and to. */
  readonly bytes: string;
  /** The least of them, and the most. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

function barsOf(peers: readonly LogPeer[]): ReceivedBar[] {
  const losses = peers.flatMap(({ receivedBytes }) => receivedBytes);
  const classes = Map.groupBy(losses, ({ bytes }) => sizeClassOf(bytes));
  return [...classes]
    .toSorted(([a], [b]) => a - b)
    .map(([sizeClass, members]) => {
      const { from, to } = sizeClassBounds(sizeClass);
      const [first = from, ...others] = new Set(members.map(({ bytes }) => bytes));
      const exact = others.length === 0;
      return {
        bytes: exact ? String(first) : `${from}–${to}`,
        from: exact ? first : from,
        to: exact ? first : to,
        count: members.reduce((sum, { count }) => sum + count, 0),
      };
    });
}
