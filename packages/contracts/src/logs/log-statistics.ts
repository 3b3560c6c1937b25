/**
 * What log findings are computed from: counts and histograms per peer, with a few lines kept as examples. It does not grow
 * with the number of lines: every list has a cap (`LOG_CAPS`), and what is beyond it is counted.
 *
 * Two things make it: the reader of a file, event by event, and the store, from rollups and kept diagnostic events. So each
 * number is a sum, a minimum, a maximum or "the most frequent few". Times are RFC 3339 in UTC, sizes bytes, waits seconds.
 */
import Type, { type Static } from "typebox";
import { Nullable, OneOf, Timestamp } from "../schema-parts.ts";
import { LOG_TROUBLES, type LogTrouble, MAIL_STAGES, PEER_SIGNS } from "../terms/log-terms.ts";
import { PEER_REACHES } from "../terms/peer-terms.ts";
import { MailEvent } from "./mail-event.ts";
import { PeerStatistics } from "./scan-summary.ts";

const Count = Type.Integer();
const Bytes = Type.Integer({ description: "bytes" });

/** A line that stands for many of its kind. */
export const LogExample = Type.Object({
  file: Type.String(),
  line: Type.Integer(),
  /** Null where the line has no time. */
  at: Nullable(Timestamp),
  text: Type.String({ description: "printable and cut" }),
});
export type LogExample = Static<typeof LogExample>;

export const StageStalls = Type.Object({
  stage: OneOf(MAIL_STAGES),
  timeouts: Count,
  losses: Type.Integer({ description: "connections lost, and a peer's '421 … timeout exceeded' in place of its answer" }),
  episodes: Type.Integer({
    description:
      "independent observations among them: stalls that no delivery separates are one for up to three hours, and so is a message that stalls again",
  }),
  first: Nullable(Timestamp),
  last: Nullable(Timestamp),
});
export type StageStalls = Static<typeof StageStalls>;

/**
 * Messages of one size class. In each number but `attempts` a message (queue id) counts at most once, however many
 * recipients it has at this peer and however often it is tried: a retry says nothing new about its size.
 */
export const SizeTally = Type.Object({
  class: Type.Integer({ description: "of message sizes: eight to an octave of bytes" }),
  sent: Type.Integer({ description: "delivered to this peer (inbound: accepted from it)" }),
  sentSince: Type.Integer({
    description: "those of `sent` whose delivery is not older than the minute of the peer's first content stall",
  }),
  stalled: Type.Integer({ description: "stalled at least once at a content stage" }),
  attempts: Type.Integer({ description: "how often those stalled at a content stage, all attempts together" }),
  episodes: Type.Integer({ description: "those of `stalled` that are independent observations, as in `stalls`" }),
  recovered: Type.Integer({
    description: "those of `stalled` that this peer accepted later; they are in `sent`, and in `sentSince`, too",
  }),
});
export type SizeTally = Static<typeof SizeTally>;

const Classes = Type.Array(Type.Object({ class: Type.Integer(), count: Count }));

export const PixWords = Type.Object({
  words: Type.String({ description: "as logged, such as 'disable_esmtp delay_dotcrlf'; printable" }),
  count: Count,
});
export type PixWords = Static<typeof PixWords>;

export const SignTally = Type.Object({
  sign: OneOf(PEER_SIGNS),
  count: Type.Integer({ description: "attempts, at least: a line about an attempt and its delivery record count once" }),
  first: Nullable(Timestamp),
  last: Nullable(Timestamp),
});
export type SignTally = Static<typeof SignTally>;

/** Which mail program wrote the lines that report trouble. */
export const LogWriter = Type.Object({ mta: MailEvent.properties.mta, lines: Count });
export type LogWriter = Static<typeof LogWriter>;

