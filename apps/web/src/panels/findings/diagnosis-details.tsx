/** What a diagnosis shows below its verdict, path and evidence: its code comes behind theirs. */
import type { MailHostObservation } from "@mxray/contracts";
import { FlowPanel } from "../probes/flow-panel.tsx";
import { PacketsPanel } from "../probes/packets-panel.tsx";
import { SessionPanel } from "../probes/session-panel.tsx";
import { TranscriptPanel } from "../probes/transcript-panel.tsx";

export { ReproducePanel } from "../probes/reproduce-panel.tsx";
export { RemediesPanel, RemedyTabs } from "./remedies-panel.tsx";

export function SessionDetails({ host, startedAt }: { host: MailHostObservation; startedAt: string }) {
  return (
    <>
      <FlowPanel host={host} />
      <PacketsPanel host={host} startedAt={startedAt} />
      <SessionPanel host={host} />
      <TranscriptPanel transcript={host.transcript} />
    </>
  );
}
