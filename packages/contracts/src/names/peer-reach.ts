/** How a peer of a mail log is reached: over a network, or on this machine, where no path MTU is in the way. */
import type { Peer } from "../logs/mail-event.ts";
import type { PeerReach } from "../terms/peer-terms.ts";

/** @param peer its address an IP address in canonical form, the path of a socket, or null where the log has none */
export function peerReachOf({ name, address }: Pick<Peer, "name" | "address">): PeerReach {
  if (address === null) return name === "localhost" ? "loopback" : "network";
  if (address.includes("/")) return "unix-socket";
  return address === "::1" || address.startsWith("127.") || address.startsWith("::ffff:7f") ? "loopback" : "network";
}
