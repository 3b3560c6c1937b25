import { formatEndpoint, type ProbeStatus, STAGE_NAMES } from "@mxray/contracts";
import { LoaderCircle } from "lucide-react";
import { useState } from "react";
import type { HostView } from "../../api/host-view.ts";
import { useLiveProbe } from "../../api/use-live-probe.ts";
import { LadderPanel } from "../../panels/probes/ladder-panel.tsx";
import { StageMatrix } from "../../panels/probes/stage-matrix.tsx";
import { StagePanel } from "../../panels/probes/stage-panel.tsx";
import { TranscriptPanel } from "../../panels/probes/transcript-panel.tsx";

/** A probe as it happens. */
export function LiveView({ id, status }: { id: string; status: ProbeStatus }) {
  const live = useLiveProbe(id);
  const [chosen, setChosen] = useState<number | null>(null);
  // Until somebody chooses, the host at which something happens is shown.
  const busiest = live.hosts.findIndex(({ observation }) => observation === null);
  const index = chosen ?? Math.max(0, busiest);
  const host = live.hosts[index];
  return (
    <div className="space-y-4" data-testid="live">
      <p role="status" className="flex items-center gap-3 rounded-xl border border-line bg-card px-5 py-4 text-lg font-semibold">
        <LoaderCircle size={22} aria-hidden className="shrink-0 animate-spin text-accent" />
        {sentenceOf(host, status, live.resolution !== null)}
      </p>
      {live.hosts.length > 1 && <StageMatrix hosts={live.hosts} findings={[]} chosen={index} choose={setChosen} />}
      {host !== undefined && (
        <>
          <div className="grid gap-4 lg:grid-cols-3">
            <LadderPanel host={host} />
            <StagePanel host={host} />
          </div>
          <TranscriptPanel transcript={host.transcript} />
        </>
      )}
    </div>
  );
}

function sentenceOf(host: HostView | undefined, status: ProbeStatus, resolved: boolean): string {
  if (status === "queued" && !resolved) return "Waiting for its turn …";
  if (host === undefined) return "Looking up the mail hosts …";
  const name = host.name ?? formatEndpoint(host.address);
  if (host.outbound?.verdict === "black-hole") return `Packets of more than ${host.outbound.mtu} bytes are lost; looking for the place …`;
  return host.running === null ? `Probing ${name} …` : `${STAGE_NAMES[host.running]}: ${name} …`;
}
