/** Which lines are held until their attempt's delivery record, and what they are when they are counted (`HeldLine`). */
import { Buffer } from "node:buffer";
import { LOG_CAPS } from "@mxray/contracts";
import { latin1 } from "../bytes/byte-text.ts";
import type { HeldLine } from "../entries/held-line.ts";
import { LogEntry } from "../entries/log-entry.ts";
import { withoutRecords } from "../entries/log-peer-name.ts";
import type { QueuedMessage } from "../entries/queued-message.ts";

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

/** The line as an entry again. @param port of its peer, where the line has none */
export function heldLineEntry(held: HeldLine, message: QueuedMessage, port: number | null): LogEntry {
  const entry = new LogEntry();
  entry.bytes = Buffer.from(held.reason, "latin1");
  entry.textTo = entry.bytes.length;
  entry.reasonTo = entry.bytes.length;
  entry.timeMs = held.timeMs ?? Number.NaN;
  entry.program = held.program;
  entry.pid = held.pid;
  entry.times = held.times;
  entry.event = held.event;
  entry.direction = "outbound";
  entry.stage = held.stage;
  entry.failure = held.failure;
  entry.size = held.size;
  entry.peer = withoutRecords({ ...held.peer, port: held.peer.port ?? port }, held.reach);
  entry.message = message;
  return entry;
}
