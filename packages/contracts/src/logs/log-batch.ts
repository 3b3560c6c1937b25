/**
 * What following a log gives the store at a time: counts, events worth keeping, what is known of messages that are still on
 * their way, and the position up to which all of that was read. The store takes a batch whole or not at all.
 *
 * Counts are made to be added: per minute, peer, measure and value. So they can be rolled up by hour and by day, and
 * `LogStatistics` be made of them again.
 */

import {
  type Direction,
  LOG_TROUBLES,
  type LogTrouble,
  MAIL_STAGES,
  type MailStage,
  MTAS,
  PEER_SIGNS,
  type PeerSign,
} from "../terms/log-terms.ts";
import type { PeerReach } from "../terms/peer-terms.ts";
import type { MailEvent } from "./mail-event.ts";

/** A peer in one direction: what counts belong to. */
export interface CountedPeer {
  readonly name: string | null;
  readonly address: string | null;
  /** Null for clients. */
  readonly port: number | null;
  readonly direction: Direction;
  readonly reach: PeerReach;
}

/** What is counted and needs no further word. In brackets what `value` is where it is something, and `least` and `most` where they are. */
const PLAIN_MEASURES = [
  /** Messages taken by this peer, or from it, for the first time (size class or -1; bytes). */
  "sent",
  /** The same, of messages that had stalled before. */
  "recovered",
  /** Further records of a message that this peer had taken: other recipients. */
  "again",
  "deferred",
  "bounced",
  "expired",
  /** Failures with no delivery record: a further server was tried, or a client was lost or sent away. */
  "broken",
  /** Messages that stalled at a content stage for the first time (size class; bytes). */
  "stalled",
  /** The same, once more (size class). */
  "stalled-again",
  /** Duration of the transmission in attempts that stalled there (class of seconds). */
  "stall-seconds",
  /** Content received before a loss (bytes, exactly). */
  "received",
  /** The measure's note is the words (-; unix seconds of the first and the last). */
  "pix",
  /** Attempts that stalled at RCPT TO, where the message's recipients are known (-; fewest and most recipients). */
  "recipients",
  /** Of no peer: waits between attempts, the note is `mta attempt` (class of seconds). */
  "wait",
] as const;

export type LogMeasure =
  | (typeof PLAIN_MEASURES)[number]
  /**
   * Stalls by stage (-; unix seconds of the first and the last). This one, `broken` and the signs have a note while it is open which
   * port the peer has: it keeps these counts apart, so that they can be taken back.
   */
  | `timeout ${MailStage}`
  | `loss ${MailStage}`
  /** The first stall of an episode (size class or -1). */
  | `episode ${MailStage}`
  /** A sign in a line about an attempt, and in a delivery record (-; unix seconds of the first and the last). */
  | `line ${PeerSign}`
  | `record ${PeerSign}`
  /** Lines that report trouble, by the program that wrote them; of a peer or of none. */
  | `by ${MailEvent["mta"]}`
  /** Of no peer; the note is the culprit (-; unix seconds of the first and the last). */
  | LogTrouble;

/** Matches every `LogMeasure` and nothing else. */
export const LOG_MEASURE_PATTERN = `^(?:${[
  ...PLAIN_MEASURES,
  `(?:timeout|loss|episode) (?:${MAIL_STAGES.join("|")})`,
  `(?:line|record) (?:${PEER_SIGNS.join("|")})`,
  `by (?:${MTAS.join("|")})`,
  ...Object.keys(LOG_TROUBLES),
].join("|")})$`;

/** What became of mail, for charts over time. A stalled delivery is in `stalled` and, with its record, in its status. */
export const LOG_OUTCOMES = ["sent", "deferred", "bounced", "expired", "stalled"] as const;
export type LogOutcome = (typeof LOG_OUTCOMES)[number];

export function outcomeOfMeasure(measure: LogMeasure): LogOutcome | null {
  if (stallStageOfMeasure(measure) !== null) return "stalled";
  switch (measure) {
    case "sent":
    case "recovered":
    case "again":
      return "sent";
    case "deferred":
    case "bounced":
    case "expired":
      return measure;
    default:
      return null;
  }
}

/** The stage of a measure that counts episodes of stalls. */
export function episodeStageOfMeasure(measure: LogMeasure): MailStage | null {
  return measure.startsWith("episode ") ? (measure.slice("episode ".length) as MailStage) : null;
}

/** The stage of a measure that counts stalls. */
export function stallStageOfMeasure(measure: LogMeasure): MailStage | null {
  return (/^(?:timeout|loss) (.+)$/.exec(measure)?.[1] as MailStage | undefined) ?? null;
}

/** The sign of a measure that counts one. */
export function signOfMeasure(measure: LogMeasure): PeerSign | null {
  return (/^(?:line|record) (.+)$/.exec(measure)?.[1] as PeerSign | undefined) ?? null;
}

/** The mail program of a measure that counts lines by their writer. */
export function writerOfMeasure(measure: LogMeasure): MailEvent["mta"] | null {
  return (/^by (.+)$/.exec(measure)?.[1] as MailEvent["mta"] | undefined) ?? null;
}

export interface LogCount {
  /** Unix seconds at which the minute begins. */
  readonly start: number;
  readonly peer: CountedPeer | null;
  readonly measure: LogMeasure;
  /** Empty where the measure has none. Printable. */
  readonly note: string;
  readonly value: number;
  /** Negative where counts are taken back: all that were given under the same start, peer, measure, note and value. */
  readonly count: number;
  readonly least: number | null;
  readonly most: number | null;
}

export interface KeptEvent {
  readonly peer: CountedPeer | null;
  readonly event: MailEvent;
}

/** Events of a message that were kept for one peer and turn out to be of another: their line did not name the port. */
export interface EventMove {
  readonly queueId: string;
  /** As in the event. */
  readonly time: string | null;
  readonly from: CountedPeer;
  readonly to: CountedPeer;
}

/** What is known of a message in the queue or of a session, opaque but for what the backlog is made of. */
export interface LogMemory {
  readonly key: string;
  /** JSON; null when it is over and can be forgotten. */
  readonly value: string | null;
  /** Of a message that was deferred and has not left: since when, and for which domain. RFC 3339 in UTC. */
  readonly waitingSince: string | null;
  readonly destination: string | null;
}

export interface LogBatch {
  readonly lines: number;
  readonly recognised: number;
  readonly counts: readonly LogCount[];
  readonly events: readonly KeptEvent[];
  readonly memories: readonly LogMemory[];
  readonly moves: readonly EventMove[];
  /** RFC 3339 in UTC, of the first and of the last line that has a time. */
  readonly firstLineAt: string | null;
  readonly lastLineAt: string | null;
}
