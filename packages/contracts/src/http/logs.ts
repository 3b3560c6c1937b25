/** The bodies of `/api/v1/logs`: sources, statistics and charts of followed logs, an uploaded log, a pasted line. */
import Type, { type Static } from "typebox";
import { LOG_OUTCOMES } from "../logs/log-batch.ts";
import { LOG_CAPS } from "../logs/log-caps.ts";
import { LogStatistics } from "../logs/log-statistics.ts";
import { MailEvent, Peer } from "../logs/mail-event.ts";
import { PastedFault } from "../logs/pasted-fault.ts";
import { ScanSummary } from "../logs/scan-summary.ts";
import { Nullable, OneOf, Timestamp } from "../schema-parts.ts";
import { DIRECTIONS, LOG_PROBING, LOG_SOURCE_STATES, MAIL_STAGES } from "../terms/log-terms.ts";

export const LogSource = Type.Object({
  id: Type.Integer(),
  location: Type.String({ description: "a path, 'journal', 'journal:UNIT', or '-' for standard input" }),
  origin: OneOf(["page", "environment", "agent"]),
  agent: Nullable(
    Type.String({ description: "name of the agent, or of the server among several, that reads it; null where the one server does" }),
  ),
  createdAt: Timestamp,
  state: OneOf(LOG_SOURCE_STATES),
  lines: Type.Integer({ description: "read so far" }),
  recognised: Type.Integer({ description: "of them written by a known mail program" }),
  lastLineAt: Nullable(Timestamp),
  linesPerSecond: Type.Number(),
  lagBytes: Type.Integer({ description: "known to be still to come" }),
  secondsLeft: Nullable(Type.Number({ description: "until it has caught up, at the present pace" })),
  /** Why it waits, or what may be missing: one sentence. */
  notice: Nullable(Type.String()),
});
export type LogSource = Static<typeof LogSource>;

/** A log that is there and not followed yet. */
export const LogCandidate = Type.Object({
  location: Type.String(),
  /** Why it cannot be read by the server: one sentence. */
  trouble: Nullable(Type.String()),
});
export type LogCandidate = Static<typeof LogCandidate>;

export const LogSourceList = Type.Object({
  sources: Type.Array(LogSource),
  /** Usual places in the folders whose logs may be followed, and the journal. */
  candidates: Type.Array(LogCandidate),
  /** What happens with outbound peers that stall: nothing, a person is asked, or they are probed by themselves. */
  probing: OneOf(LOG_PROBING),
});
export type LogSourceList = Static<typeof LogSourceList>;

export const LogSourceRequest = Type.Object(
  { location: Type.String({ minLength: 1, maxLength: 1000, description: "a path, 'journal' or 'journal:UNIT'" }) },
  { additionalProperties: false },
);
export type LogSourceRequest = Static<typeof LogSourceRequest>;

/** Which part of the logs: all of these narrow it. */
export const LogQuery = Type.Object({
  from: Type.Optional(Type.String({ format: "date-time", description: "RFC 3339; default a day before `to`" })),
  to: Type.Optional(Type.String({ format: "date-time", description: "RFC 3339; default now" })),
  direction: Type.Optional(OneOf(DIRECTIONS)),
  peer: Type.Optional(Type.String({ maxLength: 255, description: "name or address" })),
  stage: Type.Optional(OneOf(MAIL_STAGES)),
});
export type LogQuery = Static<typeof LogQuery>;

/** Statistics besides by how many peers they tell of: those harmed most; the others are counted. */
export const LogStatisticsQuery = Type.Interface([LogQuery], {
  peers: Type.Optional(Type.Integer({ minimum: 1, maximum: LOG_CAPS.peers, description: `default ${LOG_CAPS.peers}` })),
});
export type LogStatisticsQuery = Static<typeof LogStatisticsQuery>;

const Bytes = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** Lines besides by the size of their message, and by how much of one had come before a loss; all ends are in it. */
export const LogEventQuery = Type.Interface([LogQuery], {
  minSize: Type.Optional(Bytes),
  maxSize: Type.Optional(Bytes),
  minBytes: Type.Optional(Bytes),
  maxBytes: Type.Optional(Bytes),
});
export type LogEventQuery = Static<typeof LogEventQuery>;

const Count = Type.Integer();

/** Counts over time; a bucket without a count is left out. */
export const LogSeries = Type.Object({
  from: Timestamp,
  to: Timestamp,
  bucketSeconds: Type.Integer(),
  outcomes: Type.Array(Type.Object({ at: Timestamp, outcome: OneOf(LOG_OUTCOMES), count: Count })),
  stages: Type.Array(Type.Object({ at: Timestamp, stage: OneOf(MAIL_STAGES), count: Count })),
});
export type LogSeries = Static<typeof LogSeries>;

/** Those that stall most, each in one direction; peers that do not stall are left out. */
export const LogWorstPeers = Type.Object({
  peers: Type.Array(
    Type.Object({
      ...Type.Pick(Peer, ["name", "address"]).properties,
      direction: OneOf(DIRECTIONS),
      stalled: Count,
      attempts: Type.Integer({ description: "deliveries with an end, and connections that broke before one" }),
    }),
  ),
});
export type LogWorstPeers = Static<typeof LogWorstPeers>;

export const LogEventList = Type.Object({
  events: Type.Array(Type.Object({ id: Type.Integer(), event: MailEvent })),
  next: Nullable(Type.Integer({ description: "`before` of the next page" })),
});
export type LogEventList = Static<typeof LogEventList>;

/** What was kept of one message; empty where its queue id is not known. */
export const LogMessage = Type.Object({ queueId: Type.String(), events: Type.Array(MailEvent) });
export type LogMessage = Static<typeof LogMessage>;

/** What an uploaded log holds; nothing of it is stored. */
export const LogScan = Type.Object({
  summary: ScanSummary,
  statistics: LogStatistics,
  series: LogSeries,
  /** The first lines of each kind of trouble. */
  events: Type.Array(MailEvent),
  /** Of a log that was read only in part, or is none: one sentence. */
  notice: Nullable(Type.String()),
});
export type LogScan = Static<typeof LogScan>;

export const LogExplainRequest = Type.Object(
  { text: Type.String({ minLength: 1, maxLength: 100_000, description: "log lines, the text of a bounce, or a queue id" }) },
  { additionalProperties: false },
);
export type LogExplainRequest = Static<typeof LogExplainRequest>;

export const LogExplanation = Type.Object({
  kind: OneOf(["line", "bounce", "queue", "firewall", "queue-id", "unknown"]),
  /** The event that tells most. */
  event: Nullable(MailEvent),
  /** All events of the text or of the queue id, at most 50. */
  events: Type.Array(MailEvent),
  /** For a bounce, a queue listing or a firewall's line, which hold no events: what they report, the most frequent first. */
  faults: Type.Array(PastedFault),
  /** What happened, and what that most often means. */
  tells: Nullable(Type.String()),
  means: Nullable(Type.String()),
  next: Nullable(Type.String()),
  not: Nullable(Type.String({ description: "what it is easily taken for" })),
  target: Nullable(Type.String({ description: "what to probe" })),
});
export type LogExplanation = Static<typeof LogExplanation>;