/** One peer in one direction. `stalled` is the sum of `stalls`; the exact sizes are those of messages in `sizes`. */
export const LogPeer = Type.Interface([PeerStatistics], {
  reach: OneOf(PEER_REACHES),
  deferred: Count,
  bounced: Count,
  expired: Count,
  stalls: Type.Array(StageStalls),
  sizes: Type.Array(SizeTally, {
    description: "ascending by class; only classes with something in them; a stall of unknown size is in `stalls` alone",
  }),
  largestSentSince: Nullable(Type.Integer({ description: "the largest message of `sentSince`, bytes" })),
  largestStalled: Nullable(Type.Integer({ description: "the largest message that stalled, bytes" })),
  /** First and last delivery, to the minute. */
  firstSent: Nullable(Timestamp),
  lastSent: Nullable(Timestamp),
  /** First and last stall at a content stage. */
  firstStalled: Nullable(Timestamp),
  lastStalled: Nullable(Timestamp),
  /** First and last stall at any stage: those that `stalled` counts. */
  firstStall: Nullable(Timestamp),
  lastStall: Nullable(Timestamp),
  /** First and last line that reports PIX workarounds. */
  firstPix: Nullable(Timestamp),
  lastPix: Nullable(Timestamp),
  /** How long attempts that stalled at a content stage spent on the transmission (d of `delays=`), seconds by class. */
  stallSeconds: Classes,
  /** Inbound: bytes of content received when the connection was lost or timed out, the most frequent counts. */
  receivedBytes: Type.Array(Type.Object({ bytes: Bytes, count: Count })),
  /** Losses with a byte count that the cap left out of `receivedBytes`. */
  receivedBytesOther: Count,
  pix: Type.Array(PixWords),
  signs: Type.Array(SignTally, { description: "in the order of `PEER_SIGNS`" }),
  /** Recipients of the messages that stalled while recipients were given, one line each; null where no number is known. */
  recipientsStalled: Nullable(Type.Object({ lines: Count, least: Count, most: Count })),
  writers: Type.Array(LogWriter, { description: "of lines that report a stall or a sign of this peer; the most frequent first" }),
  examples: Type.Object({
    /** Stalls at a content stage. */
    stalled: Type.Array(LogExample),
    /** Stalls at other stages. */
    early: Type.Array(LogExample),
    signs: Type.Array(LogExample),
    pix: Type.Array(LogExample),
    /** The lines behind `largestSent` and `smallestStalled`; null where they were not kept. */
    largestSent: Nullable(LogExample),
    smallestStalled: Nullable(LogExample),
  }),
});
export type LogPeer = Static<typeof LogPeer>;

/**
 * Times that one message waited between two real attempts of one recipient: from the end of one to the end of the next, less
 * the time that the next took (c and d of `delays=`).
 */
export const RetryWaits = Type.Object({
  /** Whose schedule it is: each mail program has its own. */
  mta: MailEvent.properties.mta,
  /** 1 is the wait after the first attempt; the last entry (`RETRY_WAITS`) stands for all later ones. */
  attempt: Type.Integer(),
  /** Seconds by class. */
  waits: Classes,
});
export type RetryWaits = Static<typeof RetryWaits>;

/** Messages that were deferred at least once and neither left nor expired until the end of the log. */
export const DeferredBacklog = Type.Object({
  waiting: Count,
  /** First deferral of the one that waits longest. */
  oldest: Nullable(Timestamp),
  destinations: Type.Array(
    Type.Object({
      /** Domain of the recipient, or the relay where it is unknown; printable. */
      name: Type.String(),
      waiting: Count,
      oldest: Nullable(Timestamp),
      /** Its latest deferral. */
      example: Nullable(LogExample),
    }),
  ),
  /** Waiting messages of destinations that the cap left out. */
  others: Count,
});
export type DeferredBacklog = Static<typeof DeferredBacklog>;

export const TroubleTally = Type.Object({
  trouble: OneOf(Object.keys(LOG_TROUBLES) as [LogTrouble, ...LogTrouble[]]),
  count: Count,
  first: Nullable(Timestamp),
  last: Nullable(Timestamp),
  /** The client (limits and errors), the service or filter, or the program; printable. */
  culprits: Type.Array(Type.Object({ name: Type.String(), count: Count })),
  examples: Type.Array(LogExample),
});
export type TroubleTally = Static<typeof TroubleTally>;

export const LogStatistics = Type.Object({
  /** Times of the first and the last line that has one. */
  from: Nullable(Timestamp),
  to: Nullable(Timestamp),
  peers: Type.Array(LogPeer, { description: "the worst first" }),
  /** Peers that the cap left out. */
  peersLeftOut: Count,
  retries: Type.Array(RetryWaits),
  backlog: DeferredBacklog,
  troubles: Type.Array(TroubleTally),
  writers: Type.Array(LogWriter, { description: "of lines that report a problem without a peer, or a first deferral" }),
});
export type LogStatistics = Static<typeof LogStatistics>;
