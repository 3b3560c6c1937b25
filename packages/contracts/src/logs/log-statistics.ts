/**
 * What log findings are computed from: counts and histograms per peer, with a few lines kept as examples. It does not grow
 * with the number of lines: every list has a cap (`LOG_CAPS`), and what is beyond it is counted.
 *
 * Two things make it: the reader of a file, event by event, and the store, from rollups and kept diagnostic events. So each
 * number is a sum, a minimum, a maximum or "the most frequent few". Times are RFC 3339 in UTC, sizes bytes, waits seconds.
 */

import type { LogTrouble, MailStage } from "../terms/log-terms.ts";
import type { PeerReach } from "../terms/peer-terms.ts";
import { printable } from "../text/printable.ts";
import type { MailEvent } from "./mail-event.ts";
import type { PeerStatistics } from "./scan-summary.ts";
import type { ClassCount } from "./size-class.ts";

/** The most entries that a list holds. */
export const LOG_CAPS = {
  /** Peers; where there are more, those with the most stalls are kept, then those with the most deliveries. */
  peers: 2000,
  /** Lines kept as examples of one kind: the first ones. */
  examples: 3,
  /** UTF-16 code units of an example. */
  exampleText: 300,
  /** Different byte counts at a loss, per peer: the most frequent. */
  receivedBytes: 64,
  /** Clients, services or programs behind one kind of trouble: the most frequent. */
  culprits: 10,
  /** Destinations of the backlog: those with the most waiting messages. */
  destinations: 20,
  /** Different PIX word lists per peer. */
  pixWords: 8,
} as const;

/** A line that stands for many of its kind. */
export interface LogExample {
  readonly file: string;
  readonly line: number;
  /** Null where the line has no time. */
  readonly at: string | null;
  /** Printable and cut to `LOG_CAPS.exampleText`. */
  readonly text: string;
}

export function logExampleOf({
  file,
  line,
  time,
  event,
  reason,
}: Pick<MailEvent, "file" | "line" | "time" | "event" | "reason">): LogExample {
  return { file: printable(file, LOG_CAPS.exampleText), line, at: time, text: printable(reason ?? event, LOG_CAPS.exampleText) };
}

/**
 * Whether a stall at this stage happened while content was under way: only such a stall can tell something of sizes.
 * `body` is also what a server's "after DATA (N bytes)" and "after BDAT (N bytes)" are.
 */
export function isContentStage(stage: MailStage | null): boolean {
  return stage === "body" || stage === "end-of-data";
}

export interface StageStalls {
  readonly stage: MailStage;
  readonly timeouts: number;
  /** Connections lost, and a peer's "421 … timeout exceeded" in place of its answer. */
  readonly losses: number;
}

/**
 * Messages of one size class. In each number but `attempts` a message (queue id) counts at most once, however many
 * recipients it has at this peer and however often it is tried: a retry tells nothing new about its size.
 */
export interface SizeTally {
  readonly class: number;
  /** Delivered to this peer (inbound: accepted from it). */
  readonly sent: number;
  /** Those of `sent` whose delivery is not older than the peer's first content stall; by rollup: than its minute. */
  readonly sentSince: number;
  /** Stalled at least once at a content stage. */
  readonly stalled: number;
  /** How often those stalled at a content stage, all attempts together. */
  readonly attempts: number;
  /** Those of `stalled` that this peer took later. They are in `sent`, and in `sentSince`, too. */
  readonly recovered: number;
}

export interface PixWords {
  /** As logged, such as `disable_esmtp delay_dotcrlf`; printable. */
  readonly words: string;
  readonly count: number;
}

/** One peer in one direction. `stalled` is the sum of `stalls`; the exact sizes are those of messages in `sizes`. */
export interface LogPeer extends PeerStatistics {
  readonly reach: PeerReach;
  readonly deferred: number;
  readonly bounced: number;
  readonly expired: number;
  readonly stalls: readonly StageStalls[];
  /** Ascending by class; only classes with something in them. A stall of unknown size is in `stalls` alone. */
  readonly sizes: readonly SizeTally[];
  /** The largest message of `sentSince`, bytes. */
  readonly largestSentSince: number | null;
  /** The largest message that stalled, bytes. */
  readonly largestStalled: number | null;
  readonly firstSent: string | null;
  readonly lastSent: string | null;
  /** First and last stall at a content stage. */
  readonly firstStalled: string | null;
  readonly lastStalled: string | null;
  /** First and last line that tells of PIX workarounds. */
  readonly firstPix: string | null;
  readonly lastPix: string | null;
  /** How long attempts that stalled at a content stage spent on the transmission (d of `delays=`), seconds by class. */
  readonly stallSeconds: readonly ClassCount[];
  /** Inbound: bytes of content received when the connection was lost or timed out, the most frequent counts. */
  readonly receivedBytes: readonly { readonly bytes: number; readonly count: number }[];
  /** Losses with a byte count that the cap left out of `receivedBytes`. */
  readonly receivedBytesOther: number;
  readonly pix: readonly PixWords[];
  readonly examples: {
    /** Stalls at a content stage. */
    readonly stalled: readonly LogExample[];
    readonly pix: readonly LogExample[];
    /** The lines behind `largestSent` and `smallestStalled`; null where they were not kept. */
    readonly largestSent: LogExample | null;
    readonly smallestStalled: LogExample | null;
  };
}

/**
 * Times that one message waited between two real attempts of one recipient: from the end of one to the end of the next, less
 * the time that the next took (c and d of `delays=`).
 */
export interface RetryWaits {
  /** Whose schedule it is: each mail program has its own. */
  readonly mta: MailEvent["mta"];
  /** 1 is the wait after the first attempt; the last entry (`RETRY_WAITS`) stands for all later ones. */
  readonly attempt: number;
  /** Seconds by class. */
  readonly waits: readonly ClassCount[];
}

/** The default schedule reaches its longest wait after the fifth attempt. */
export const RETRY_WAITS = 8;

/** Messages that were deferred at least once and neither left nor expired until the end of the log. */
export interface DeferredBacklog {
  readonly waiting: number;
  /** First deferral of the one that waits longest. */
  readonly oldest: string | null;
  readonly destinations: readonly {
    /** Domain of the recipient, or the relay where it is unknown; printable. */
    readonly name: string;
    readonly waiting: number;
    readonly oldest: string | null;
    /** Its latest deferral. */
    readonly example: LogExample | null;
  }[];
  /** Waiting messages of destinations that the cap left out. */
  readonly others: number;
}

export interface TroubleTally {
  readonly trouble: LogTrouble;
  readonly count: number;
  readonly first: string | null;
  readonly last: string | null;
  /** The client (limits and errors), the service or filter, or the program; printable. */
  readonly culprits: readonly { readonly name: string; readonly count: number }[];
  readonly examples: readonly LogExample[];
}

export interface LogStatistics {
  /** Times of the first and the last line that has one. */
  readonly from: string | null;
  readonly to: string | null;
  readonly peers: readonly LogPeer[];
  /** Peers that the cap left out. */
  readonly peersLeftOut: number;
  readonly retries: readonly RetryWaits[];
  readonly backlog: DeferredBacklog;
  readonly troubles: readonly TroubleTally[];
}
