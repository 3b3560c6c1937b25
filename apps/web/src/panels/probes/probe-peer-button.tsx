import { type LogPeer, type Peer, targetOfPeer } from "@mxray/contracts";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { ProbeButton } from "./probe-button.tsx";

/**
 * Probes an outbound peer of a log; nothing for one that is no mail host, such as a client, nor in a list (where `direction` is known)
 * while probing of what logs show is off.
 */
export function ProbePeerButton({ peer, direction }: { peer: Peer; direction: LogPeer["direction"] | null }) {
  const { data } = useQuery({ queryKey: ["log-sources"], queryFn: api.logSources });
  const target = direction === "inbound" ? null : targetOfPeer(peer);
  if (target === null || (direction !== null && data?.probing === "off")) return null;
  return <ProbeButton target={target} />;
}
