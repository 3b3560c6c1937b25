/** Probes with their observations, and the delivery tests that count against a limit. */

import type {
  Finding,
  ProbeObservation,
  ProbeRequest,
  ProbeStatus,
  ProbeSummary,
  RoundMeasures,
  UnchangedRound,
  Verdict,
} from "@mxray/contracts";
import type { Act } from "./audit-store.ts";
import type { GoneSubject } from "./finding-store.ts";
import type { WatchChange } from "./watch-store.ts";

export interface NewProbe {
  readonly target: string;
  readonly request: ProbeRequest;
  readonly createdAt: string;
  /** The probe whose remedy this one checks ("check the fix"), or null. */
  readonly previousId: string | null;
  /** Made in a practice lab; default false. */
  readonly practice?: boolean;
  /** The watch that asks for it; default none. */
  readonly watchId?: string;
  /** The same for probes that are asked for together, from several vantages; default none. */
  readonly groupId?: string;
}

/** What begins once, whoever sees that it is due: it moves in the transaction that writes the probe. */
export type ProbeClaim =
  /** The round of a watch that was due at `dueAt`; the next one is due at `nextDueAt`. */
  | { readonly kind: "round"; readonly watchId: string; readonly dueAt: string; readonly nextDueAt: string }
  /** An automatic probe of a stalled peer that was not probed since, and that never refused one. */
  | { readonly kind: "stalled-peer"; readonly address: string; readonly since: string };

export interface ProbeLimits {
  /** Probes that may wait or run. */
  readonly unended: number;
  /** Of delivery tests that were asked for or have begun. */
  readonly deliveries: DeliveryLimits;
}

export type ProbeRefusal = DeliveryLimit | "queue-full" | "claimed";

export interface StoredProbe {
  readonly summary: ProbeSummary;
  readonly request: ProbeRequest;
  /** As measured; null until the probe has run. Of a round that changed nothing: of the round that it repeats. */
  readonly observation: ProbeObservation | null;
  /** Of a round that changed nothing. */
  readonly unchanged: UnchangedRound | null;
}

export interface ProbeOutcome {
  readonly status: Extract<ProbeStatus, "done" | "cancelled" | "failed">;
  readonly finishedAt: string;
  /** Whatever was measured, also of a cancelled probe; null when nothing was. */
  readonly observation: ProbeObservation | null;
  /** Computed from the observation, each about one address; the worst first. */
  readonly findings: readonly Finding[];
  /** What this probe proves gone of kept findings. */
  readonly fixed: readonly GoneSubject[];
  /** The probe to compare this one with, where none was named when it was asked for. */
  readonly previousId?: string;
  /** The worst of them, for lists. */
  readonly verdict: Verdict | null;
  /** Of status `failed`. */
  readonly error: string | null;
  /** The host wants no probes (421, 554): a stalled peer is not probed again without being asked for. */
  readonly unwelcome?: boolean;
  /** Of a round: by then the next one has shown whether what the path or a rewrite proves lasts. Alerts wait for it. */
  readonly settlesAt?: string;
  /** Of a round that measured something: rounds with the same key found the same, and need one observation between them. */
  readonly round?: { readonly key: string; readonly hosts: readonly RoundMeasures[] };
  /** What a round changes at its watch. */
  readonly watch?: WatchChange;
}

/** The process that runs probes, and until when it is taken to be alive. */
export interface ProbeLease {
  readonly owner: string;
  readonly until: string;
}

