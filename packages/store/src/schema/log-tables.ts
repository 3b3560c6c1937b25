/** The tables of followed logs, and of what is known of peers; see tables.ts. */
import type { Direction, LogMeasure, MailStage, PeerReach } from "@mxray/contracts";
import type { Generated } from "kysely";
import type { LogSourceOrigin } from "../interfaces/log-store.ts";

export interface LogSourceTable {
  id: Generated<number>;
  /** Unique: that of an agent's log begins with the agent's id and a blank, that of a named server's with `@`, its name and a blank. */
  location: string;
  agent_id: string | null;
  server: string | null;
  origin: LogSourceOrigin;
  created_at: string;
  /** Counts commits: who does not know the last one has read from another place. */
  revision: number;
  /** JSON of whoever follows. */
  position: string | null;
  lines: number;
  recognised: number;
  first_line_at: string | null;
  last_line_at: string | null;
}

export interface LogPeerTable {
  id: Generated<number>;
  /** `peerIdentity`, since NULLs are not equal in a unique index. */
  identity: string;
  name: string | null;
  address: string | null;
  port: number | null;
  direction: Direction;
  reach: PeerReach;
}

/** What is counted, as a small number. */
export interface LogMeasureTable {
  id: Generated<number>;
  measure: LogMeasure;
  note: string;
}

/** LogCount; `start` is that of a minute, later of a longer span (all in UTC): see `COUNT_AGES`. */
export interface LogCountTable {
  start: number;
  /** 0 for none. */
  peer_id: number;
  measure_id: number;
  value: number;
  count: number;
  least: number | null;
  most: number | null;
}

/** What the counts of one peer and day add up to, sizes and notes aside: see `peer-days.ts`. */
export interface LogDayTable {
  start: number;
  peer_id: number;
  delivered: number;
  deferred: number;
  refused: number;
  expired: number;
  signs: number;
  stalled: number;
  bot: number;
  short: number;
  /** What no bot does. */
  no_bot: number;
  /** Of all measures. */
  counted: number;
  /** The latest start that was counted. */
  last: number;
}

/** The same of all peers of a direction together. */
export interface LogTotalTable {
  start: number;
  direction: Direction;
  measure_id: number;
  count: number;
}

export interface LogEventTable {
  id: Generated<number>;
  source_id: number;
  /** Unix seconds. */
  at: number;
  peer_id: number | null;
  /** As which example it serves: see `kindOfEvent`. */
  kind: string;
  stage: MailStage | null;
  size: number | null;
  /** Of content, received before a loss. */
  bytes: number | null;
  queue_id: string | null;
  /** MailEvent without what is null. */
  event: string;
}

export interface LogMemoryTable {
  source_id: number;
  key: string;
  value: string;
  /** Unix seconds of the last change. */
  touched_at: number;
  waiting_since: string | null;
  destination: string | null;
}

/** Peers that were probed because the log showed stalls. */
export interface PeerProbeTable {
  address: string;
  probed_at: string;
  probe_id: string | null;
  /** The host wants no probes (421, 554). */
  refused_at: string | null;
}
