/**
 * What the product keeps, as interfaces: one sentence per method. Two kinds of engine stand behind them (node:sqlite, later
 * PostgreSQL), and one suite runs over each. Times are RFC 3339 in UTC. A method that names an id which does not exist
 * answers null or false; it throws only when the engine fails.
 */
import type { Finding, LinkOpens, ProbeObservation, ProbeRequest, ProbeStatus, ProbeSummary, VantageName, Verdict } from "@mxray/contracts";
import type { FindingStore, StoredFinding } from "./finding-store.ts";
import type { LogStore } from "./log-store.ts";
import type { PeerStore } from "./peer-store.ts";
import type { WatchStore } from "./watch-store.ts";

export interface Store {
  readonly probes: ProbeStore;
  readonly findings: FindingStore;
  readonly deliveries: DeliveryStore;
  readonly logs: LogStore;
  readonly peers: PeerStore;
  readonly links: LinkStore;
  readonly sessions: SessionStore;
  readonly wall: WallStore;
  /** What another thread can open, too; null where all of it is in memory only. */
  readonly file: string | null;
  readonly watches: WatchStore;
  readonly settings: SettingStore;
  /** Where it is and how much there is of it. */
  facts(): Promise<StoreFacts>;
  /** Whether the engine answers; for /readyz. */
  ping(): Promise<void>;
  /** Lets go of the engine; everything before is durable. */
  close(): Promise<void>;
}

export interface StoreFacts {
  /** A file, or `:memory:`. */
  readonly location: string;
  readonly bytes: number;
  readonly probes: number;
  readonly oldestProbeAt: string | null;
}

export interface NewProbe {
  readonly target: string;
  readonly request: ProbeRequest;
  readonly createdAt: string;
  /** The probe whose remedy this one checks ("check the fix"), or null. */
  readonly previousId: string | null;
  /** The watch that asks for it; default none. */
  readonly watchId?: string;
}

export interface StoredProbe {
  readonly summary: ProbeSummary;
  readonly request: ProbeRequest;
  /** As measured; null until the probe has run. */
  readonly observation: ProbeObservation | null;
}

export interface ProbeOutcome {
  readonly status: Extract<ProbeStatus, "done" | "cancelled" | "failed">;
  readonly finishedAt: string;
  /** Whatever was measured, also of a cancelled probe; null when nothing was. */
  readonly observation: ProbeObservation | null;
  /** Computed from the observation; the worst first. */
  readonly findings: readonly Finding[];
  /** Ids of kept findings that this probe proves gone. */
  readonly fixed: readonly string[];
  /** The probe to compare this one with, where none was named when it was asked for. */
  readonly previousId?: string;
  /** The worst of them, for lists. */
  readonly verdict: Verdict | null;
  /** Of status `failed`. */
  readonly error: string | null;
}

/** Rows are jobs: `queued` ones survive a restart. */
export interface ProbeStore {
  /** Writes a probe of status `queued` and gives its id (sortable by time). */
  create(probe: NewProbe): Promise<ProbeSummary>;
  /** `queued` to `running`; false when it is no longer queued. */
  start(id: string, startedAt: string): Promise<boolean>;
  /** Ends a probe that is queued or running, with its observation, in one transaction with the findings that it shows and those that it proves gone; false when it had ended before. */
  finish(id: string, outcome: ProbeOutcome): Promise<boolean>;
  get(id: string): Promise<StoredProbe | null>;
  /** Newest first; `cursor` is the `next` of the page before; `target` matches anywhere in the target, without case; `watched` false leaves out rounds of watches; default all of all vantages. */
  list(query: {
    readonly limit: number;
    readonly cursor?: string;
    readonly target?: string;
    readonly vantages?: readonly VantageName[];
    readonly watched?: boolean;
  }): Promise<{ readonly probes: ProbeSummary[]; readonly next: string | null }>;
  /** The newest probe of each target that has `text` in it, without case; the newest first, none of the practice lab. */
  ofTargets(text: string, limit: number): Promise<ProbeSummary[]>;
  /** Those that showed a finding, the newest first. */
  ofFinding(findingId: string, limit: number): Promise<ProbeSummary[]>;
  /** Ids still `queued`, oldest first; those left `running` by a crash are queued again. */
  resume(): Promise<string[]>;
  /** Forgets a probe with its shares and its part of the findings; false when there is none. */
  delete(id: string): Promise<boolean>;
  /**
   * Forgets probes that were asked for before this time and have ended, with their part of the findings; gives how many. Kept are
   * those that a share which works shows, and those by which a finding was seen last, opened or fixed, where it is not fixed, or
   * was fixed later than that.
   *
   * @param now shares that expire later work
   */
  tidy(before: string, now: string): Promise<number>;
}

