/**
 * The TCP connections of this network namespace from and to mail ports. Left out: loopback, and what any mxray process of the machine
 * has open (probes stall on purpose).
 */
import type { MailConnection } from "@mxray/contracts";
import { type LibcResult, loadLibc } from "./libc.ts";
import { LOCAL_PORT_IS, listTcpSockets, type PortTest, REMOTE_PORT_IS, type TcpSocket } from "./sock-diag.ts";

const MAIL_PORTS: readonly number[] = [25, 465, 587];
const ANY_MAIL_PORT: readonly PortTest[] = MAIL_PORTS.flatMap((port) => [
  [LOCAL_PORT_IS, port],
  [REMOTE_PORT_IS, port],
]);

export type MailSocketsResult =
  | { readonly ok: true; readonly connections: MailConnection[] }
  | { readonly ok: false; readonly reason: string };

/** Reads at each call, within milliseconds. */
export function mailSocketReader(result: LibcResult = loadLibc()): () => MailSocketsResult {
  if (!result.ok) return () => result;
  const { libc } = result;
  return () => {
    try {
      const found = listTcpSockets(libc, ANY_MAIL_PORT).filter(({ local, peer, isOwn }) => {
        return local.address !== peer.address && !isLoopback(peer.address) && !isOwn;
      });
      return { ok: true, connections: found.map(connectionOf) };
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? error.message : String(error) };
    }
  };
}

function connectionOf({ id, local, peer, facts, unread, queued, heldBack }: TcpSocket): MailConnection {
  const direction = MAIL_PORTS.includes(local.port) ? "inbound" : "outbound";
  return {
    id,
    direction,
    peer,
    mailPort: direction === "inbound" ? local.port : peer.port,
    sendMss: facts.sendMss,
    receiveMss: facts.receiveMss,
    pathMtu: facts.pathMtu,
    bytesAcked: facts.bytesAcked,
    bytesReceived: facts.bytesReceived,
    inFlight: Math.max(0, queued - facts.unsent),
    unsent: facts.unsent,
    unread,
    heldBack,
    laterArrived: facts.sacked > 0,
    timeouts: facts.timeouts,
    backoff: facts.backoff,
    rtoMs: facts.rtoMs,
  };
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}
