import type { PeerProbe } from "@mxray/contracts";
import { formatCount } from "../../format/numbers.ts";
import { TimeLinesPanel } from "../charts/time-lines-panel.tsx";

const LINES = [
  { key: "outbound", name: "outbound" },
  { key: "inbound", name: "inbound" },
] as const;

/** How large a packet could be, probe after probe, in both directions. */
export function PathMtuPanel({ probes, onPick }: { probes: readonly PeerProbe[]; onPick: (probeId: string) => void }) {
  const rows = probes.toReversed();
  return (
    <TimeLinesPanel
      title="Path MTU over time"
      note="Largest IP packet that got through, in bytes. Gaps: not measured."
      nothing="No probe has measured the path MTU yet."
      rows={rows.map(({ at, outbound, inbound }) => ({ at: Date.parse(at), values: { outbound: outbound.mtu, inbound: inbound.mtu } }))}
      lines={LINES}
      format={formatCount}
      value="bytes"
      steps
      onPick={(row) => onPick(rows[row]?.probeId ?? "")}
    />
  );
}