/** Rows are jobs: `queued` ones survive a restart. */
export interface ProbeStore {
  /** Writes a probe of status `queued` and gives its id (sortable by time). */
  create(probe: NewProbe): Promise<ProbeSummary>;
  /**
   * The same within limits, whole or not at all: the probe, or why there is none: the limit that is reached, or `claimed` where the
   * claim was made before. A delivery test counts from here on.
   */
  admit(probe: NewProbe, limits: ProbeLimits, claim?: ProbeClaim, act?: Act): Promise<ProbeSummary | ProbeRefusal>;
  /**
   * Ids of probes that wait, the oldest first; what other owners left running when their lease ended waits again.
   *
   * @param query `elsewhere` names vantages whose probes only another owner can run, if they were asked for after `elsewhereSince`
   */
  waiting(query: {
    readonly owner: string;
    readonly at: string;
    readonly limit: number;
    readonly elsewhere?: readonly string[];
    readonly elsewhereSince?: string;
  }): Promise<string[]>;
  /** `queued` to `running`, for one caller only: false when it is no longer queued. Without a lease, only `release(null)` lets it wait again. */
  start(id: string, startedAt: string, lease?: ProbeLease): Promise<boolean>;
  /** Makes the lease of what an owner runs longer; gives the ids of what it still runs. */
  renew(lease: ProbeLease): Promise<string[]>;
  /** What an owner runs waits again. Null: what anybody runs, where no other process can be alive. */
  release(owner: string | null): Promise<void>;
  /** Ends a probe that is queued or running, with its observation, in one transaction with all that follows from it; false when it had ended before. */
  finish(id: string, outcome: ProbeOutcome): Promise<boolean>;
  get(id: string): Promise<StoredProbe | null>;
  /** The probes of a group, in the order in which they were asked for. */
  ofGroup(groupId: string): Promise<StoredProbe[]>;
  /** Newest first; `cursor` is the `next` of the page before; `target` matches anywhere in the target, without case; `watched` false leaves out rounds of watches; `practice` gives only what was made for practice, or none of it; default all. */
  list(query: {
    readonly limit: number;
    readonly cursor?: string;
    readonly target?: string;
    readonly practice?: boolean;
    readonly watched?: boolean;
  }): Promise<{ readonly probes: ProbeSummary[]; readonly next: string | null }>;
  /** The newest probe of each target that has `text` in it, without case; the newest first, none of the practice lab. */
  ofTargets(text: string, limit: number): Promise<ProbeSummary[]>;
  /** Those that showed a finding, the newest first. */
  ofFinding(findingId: string, limit: number): Promise<ProbeSummary[]>;
  /** Forgets a probe with its shares and its part of the findings; false when there is none. */
  delete(id: string, act?: Act): Promise<boolean>;
  /**
   * Forgets probes that were asked for before this time and have ended, with their part of the findings; gives how many. Kept are
   * those that a share which works shows, with the others of their group, and those by which a finding was seen last, opened or fixed, where it is not fixed, or
   * was fixed later than that.
   *
   * @param now shares that expire later work
   */
  tidy(before: string, now: string): Promise<number>;
}

export interface DeliveryLimits {
  /** Deliveries before this time do not count. */
  readonly since: string;
  readonly perRecipient: number;
  readonly overall: number;
}

export type DeliveryLimit = "perRecipient" | "overall";

/** A delivery test whose first message is about to leave. */
export interface NewDelivery {
  readonly probeId: string;
  readonly recipient: string;
  readonly at: string;
  readonly messageIds: readonly string[];
}

export interface StoredDelivery {
  /** In lower case. */
  readonly recipient: string;
  readonly begunAt: string;
  readonly messageIds: readonly string[];
}

/**
 * Delivery tests: who was written to and when. Recipients are alike without case. Kept when their probe is forgotten, so that
 * forgetting lifts no limit.
 */
export interface DeliveryStore {
  /**
   * Claims the delivery of a probe, right before its first message leaves: `begun` once for each probe, for one caller only;
   * afterwards `repeated`. The name of a limit where that many have begun since.
   */
  begin(delivery: NewDelivery, limits: DeliveryLimits): Promise<"begun" | "repeated" | DeliveryLimit>;
  /** Null while it has not begun. */
  ofProbe(probeId: string): Promise<StoredDelivery | null>;
}
