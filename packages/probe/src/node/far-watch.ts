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
/** A connection that was not looked at for so long proves nothing: what it received may be out of date. */
const MOST_BETWEEN_MS = 250;
const MOST_CONNECTIONS = 5000;
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
  /** Monotonic, milliseconds. */
  readonly lookedAt: number;
  /** It was left out of sight for too long. */
  readonly missed: boolean;
}

/** Null for an address that is not this machine's, and where the kernel does not list connections. */
export function farWatcher(result: LibcResult = loadLibc()): FarWatcher {
  return (address, port) => {
    if (!result.ok || !ownAddresses().includes(address)) return null;
    const { libc } = result;
    const seen = new Map<string, Seen>();
    /** Those that were there before the probe. */
    let others: ReadonlySet<string> | null = null;
    /** Looks ended before the probe did, or failed: then nothing is known for certain. */
    let isBlind = false;
    let timer: NodeJS.Timeout | null = null;
    const end = setTimeout(() => {
      isBlind = true;
      stop();
    }, LONGEST_MS).unref();
    const look = () => {
      const began = performance.now();
      try {
        const sockets = listTcpSockets(libc, [[LOCAL_PORT_IS, port]]).filter(({ local }) => local.address === address);
        others ??= new Set(sockets.map(({ id }) => id));
        for (const socket of sockets) if (!others.has(socket.id)) note(seen, socket, began);
      } catch {
        isBlind = true;
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
        const wanted = isBlind
          ? []
          : [...seen.values()].filter(({ connection, missed }) => !missed && flows.includes(flowOf(connection.peer)));
        return wanted.map(({ connection, gaps }) => ({ ...connection, gaps: [...gaps].slice(0, MOST_GAPS) }));
      },
    };
  };
}

function note(seen: Map<string, Seen>, { id, peer, facts, family, heldBack }: TcpSocket, now: number): void {
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
  const missed = before !== undefined && (before.missed || now - before.lookedAt > MOST_BETWEEN_MS);
  seen.set(id, { connection, gaps, lookedAt: now, missed });
}

/** As connections of a probe are recorded. */
function flowOf({ address, port }: FarConnection["peer"]): string {
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}
