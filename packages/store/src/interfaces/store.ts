/**
 * What the product keeps, as interfaces: one sentence per method. Two engines are behind them (node:sqlite and PostgreSQL), and one
 * suite runs over each. Times are RFC 3339 in UTC. A method that names an id which does not exist
 * answers null or false; it throws only when the engine fails.
 */

import type { LinkStore, SessionStore } from "./access-store.ts";
import type { AgentStore } from "./agent-store.ts";
import type { AlertStore, ChannelStore } from "./alert-store.ts";
import type { AuditStore } from "./audit-store.ts";
import type { ChoreStore } from "./chore-store.ts";
import type { FindingStore } from "./finding-store.ts";
import type { LogStore } from "./log-store.ts";
import type { MetricStore } from "./metric-store.ts";
import type { PeerStore } from "./peer-store.ts";
import type { DeliveryStore, ProbeStore } from "./probe-store.ts";
import type { SettingStore } from "./setting-store.ts";
import type { StressStore } from "./stress-store.ts";
import type { TokenStore, UserStore } from "./user-store.ts";
import type { WallStore } from "./wall-store.ts";
import type { MaintenanceStore, WatchStore } from "./watch-store.ts";

export interface Store {
  readonly probes: ProbeStore;
  readonly findings: FindingStore;
  readonly deliveries: DeliveryStore;
  readonly logs: LogStore;
  readonly peers: PeerStore;
  readonly links: LinkStore;
  readonly sessions: SessionStore;
  readonly users: UserStore;
  readonly tokens: TokenStore;
  readonly agents: AgentStore;
  readonly audit: AuditStore;
  readonly wall: WallStore;
  readonly metrics: MetricStore;
  /** Where another thread or process can open it as well; null if it is in memory only. */
  readonly place: StorePlace | null;
  /** Other processes that may work with it at the same time; null where there can be none. */
  readonly servers: Servers | null;
  readonly watches: WatchStore;
  readonly maintenance: MaintenanceStore;
  readonly channels: ChannelStore;
  readonly alerts: AlertStore;
  readonly chores: ChoreStore;
  readonly settings: SettingStore;
  readonly stress: StressStore;
  /** Where it is and how much there is of it. */
  facts(): Promise<StoreFacts>;
  /**
   * Forgets sessions and sign-in links that have expired, links and tokens that ended before, and deliveries of probes that are gone.
   *
   * @param now RFC 3339 @param before RFC 3339
   */
  tidy(now: string, before: string): Promise<void>;
  /** Removes from the disk what was deleted; false if some is left, since others read it at the moment. */
  erase(): Promise<boolean>;
  /** Whether the engine answers; for /readyz. */
  ping(): Promise<void>;
  /** Lets go of the engine; everything before is durable. */
  close(): Promise<void>;
}

/** The other servers of one database. */
export interface Servers {
  /** Tells all others, in the order of the calls. @throws what PostgreSQL answers */
  tell(text: string): Promise<void>;
  /** Replaces what was said before. */
  listen(on: {
    /** Called with what another one tells. */
    readonly onText: (text: string) => void;
    /** Called after a time in which nothing was heard. */
    readonly onGap: () => void;
  }): void;
  /** Resolves with one sentence when this process must leave the database to another. */
  readonly lost: Promise<string>;
}

/** Where a store is: plain data, which can be handed to a thread. Understood by the store alone; the URL may hold a password. */
export type StorePlace = { readonly engine: "sqlite"; readonly path: string } | { readonly engine: "postgres"; readonly url: string };

export interface StoreFacts {
  /** A file, `:memory:`, or a URL without user and password. */
  readonly location: string;
  readonly bytes: number;
  readonly probes: number;
  readonly oldestProbeAt: string | null;
}
