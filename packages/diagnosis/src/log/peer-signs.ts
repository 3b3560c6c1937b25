/** The signs of a peer: how often, and since when. */
import type { LogPeer, PeerSign, SignTally } from "@mxray/contracts";

/** TLS is required by one of the two servers, and is not there or does not pass. */
export const TLS_POLICY_SIGNS = ["tls-not-offered", "tls-demanded", "tls-untrusted"] as const satisfies readonly PeerSign[];

export function signOf({ signs }: Pick<LogPeer, "signs">, wanted: PeerSign): SignTally | null {
  return signs.find(({ sign }) => sign === wanted) ?? null;
}
