import { type PeerProbe, STAGE_NAMES, type Stage } from "@mxray/contracts";
import { formatMs } from "../../format/numbers.ts";
import { stageLook } from "../../ui/outcome-look.ts";
import { TimeLinesPanel } from "../charts/time-lines-panel.tsx";

const TIMED = ["connect", "greeting", "ehlo", "starttls", "envelope"] as const satisfies readonly Stage[];
const LINES = TIMED.map((key) => ({ key, name: STAGE_NAMES[key], look: stageLook(key) }));

/** How long each stage of the conversation took, probe after probe. */
export function StageTimesPanel({ probes, onPick }: { probes: readonly PeerProbe[]; onPick: (probeId: string) => void }) {
  const rows = probes.toReversed();
  return (
    <TimeLinesPanel
      title="Stage times"
      note="Duration of each stage that succeeded. Gaps: failed or not run."
      nothing="No probe has reached this peer yet."
      rows={rows.map(({ at, stages }) => ({
        at: Date.parse(at),
        values: Object.fromEntries(
          TIMED.map((timed) => [timed, stages.find(({ stage, outcome }) => stage === timed && outcome === "ok")?.ms ?? null]),
        ),
      }))}
      lines={LINES}
      format={formatMs}
      value="time"
      onPick={(row) => onPick(rows[row]?.probeId ?? "")}
    />
  );
}
