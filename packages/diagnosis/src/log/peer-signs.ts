/** The signs of a peer: how often, and since when. */
import type { LogPeer, PeerSign, SignTally } from "@mxray/contracts";

export function signOf({ signs }: Pick<LogPeer, "signs">, wanted: PeerSign): SignTally | null {
  return signs.find(({ sign }) => sign === wanted) ?? null;
}
