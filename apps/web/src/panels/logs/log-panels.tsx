/** Everything that a log shows, of a followed one and of a dropped file alike. */
import type { Finding, LogPeer, LogSeries, LogStatistics } from "@mxray/contracts";
import type { LogView } from "../../api/log-view.ts";
import { systemOfWriters } from "../../format/known-system.ts";
import { LogFigures } from "./log-figures.tsx";
import { LogFindings } from "./log-findings.tsx";
import { OutcomesPanel } from "./outcomes-panel.tsx";
import { PeersPanel } from "./peers-panel.tsx";
import { ReceivedBytesPanel } from "./received-bytes-panel.tsx";
import { SizeOutcomePanel } from "./size-outcome-panel.tsx";
import { StallSecondsPanel } from "./stall-seconds-panel.tsx";
import { StalledStagesPanel } from "./stalled-stages-panel.tsx";

export interface LogPanelsProps {
  readonly statistics: LogStatistics;
  readonly series: LogSeries;
  readonly findings: readonly Finding[];
  /** Which of them is read, and how another one is chosen. */
  readonly finding: string | undefined;
  readonly chooseFinding: (finding: string) => void;
  /** Each peer has a page of its own. */
  readonly linked: boolean;
  /** This is such a page: it lists the findings itself, and the queue is not this peer's alone. */
  readonly ofPeer?: boolean;
  /** Asks for the peers, too, that were left out; nothing where that was done. */
  readonly listAll?: (() => void) | undefined;
  /** Somebody wants the lines behind a point. */
  readonly onPick: (part: Omit<LogView, "range" | "stage">) => void;
}

export function LogPanels(props: LogPanelsProps) {
  const { statistics, series, findings, finding, chooseFinding, linked, ofPeer = false, listAll, onPick } = props;
  const { peers, peersLeftOut } = statistics;
  const pickPeer = ({ name, address, direction }: LogPeer, of: Pick<LogView, "minSize" | "maxSize"> = {}) => {
    const peer = address ?? name;
    onPick({ direction, ...(peer === null ? {} : { peer }), ...of });
  };
  return (
    <div className="space-y-4">
      <LogFigures series={series} backlog={ofPeer ? null : statistics.backlog} />
      <div className="grid gap-4 lg:grid-cols-2 [&>:last-child:nth-child(odd)]:col-span-full">
        <OutcomesPanel series={series} onPick={onPick} />
        <SizeOutcomePanel peers={peers} findings={findings} onPick={(peer, from, to) => pickPeer(peer, { minSize: from, maxSize: to })} />
        <StalledStagesPanel series={series} onPick={onPick} />
        <ReceivedBytesPanel
          peers={peers}
          leftOut={peersLeftOut}
          onPick={(from, to) => onPick({ direction: "inbound", minBytes: from, maxBytes: to })}
        />
        <StallSecondsPanel peers={peers} />
      </div>
      {!ofPeer && <LogFindings findings={findings} chosen={finding} choose={chooseFinding} own={systemOfWriters(statistics.writers)} />}
      {!(ofPeer && peers.length === 1) && (
        <PeersPanel peers={peers} leftOut={peersLeftOut} listAll={listAll} linked={linked} onPick={pickPeer} />
      )}
    </div>
  );
}
