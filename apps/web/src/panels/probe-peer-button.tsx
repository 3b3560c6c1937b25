import { type LogPeer, type Peer, targetOfPeer } from "@mxray/contracts";
import { ProbeButton } from "./probe-button.tsx";

/** Probes an outbound peer of a log; nothing for one that is no mail host, such as a client. */
export function ProbePeerButton({ peer, direction }: { peer: Peer; direction: LogPeer["direction"] }) {
  const target = direction === "inbound" ? null : targetOfPeer(peer);
  return target === null ? null : <ProbeButton target={target} />;
}
