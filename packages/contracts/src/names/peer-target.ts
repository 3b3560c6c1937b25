/** What to probe when the peer of a log line is meant: its address where one is known, as a target is typed. */
import type { Peer } from "../logs/mail-event.ts";
import { peerReachOf } from "./peer-reach.ts";
import { canonicalHostName, formatEndpoint, SMTP_PORT } from "./target.ts";

/** Null for what cannot be probed: the path of a socket, or a peer with no proper name. */
export function targetOfPeer({ name, address, port }: Peer): string | null {
  const host = address ?? (name === null ? null : canonicalHostName(name));
  if (host === null || peerReachOf({ name, address }) === "unix-socket") return null;
  if (port !== null && port !== SMTP_PORT) return formatEndpoint(host, port);
  return host.includes(":") ? `[${host}]` : host;
}
