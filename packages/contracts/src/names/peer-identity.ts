/**
 * Who is the same peer of a mail log: direction, name, address and port. Reading a log once, following it and the store all
 * ask here, so that a log gives the same peers whichever way it was read.
 */
import type { CountedPeer } from "../logs/log-batch.ts";
import type { Peer } from "../logs/mail-event.ts";
import type { Direction } from "../terms/log-terms.ts";
import type { PeerReach } from "../terms/peer-terms.ts";

/** Equal for the same peer and for no other. A line that names no port is about a peer without a port, not about port 25. */
export function peerIdentity({ name, address, port, direction }: Omit<CountedPeer, "reach">): string {
  return `${direction} ${name ?? ""}[${address ?? ""}]${port === null ? "" : `:${port}`}`;
}

/** The order of peers that nothing else puts into one. */
export function compareIdentities(a: Omit<CountedPeer, "reach">, b: Omit<CountedPeer, "reach">): number {
  const [first, second] = [peerIdentity(a), peerIdentity(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}

/**
 * The peer that a line's name counts for. Null for `unknown[unknown]`: a client that was gone before its address was read. A
 * client's port is a random one and no part of its identity.
 */
export function countedPeer(named: { readonly peer: Peer; readonly reach: PeerReach } | null, direction: Direction): CountedPeer | null {
  if (named === null) return null;
  const { name, address, port } = named.peer;
  if (name === null && address === null) return null;
  return { name, address, port: direction === "inbound" ? null : port, direction, reach: named.reach };
}

/** A client whose name was not found this time: it is the first client that has a name and this address. */
export function isNamelessClient({ name, address, direction }: Pick<CountedPeer, "name" | "address" | "direction">): boolean {
  return direction === "inbound" && name === null && address !== null;
}
