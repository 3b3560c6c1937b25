/**
 * One line of a mail log as parsed: when, where and by which program it was written, and the event that it tells, where it
 * tells one. Parsers fill it, the correlator completes it.
 *
 * The object is used again for the line after the next: whoever wants to keep something takes it out (`mailEventOf`). Texts
 * are ranges of `bytes`, so that a line that matters to nobody costs no string.
 */

import { Buffer } from "node:buffer";
import type { DeliveryStatus, Direction, LogTrouble, MailEventKind, MailStage } from "@mxray/contracts";
import type { LogFailure } from "./log-failure.ts";
import type { NamedPeer } from "./log-peer-name.ts";
import type { LogProgram } from "./log-program.ts";
import type { QueuedMessage } from "./queued-message.ts";

/** A host that writes to the log; the number tells its queue ids and process ids from those of others. */
export interface LogHost {
  readonly name: string;
  readonly number: number;
}

/** What a line without an event of its own tells the correlator. */
export type QueueNote =
  /** smtpd took a message from `peer`. */
  | "accepted"
  /** The message began otherwise: picked up, made by bounce. */
  | "begun"
  /** The message left the queue. */
  | "removed";

export const NO_HOST: LogHost = { name: "", number: 0 };
const NO_PROGRAM: LogProgram = { tag: "", mta: "postfix", role: "postfix" };
const NO_BYTES = Buffer.alloc(0);

export class LogEntry {
  bytes: Buffer = NO_BYTES;
  /** The program's message. */
  textFrom = 0;
  textTo = 0;
  /** ms UTC; NaN where the line has none. */
  timeMs = Number.NaN;
  /** `NO_HOST` where the line has none. */
  host: LogHost = NO_HOST;
  program: LogProgram = NO_PROGRAM;
  /** -1 where the line has none. */
  pid = -1;
  /** How often it happened: more than once where syslog replaced repetitions by their number. */
  times = 1;

  event: MailEventKind | null = null;
  note: QueueNote | null = null;
  direction: Direction | null = null;
  stage: MailStage | null = null;
  command: string | null = null;
  /** Bytes of content received before a loss; -1 where not logged. */
  received = -1;
  peer: NamedPeer | null = null;
  /** Where a peer is named that nobody needs but whoever prints the event; 0 for nowhere. */
  unreadPeerFrom = 0;
  status: DeliveryStatus | null = null;
  failure: LogFailure | null = null;
  trouble: LogTrouble | null = null;
  copy = false;
  /** The line shows that the client is a bot. */
  bot = false;
  /** How long the session lasted that was lost, seconds; -1 where it is not known. */
  sessionSeconds = -1;
  /** Bytes of the message; -1 where unknown. */
  size = -1;
  /** Recipients of the message; -1 where unknown. */
  recipients = -1;
  /** Seconds; -1 where it is not logged, or as text from `delayFrom` on. */
  delay = -1;

  // Ranges of `bytes`, flat since there is one entry per line: empty where there is nothing.
  idFrom = 0;
  idTo = 0;
  dsnFrom = 0;
  dsnTo = 0;
  delayFrom = 0;
  delayTo = 0;
  delaysFrom = 0;
  delaysTo = 0;
  reasonFrom = 0;
  reasonTo = 0;
  senderFrom = 0;
  senderTo = 0;
  recipientFrom = 0;
  recipientTo = 0;
  /** `key=value` pairs that nothing else of the entry holds. */
  fieldsFrom = 0;
  fieldsTo = 0;

  /** What is known of the message with this queue id; the correlator's. */
  message: QueuedMessage | null = null;

  /** Forgets the event, not the line. */
  clear(): void {
    this.times = 1;
    this.event = null;
    this.note = null;
    this.direction = null;
    this.stage = null;
    this.command = null;
    this.received = -1;
    this.peer = null;
    this.unreadPeerFrom = 0;
    this.status = null;
    this.failure = null;
    this.trouble = null;
    this.copy = false;
    this.bot = false;
    this.sessionSeconds = -1;
    this.size = -1;
    this.recipients = -1;
    this.delay = -1;
    this.idFrom = 0;
    this.idTo = 0;
    this.dsnFrom = 0;
    this.dsnTo = 0;
    this.delayFrom = 0;
    this.delayTo = 0;
    this.delaysFrom = 0;
    this.delaysTo = 0;
    this.reasonFrom = 0;
    this.reasonTo = 0;
    this.senderFrom = 0;
    this.senderTo = 0;
    this.recipientFrom = 0;
    this.recipientTo = 0;
    this.fieldsFrom = 0;
    this.fieldsTo = 0;
    this.message = null;
  }
}
