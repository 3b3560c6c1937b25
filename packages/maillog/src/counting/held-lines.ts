/** Which lines are held until their attempt's delivery record, and what they are when they are counted (`HeldLine`). */
import { Buffer } from "node:buffer";
import { LOG_CAPS, type Peer } from "@mxray/contracts";
import { latin1 } from "../bytes/byte-text.ts";
import type { HeldLine } from "../entries/held-line.ts";
import { LogEntry } from "../entries/log-entry.ts";
import { type NamedPeer, withoutRecords } from "../entries/log-peer-name.ts";
import type { QueuedMessage } from "../entries/queued-message.ts";

/** Peers that are remembered. */
const MOST_PEERS = 4096;

/** Null for what counts at once: the peer is known in full, or no record of its own will follow. */
export function heldLineOf(entry: LogEntry, slot: number, episode: boolean, file: string, line: number): HeldLine | null {
  const { event, direction, message, peer, program, bytes, reasonFrom, reasonTo, idFrom, idTo, timeMs } = entry;
  const { pid, times, stage, failure, size } = entry;
  if (direction !== "outbound" || message === null || peer === null || program.mta === "sendmail") return null;
  if (event !== "lost-connection" && event !== "timeout") return null;
  if (peer.peer.port !== null && program.mta !== "exim") return null;
  return {
    slot,
    file,
    line,
    timeMs: Number.isNaN(timeMs) ? null : timeMs,
    program,
    pid,
    queueId: latin1(bytes, idFrom, idTo),
    times,
    event,
    peer: peer.peer,
    reach: peer.reach,
    stage,
    failure,
    episode,
    size,
    reason: latin1(bytes, reasonFrom, Math.min(reasonTo, reasonFrom + LOG_CAPS.exampleText)),
  };
}

/** Held lines as entries again: one entry for one line after the other, since a log of failures has many. */
export class HeldLineEntries {
  readonly #entry = new LogEntry();
  readonly #bytes = Buffer.alloc(LOG_CAPS.exampleText + 1);
  /** Peers at the port of their record, so that each leads to its records. */
  readonly #atPort = new Map<Peer, NamedPeer>();

  /** @param port of its peer, where the line has none @returns good until the next call */
  of(held: HeldLine, message: QueuedMessage, port: number | null): LogEntry {
    const entry = this.#entry;
    entry.clear();
    entry.bytes = this.#bytes;
    entry.reasonTo = this.#bytes.write(held.reason, 0, LOG_CAPS.exampleText, "latin1");
    entry.textTo = entry.reasonTo;
    entry.timeMs = held.timeMs ?? Number.NaN;
    entry.program = held.program;
    entry.pid = held.pid;
    entry.times = held.times;
    entry.event = held.event;
    entry.direction = "outbound";
    entry.stage = held.stage;
    entry.failure = held.failure;
    entry.size = held.size;
    entry.peer = this.#named(held, held.peer.port ?? port);
    entry.message = message;
    return entry;
  }

  #named({ peer, reach }: HeldLine, port: number | null): NamedPeer {
    const known = this.#atPort.get(peer);
    if (known !== undefined && known.peer.port === port) return known;
    const fresh = withoutRecords({ ...peer, port }, reach);
    if (this.#atPort.size >= MOST_PEERS) this.#atPort.clear();
    this.#atPort.set(peer, fresh);
    return fresh;
  }
}
