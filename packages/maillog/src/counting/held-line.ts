/**
 * A line about an attempt that is still under way, kept until the attempt's delivery record: Postfix writes
 * `conversation with relay.test[192.0.2.8] timed out` without the port and `relay=relay.test[192.0.2.8]:587` with it, and Exim
 * may report one failure in both lines. Plain data: it goes to the store and comes back after a restart.
 */
import { Buffer } from "node:buffer";
import { LOG_CAPS, type MailStage, type Peer, type PeerReach } from "@mxray/contracts";
import { latin1 } from "../bytes/byte-text.ts";
import { LogEntry } from "../entries/log-entry.ts";
import type { LogFailure } from "../entries/log-failure.ts";
import type { LogProgram } from "../entries/log-program.ts";
import type { QueuedMessage } from "../entries/queued-message.ts";

export interface HeldLine {
  /** Different for all lines that are held at one time. */
  readonly slot: number;
  readonly file: string;
  readonly line: number;
  /** ms UTC; null where the line has no time. */
  readonly timeMs: number | null;
  readonly program: LogProgram;
  readonly pid: number;
  readonly queueId: string;
  readonly times: number;
  readonly event: "lost-connection" | "timeout";
  readonly peer: Peer;
  readonly reach: PeerReach;
  readonly stage: MailStage | null;
  readonly failure: LogFailure | null;
  /** Bytes of the message; -1 where unknown. */
  readonly size: number;
  /** One character per byte. */
  readonly reason: string;
}

/** Null for what counts at once: the peer is known in full, or no record of its own will follow. */
export function heldLineOf(entry: LogEntry, slot: number, file: string, line: number): HeldLine | null {
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
    size,
    reason: latin1(bytes, reasonFrom, Math.min(reasonTo, reasonFrom + LOG_CAPS.exampleText)),
  };
}

/** The line as an entry again. @param port of its peer, where the line has none */
export function entryOfHeldLine(held: HeldLine, message: QueuedMessage, port: number | null): LogEntry {
  const { timeMs, program, pid, times, event, stage, failure, size, reason, reach } = held;
  const bytes = Buffer.from(reason, "latin1");
  const peer = { peer: { ...held.peer, port: held.peer.port ?? port }, reach, inbound: null, outbound: null };
  return Object.assign(new LogEntry(), {
    ...{ bytes, textTo: bytes.length, reasonTo: bytes.length },
    ...{ timeMs: timeMs ?? Number.NaN, program, pid, times, event, stage, failure, size, peer, message },
    direction: "outbound" as const,
  });
}