export interface NewDelivery {
  readonly recipient: string;
  readonly at: string;
}

export interface DeliveryLimits {
  /** Deliveries before this time do not count. */
  readonly since: string;
  readonly perRecipient: number;
  readonly overall: number;
}

/** Delivery tests: who was written to and when. Kept when their probe is forgotten, so that forgetting lifts no limit. */
export interface DeliveryStore {
  /** Writes a delivery down, unless a limit is reached: then that limit's name, else null. Recipients are alike without case. */
  record(delivery: NewDelivery, limits: DeliveryLimits): Promise<"perRecipient" | "overall" | null>;
}

export interface NewLink {
  readonly opens: LinkOpens;
  /** The diagnosis that it opens; null for the wall. */
  readonly probeId: string | null;
  /** Where the screen hangs; null for a diagnosis, whose target names it. */
  readonly name: string | null;
  /** SHA-256 of the token, hex; the token itself is never kept. */
  readonly tokenHash: string;
  readonly createdAt: string;
  /** Null where it works until it is revoked. */
  readonly expiresAt: string | null;
  readonly note: string | null;
  readonly includePrivate: boolean;
  readonly signInId: string | null;
}

export interface StoredLink extends Omit<NewLink, "signInId" | "name"> {
  readonly id: string;
  readonly name: string;
  /** Null where that was not noted. */
  readonly madeBy: SignIn | null;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
  /** How often its page was opened; what a screen asks for later does not count. */
  readonly opened: number;
}

/** Links that open one diagnosis or the wall screen, and nothing else. */
export interface LinkStore {
  create(link: NewLink): Promise<StoredLink>;
  /** Also finds expired and revoked ones: their reader is told which. */
  byTokenHash(tokenHash: string): Promise<StoredLink | null>;
  /** Newest first. */
  list(): Promise<StoredLink[]>;
  countOpening(id: string, at: string): Promise<void>;
  noteUse(id: string, at: string): Promise<void>;
  revoke(id: string, at: string): Promise<boolean>;
}

/** A browser became somebody who may do everything. */
export interface SignIn {
  readonly id: string;
  readonly at: string;
  /** Null of those before addresses were noted. */
  readonly address: string | null;
  /** As it called itself, in few words. */
  readonly browser: string | null;
}

export interface NewSession {
  /** SHA-256 of the cookie's secret, hex. */
  readonly sessionHash: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly address: string | null;
  readonly browser: string | null;
}

/** One-time sign-in tokens and the sessions that they become; both kept as SHA-256 only. */
export interface SessionStore {
  addSignInToken(tokenHash: string, expiresAt: string): Promise<void>;
  /** True once for a token that has not expired: the same call uses it up. */
  consumeSignInToken(tokenHash: string, now: string): Promise<boolean>;
  /** Whether such a token would be accepted, without using it up. */
  hasSignInToken(tokenHash: string, now: string): Promise<boolean>;
  /** Begins a session, and notes the sign-in for as long as something that was made in it is kept. */
  create(session: NewSession): Promise<void>;
  /** The sign-in of a session that stands, or null. */
  signInOf(sessionHash: string, now: string): Promise<SignIn | null>;
  delete(sessionHash: string): Promise<void>;
}

/** A finding with what its last probe was asked to probe. */
export interface TargetedFinding extends StoredFinding {
  /** As typed; null when that probe is gone, or it was no probe that saw the finding. */
  readonly target: string | null;
}

/** What the wall screen is made of; nothing of the practice lab is in it. */
export interface WallFacts {
  /** Open and acknowledged ones: the worst first, then the newest. */
  readonly findings: readonly TargetedFinding[];
  /** Open and acknowledged findings in all. */
  readonly findingCount: number;
  /** Findings as they were opened or fixed, the newest such change first. */
  readonly changed: readonly TargetedFinding[];
  /** The newest probe of each target that ran to its end (`done` or `failed`), by target. */
  readonly probes: readonly ProbeSummary[];
  /** Targets that are watched. */
  readonly watched: readonly string[];
}

export interface WallStore {
  /** `since`: probes asked for before are left out, but for watched targets. The limits are those of the lists. */
  facts(query: {
    readonly since: string;
    readonly findings: number;
    readonly changed: number;
    readonly probes: number;
  }): Promise<WallFacts>;
}

export interface StoredSetting {
  readonly name: string;
  readonly value: string;
  readonly changedAt: string;
}

/** What was set in the page, as text; which names there are and what they mean is the server's business. */
export interface SettingStore {
  list(): Promise<StoredSetting[]>;
  /** All of them or none; null takes one away. */
  change(values: Readonly<Record<string, string | null>>, at: string): Promise<void>;
}
