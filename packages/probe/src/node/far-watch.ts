/**
 * Watches from a mail host's own machine what arrives there of a probe made elsewhere, and what leaves: by looking at the accepted
 * connections again and again while the probe runs. Needs no privilege, and reads no data.
 */
import { networkInterfaces } from "node:os";
import { canonicalAddress, type FarConnection } from "@mxray/contracts";
import type { FarWatcher } from "../ports.ts";
import { segmentHeaders } from "../session/packet-size.ts";
import { type LibcResult, loadLibc } from "./libc.ts";
import { LOCAL_PORT_IS, listTcpSockets, type TcpSocket } from "./sock-diag.ts";

/** Between two looks: a gap that the probe makes lasts some ten milliseconds. A machine with many connections is looked at less often. */
const LOOK_MS = 5;
const SHARE_OF_TIME = 0.1;
/** What is watched for longer was forgotten by the server. */
const LONGEST_MS = 180_000;
const MOST_CONNECTIONS = 500;
const MOST_GAPS = 200;

/** The addresses by which other machines may know this one. */
export function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return [...new Set(all.filter(({ internal }) => !internal).flatMap(({ address }) => canonicalAddress(address)?.text ?? []))].slice(
    0,
    100,
  );
}

interface Seen {
  readonly connection: FarConnection;
  readonly gaps: Set<number>;
}

/** Null for an address that is not this machine's, and where the kernel does not list connections. */
export function farWatcher(result: LibcResult = loadLibc()): FarWatcher {
  return (address, port) => {
    if (!result.ok || !ownAddresses().includes(address)) return null;
    const { libc } = result;
    const seen = new Map<string, Seen>();
    let timer: NodeJS.Timeout | null = null;
    const end = setTimeout(() => stop(), LONGEST_MS).unref();
    const look = () => {
      const began = performance.now();
      try {
        for (const socket of listTcpSockets(libc, [[LOCAL_PORT_IS, port]])) if (socket.local.address === address) note(seen, socket);
      } catch {
        // What was seen so far is reported.
      }
      const tookMs = performance.now() - began;
      timer = setTimeout(look, Math.max(LOOK_MS, tookMs / SHARE_OF_TIME)).unref();
    };
    const stop = () => {
      clearTimeout(end);
      if (timer !== null) clearTimeout(timer);
    };
    look();
    return {
      stop(flows) {
        stop();
        const wanted = [...seen.values()].filter(({ connection: { peer } }) => flows.includes(flowOf(peer)));
        return wanted.map(({ connection, gaps }) => ({ ...connection, gaps: [...gaps].slice(0, MOST_GAPS) }));
      },
    };
  };
}

function note(seen: Map<string, Seen>, { id, peer, facts, family, heldBack }: TcpSocket): void {
  const before = seen.get(id);
  if (before === undefined && seen.size >= MOST_CONNECTIONS) return;
  const headers = segmentHeaders(family, facts);
  const gaps = before?.gaps ?? new Set<number>();
  if (heldBack) gaps.add(facts.bytesReceived);
  const connection: FarConnection = {
    peer,
    received: { bytes: facts.bytesReceived, size: facts.receiveMss + headers },
    sent: { bytes: facts.bytesSent, acked: facts.bytesAcked, again: facts.retransmits, size: facts.sendMss + headers },
    gaps: [],
  };
  seen.set(id, { connection, gaps });
}

/** As connections of a probe are recorded. */
function flowOf({ address, port }: FarConnection["peer"]): string {
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}
