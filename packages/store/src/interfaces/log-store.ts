/**
 * What following logs leaves behind: sources with their positions, counts, kept events, and what is known of messages under
 * way. All of a batch is in one transaction with its position, so a crash loses nothing and repeats nothing.
 *
 * Counts stand by minute, then by hour, by day and by four weeks, and are then forgotten (`COUNT_AGES`). There are ten times as
 * many peers that nothing stalls at as others: theirs are added up sooner, and sizes of their messages by octave.
 */

import type {
  CountedPeer,
  Direction,
  FoundMessage,
  LogBatch,
  LogMemory,
  LogOutcome,
  LogStatistics,
  MailEvent,
  MailStage,
} from "@mxray/contracts";
import type { Act } from "./audit-store.ts";

/** Days for which counts are kept by minute, by hour, by day and at all. */
export const COUNT_AGES = { minutes: 2, hours: 10, days: 35, all: 400 } as const;
/** The same of peers that stalled nowhere in the content during that time; in between by six hours and by week. */
export const QUIET_AGES = { minutes: 1 / 24, hours: 25 / 24, sixHours: 2, days: 8 } as const;

/** Who named a source: the page, the environment of the server, or an agent; the latter two also take it away. */
export type LogSourceOrigin = "page" | "environment" | "agent";

/** The page, the environment, or an agent. */
export type LogSourceNamer =
  | Exclude<LogSourceOrigin, "agent">
  | { readonly origin: Exclude<LogSourceOrigin, "agent">; readonly server: string | null }
  | { readonly agentId: string };

export interface StoredLogSource {
  readonly id: number;
  /** A path, `journal` or `journal:UNIT`. */
  readonly location: string;
  readonly origin: LogSourceOrigin;
  /** Which agent reads it; null where a server does. */
  readonly agentId: string | null;
  /** Which of the servers of one store reads it; null where the store has one server, or an agent reads it. */
  readonly server: string | null;
  readonly createdAt: string;
  readonly revision: number;
  /** Of the last commit; null before the first. */
  readonly position: unknown;
  readonly lines: number;
  readonly recognised: number;
  readonly lastLineAt: string | null;
}

/** From and to: unix seconds, the end is not in it. */
export interface LogFilter {
  readonly from: number;
  readonly to: number;
  readonly direction?: Direction;
  /** Ids of `log_peer`. */
  readonly peers?: readonly number[];
  readonly stage?: MailStage;
}

/** Both ends are in it. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

export interface EventFilter extends LogFilter {
  /** Of messages of this size. */
  readonly size?: ByteRange;
  /** Of losses after so many bytes of content. */
  readonly bytes?: ByteRange;
}

export interface SeriesPoint<K extends string> {
  /** Unix seconds. */
  readonly start: number;
  readonly key: K;
  readonly count: number;
}

export interface StoredPeer extends CountedPeer {
  readonly id: number;
}

export interface WorstPeer extends StoredPeer {
  readonly stalled: number;
  /** Deliveries with an end, and connections that broke before one. */
  readonly attempts: number;
}

export interface StoredEvent {
  readonly id: number;
  readonly peerId: number | null;
  readonly event: MailEvent;
}

export interface CommitOptions {
  /** As it was when the reader last saw the source. */
  readonly revision: number;
  readonly position: unknown;
}

export interface LogStore {
  sources(): Promise<StoredLogSource[]>;
  /** Null when the location is followed already, by the same agent or server where `by` names one. */
  addSource(location: string, by: LogSourceNamer, createdAt: string, act?: Act): Promise<StoredLogSource | null>;
  /** Logs of no named server become those of this one; null: those of all servers become those of none, but where one of them is there already. */
  adoptSources(server: string | null): Promise<void>;
  /** Forgets a source with its kept events and what was under way; its counts stay. False when there is none. */
  removeSource(id: number, act?: Act): Promise<boolean>;
  /** What was under way at the last commit. */
  memories(sourceId: number): Promise<LogMemory[]>;
  /** Adds a batch and moves the position, whole or not at all; false when the source is gone, or somebody else moved it. */
  commit(sourceId: number, batch: LogBatch, options: CommitOptions): Promise<boolean>;
  /** Rolls counts up and forgets what is too old. @param now unix seconds @param eventDays for how long events are kept */
  tidy(now: number, eventDays: number): Promise<void>;
  /** What findings are computed from. Only minutes that lie in the range whole, hours and days where they begin in it. @param mostPeers those harmed most; default, and at most, `LOG_CAPS.peers` */
  statistics(filter: LogFilter, mostPeers?: number): Promise<LogStatistics>;
  /** The same as JSON in UTF-8, for whoever hands it on: it can be megabytes. */
  statisticsText(filter: LogFilter, mostPeers?: number): Promise<Uint8Array>;
  /** Outcomes over time. A stalled delivery is in `stalled` and in its status, too. @param bucket seconds */
  outcomes(filter: LogFilter, bucket: number): Promise<SeriesPoint<LogOutcome>[]>;
  /** Stalls by stage over time. */
  stages(filter: LogFilter, bucket: number): Promise<SeriesPoint<MailStage>[]>;
  /** Peers in one direction with what stalled of what was tried: those with the most stalls first, and only such. */
  worstPeers(filter: LogFilter, limit: number): Promise<WorstPeer[]>;
  /** Peers of this name or address, `text` of a part of either, without case. The newest first. */
  peers(query: { readonly text?: string; readonly host?: string; readonly limit: number }): Promise<StoredPeer[]>;
  /** The newest first; `before` is the id of the last one of the page before. */
  events(filter: EventFilter, query: { readonly limit: number; readonly before?: number }): Promise<StoredEvent[]>;
  /** Messages whose queue id begins with `prefix` (hexadecimal ones also in upper case), by queue id. */
  messages(prefix: string, limit: number): Promise<FoundMessage[]>;
  /** The kept lines of one message, by its queue id, the oldest first. */
  eventsOfMessage(queueId: string, limit: number): Promise<MailEvent[]>;
}

/** Reads that add up many counts: an engine may do them where they hold up nothing else. */
export type LogReads = Pick<LogStore, "statistics" | "statisticsText" | "outcomes" | "stages" | "worstPeers">;
