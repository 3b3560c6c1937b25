/** Kept findings, their life and their lists (see store.ts for what all interfaces have in common). */
import type {
  Finding,
  FindingChange,
  FindingCode,
  FindingCounts,
  FindingSort,
  FindingState,
  ProbeRequest,
  Severity,
  Subject,
} from "@mxray/contracts";

/** A finding over time: identity is (code, subject). */
export interface StoredFinding {
  readonly id: string;
  readonly state: FindingState;
  readonly subject: Subject;
  /** As concluded last. */
  readonly finding: Finding;
  readonly firstSeenAt: string;
  /** When it was opened or, after it had been fixed, opened again: since when it stands this time. */
  readonly sinceAt: string;
  readonly lastSeenAt: string;
  /** The probe that saw it last. */
  readonly probeId: string | null;
  readonly fixedAt: string | null;
  /** The probe that proved it gone. */
  readonly fixedBy: string | null;
  /** Of the last acknowledgement. */
  readonly note: string | null;
}

/** All of these narrow a list. */
export interface FindingFilter {
  readonly severity?: Severity;
  readonly code?: FindingCode;
  readonly address?: string;
  /** Host name or address, without case. */
  readonly peer?: string;
  /** Those that logs show, alone or beside a probe. */
  readonly source?: "log";
  /** Part of title, code, host, address or note, without case. */
  readonly text?: string;
}

export interface FindingPageQuery extends FindingFilter {
  readonly limit: number;
  readonly states?: readonly FindingState[];
  /** Default `harm`: the worst first, then the one seen last. */
  readonly sort?: FindingSort;
  /** `next` of the page before. */
  readonly cursor?: string;
}

/** What a log shows, of which no probe knows. */
export interface LogFinding {
  readonly finding: Finding;
  /** When its first sign was logged, as far as logs were looked at. */
  readonly sinceAt: string;
  /** When its latest sign was logged. */
  readonly signAt: string;
  /** The finding of a probe that explains it, as that one reads with it. */
  readonly absorbedBy: { readonly id: string; readonly finding: Finding } | null;
}

/** A finding with what its last probe was asked; null when that probe is gone, or it was no probe that saw the finding. */
export interface AskedFinding extends StoredFinding {
  readonly request: ProbeRequest | null;
}

export interface FindingStore {
  get(id: string): Promise<StoredFinding | null>;
  list(query: FindingPageQuery): Promise<{ readonly findings: StoredFinding[]; readonly next: string | null }>;
  /** How many of them are in each state. */
  count(filter: FindingFilter): Promise<FindingCounts>;
  /** What happened to it, the oldest first. */
  life(id: string): Promise<FindingChange[]>;
  /** Findings of logs that this one explains. */
  absorbedBy(id: string): Promise<StoredFinding[]>;
  /** Findings that a probe's result showed. */
  ofProbe(probeId: string): Promise<StoredFinding[]>;
  /** Open and acknowledged ones about these addresses, and those about no address. */
  unfixedAbout(addresses: readonly string[]): Promise<AskedFinding[]>;
  /** Marks an open finding as known to somebody, with a note; false when it is not open. */
  acknowledge(id: string, note: string, at: string): Promise<boolean>;
  /** Opens an acknowledged or fixed finding again, as a person decides; false when it is open. */
  reopen(id: string, at: string): Promise<boolean>;
  /**
   * Notes what the followed logs show now. A finding with a sign later than its fix opens again; one whose cause a probe proved
   * gone is fixed with it; one that the logs no longer show, with no sign since `silentSince`, is fixed by silence. Absorbed ones
   * are in no list. True when something changed that a reader sees.
   */
  recordLog(signs: readonly LogFinding[], times: { readonly at: string; readonly silentSince: string }): Promise<boolean>;
}
