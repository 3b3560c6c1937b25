/** Channels and the outbox of alerts (see store.ts for what all interfaces have in common). */
import type { AlertEntry, AlertEvent, AlertFinding, AlertState, ChannelKind, QuietHours, Severity } from "@mxray/contracts";
import type { Act } from "./audit-store.ts";

export interface NewChannel {
  readonly name: string;
  readonly kind: ChannelKind;
  readonly url: string;
  readonly secret: string | null;
  /** Where `mxray apply` read the secret: written into an export in its place. */
  readonly secretFrom: string | null;
  readonly from: string | null;
  readonly to: readonly string[];
  readonly severities: readonly Severity[];
  /** Between two reminders of an open finding. */
  readonly remindHours: number | null;
  readonly quiet: QuietHours | null;
  readonly paused: boolean;
}

export interface StoredChannel extends NewChannel {
  readonly id: string;
  readonly createdAt: string;
  /** Why its last call failed. */
  readonly trouble: string | null;
}

export interface CountedChannel extends StoredChannel {
  /** Alerts not delivered yet. */
  readonly waiting: number;
  /** Alerts given up. */
  readonly failed: number;
}

/** Mail hosts of which nobody is alerted until then. */
export interface SilencedHosts {
  readonly until: string;
  /** In lower case. */
  readonly names: readonly string[];
  /** Canonical. */
  readonly addresses: readonly string[];
}

/** An alert that one caller may send now. */
export interface ClaimedAlert {
  readonly number: number;
  /** The same in every attempt. */
  readonly id: string;
  readonly channel: StoredChannel;
  readonly event: AlertEvent;
  /** Null for a test. */
  readonly findingId: string | null;
  readonly finding: AlertFinding | null;
  /** When the finding changed. */
  readonly createdAt: string;
  /** This one included. */
  readonly attempt: number;
  /** Titles of findings that it explains, at most 20. */
  readonly explains: readonly string[];
}

/** A finding that a channel has reported as open, and not as fixed. */
export interface ReportedFinding {
  /** Id of the alert that reported it. */
  readonly id: string;
  readonly findingId: string;
  readonly finding: AlertFinding;
  readonly createdAt: string;
}

export type AlertEnd =
  | { readonly state: "delivered"; readonly at: string; readonly answer: string }
  /** Tried again at `dueAt`; given up where the first attempt began before `giveUp`, and where it is a test. */
  | { readonly state: "retry"; readonly at: string; readonly dueAt: string; readonly giveUp: string; readonly answer: string };

export interface ChannelStore {
  /** By name. */
  list(): Promise<CountedChannel[]>;
  get(id: string): Promise<StoredChannel | null>;
  /** Null where another has the name. */
  create(channel: NewChannel, at: string, act?: Act): Promise<StoredChannel | null>;
  /** `name-taken` where another has the name; null where there is no such channel. */
  change(id: string, change: Partial<NewChannel>, act?: Act): Promise<StoredChannel | "name-taken" | null>;
  /** Forgets it with its deliveries. */
  delete(id: string, act?: Act): Promise<boolean>;
  /** Channels that are called regularly and are due; the next call of each is due at `next`. For one caller only. */
  claimCalls(kinds: readonly ChannelKind[], now: string, next: string): Promise<StoredChannel[]>;
  noteTrouble(id: string, trouble: string | null): Promise<void>;
}

/**
 * Alerts are rows, written in the transaction of the change that they report: one for each change and channel. One process claims a
 * row for a limited time and sends it; if it ends before it has written the answer down, the row is sent again under the same id.
 */
export interface AlertStore {
  /** Writes one that reports nothing; null where there is no such channel. */
  test(channelId: string, at: string, act?: Act): Promise<string | null>;
  /**
   * Writes due reminders, and holds back what an open finding explains. A retry that is due later than `latest` is due now: the clock
   * was set back.
   */
  prepare(now: string, latest: string, silenced?: readonly SilencedHosts[]): Promise<void>;
  /** The oldest due alert of each channel that is not `busy`, for one caller until `until`. */
  claim(query: { readonly now: string; readonly until: string; readonly busy: readonly string[] }): Promise<ClaimedAlert[]>;
  /** Writes down how the attempt ended; gives the state, null where the claim had passed to another process. */
  end(number: number, attempt: number, end: AlertEnd): Promise<AlertState | null>;
  /** What a process that is gone was sending is due at once; only where no other process can be alive. */
  release(): Promise<void>;
  /** When the next alert is due or a claim ends. */
  nextDueAt(): Promise<string | null>;
  /** What the channel has reported and is still open. */
  reported(channelId: string): Promise<ReportedFinding[]>;
  /** The newest first. */
  list(page: {
    readonly limit: number;
    readonly before?: number;
    readonly channelId?: string;
    readonly state?: AlertState;
  }): Promise<{ readonly alerts: AlertEntry[]; readonly next: number | null }>;
  /** Forgets those that ended before, except the last of a finding that is still open. */
  tidy(before: string): Promise<void>;
}
