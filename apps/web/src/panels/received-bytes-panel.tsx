import { type LogPeer, sizeClassBounds, sizeClassOf } from "@mxray/contracts";
import { formatCount } from "../format/numbers.ts";
import { ChartCard } from "../ui/chart-card.tsx";
import { StackedBars } from "./stacked-bars.ts";

const LAYERS = [{ key: "losses", name: "connections lost", colour: "var(--bad)" }];

/** How much of a message clients had sent when their connection was lost or timed out: a pile at one value means something. */
export function ReceivedBytesPanel({ peers }: { peers: readonly LogPeer[] }) {
  const bars = barsOf(peers);
  const other = peers.reduce((sum, { receivedBytesOther }) => sum + receivedBytesOther, 0);
  return (
    <ChartCard
      title="Bytes received before the loss"
      note={`A pile at 0: nothing of the content came, as where large packets vanish. A pile at 65536: a proxy or a window, not the path MTU. Widely spread: clients that give up.${other > 0 ? ` ${formatCount(other)} further losses, each at a byte count of its own, are not drawn.` : ""}`}
      empty={bars.length === 0 ? "No client was lost while it sent a message." : null}
      chart={
        <StackedBars
          rows={bars.map(({ label, count }) => ({ label, title: `${label} bytes received`, counts: { losses: count } }))}
          layers={LAYERS}
          axis="bytes of the message received"
        />
      }
      table={{
        caption: "Bytes received before the loss",
        columns: ["Bytes", "Connections lost"],
        rows: bars.map(({ label, count }) => ({ key: label, cells: [label, formatCount(count)] })),
      }}
    />
  );
}

interface ReceivedBar {
  /** The exact count where all of the class have the same, else from and to. */
  readonly label: string;
  readonly count: number;
}

function barsOf(peers: readonly LogPeer[]): ReceivedBar[] {
  const losses = peers.flatMap(({ receivedBytes }) => receivedBytes);
  const classes = Map.groupBy(losses, ({ bytes }) => sizeClassOf(bytes));
  return [...classes]
    .toSorted(([a], [b]) => a - b)
    .map(([sizeClass, members]) => {
      const { from, to } = sizeClassBounds(sizeClass);
      const exact = new Set(members.map(({ bytes }) => bytes));
      return {
        label: exact.size === 1 ? String([...exact][0]) : `${from}–${to}`,
        count: members.reduce((sum, { count }) => sum + count, 0),
      };
    });
}
