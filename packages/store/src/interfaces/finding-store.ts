/** Kept findings, their life and their lists (see store.ts for what all interfaces have in common). */

import type {
  Finding,
  FindingChange,
  FindingCode,
  FindingCounts,
  FindingReference,
  FindingSort,
  FindingState,
  FindingSubject,
  ProbeRequest,
  Severity,
  Subject,
} from "@mxray/contracts";
import type { Act } from "./audit-store.ts";

/** A finding over time: one per cause, host name (else address) and port. */
export interface StoredFinding {
  readonly id: string;
  readonly state: FindingState;
  readonly subject: Subject;
  /** Each address as each vantage saw it last; also those that are fixed. */
  readonly subjects: readonly FindingSubject[];
  /** As concluded last, of all subjects that are not fixed. */
  readonly finding: Finding;
  /** When mxray first saw it. */
  readonly firstSeenAt: string;
  /** Earliest evidence after the last fix, of it and of all that it explains. */
  readonly sinceAt: string;
  readonly lastSeenAt: string;
  /** The probe that saw it last. */
  readonly probeId: string | null;
  readonly fixedAt: string | null;
  /** The probe that proved it gone. */
  readonly fixedBy: string | null;
  /** Of the last acknowledgement. */
  readonly note: string | null;
  /** The finding that explains it: the two are shown as one, and this one is in no list. */
  readonly explainedBy: FindingReference | null;
}

/** With how often mail stalled in the last `PEER_MAIL_DAYS` days with its hosts, in either direction, where that was asked for. */
export interface ListedFinding extends StoredFinding {
  readonly stalled?: number;
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
  /** Unix seconds. With it, stalled mail is counted up to then. */
  readonly now?: number;
  /** Default `harm`: the worst first, then the one with most stalled mail, where that is counted, then the one seen last. */
  readonly sort?: FindingSort;
  /** `next` of the page before. */
  readonly cursor?: string;
}

/** What a log shows of one address. */
export interface LogFinding {
  readonly finding: Finding;
  /** When its latest sign was logged. */
  readonly signAt: string;
  /** The finding of a probe that explains it: which, as which vantage saw it, and how it reads with the sign. */
  readonly absorbedBy: { readonly id: string; readonly vantage: string; readonly finding: Finding } | null;
}

/** One address of an unfixed finding, with what was concluded about it alone. */
export interface AskedFinding {
  readonly id: string;
  readonly address: string | null;
  readonly vantage: string;
  readonly finding: Finding;
  /** The probe that saw the finding last. */
  readonly probeId: string | null;
  /** What that probe was asked; null when it is gone, or no probe saw the finding. */
  readonly request: ProbeRequest | null;
}

/** What probes showed and is not fixed, address by address. */
export interface StandingFinding {
  readonly id: string;
  readonly subjects: readonly { readonly address: string | null; readonly vantage: string; readonly finding: Finding }[];
}

/** What the rules of today make of the observations behind a standing finding. */
export interface FindingAppraisal {
  readonly id: string;
  readonly at: string;
  /** How it reads now, where it holds. */
  readonly kept: readonly { readonly vantage: string; readonly finding: Finding }[];
  readonly withdrawn: readonly { readonly address: string | null; readonly vantage: string }[];
  /** What the same observations show in its place. */
  readonly instead: readonly { readonly probeId: string; readonly vantage: string; readonly at: string; readonly finding: Finding }[];
}

/** One address of a finding that a probe proves gone, as seen from the probe's vantage. */
export interface GoneSubject {
  readonly id: string;
  readonly address: string | null;
}

/** What the latest probes of all vantages say about our side. */
export interface OurSideState {
  readonly at: string;
  /** One for each vantage that sees a fault. */
  readonly faults: readonly {
    readonly vantage: string;
    readonly finding: Finding;
    /** When the latest of the probes ended. */
    readonly seenAt: string;
    /** The probes that show it, the oldest first. */
    readonly probeIds: readonly string[];
  }[];
  /** The latest probe: it shows that what is not among the faults is gone. */
  readonly endedBy: string | null;
  /** Ids of unfixed findings that the faults explain. */
  readonly explained: readonly string[];
}

/** What the gauges of this machine show. */
export interface HostState {
  /** Whose machine it is; null for the server's own. */
  readonly agent: string | null;
  readonly at: string;
  /** What stands now. */
  readonly findings: readonly Finding[];
  /** What is well again; a code in neither list stays as it is. */
  readonly ended: readonly FindingCode[];
}

export interface FindingStore {
  /** Also by the id of one that has become part of another. */
  get(id: string): Promise<StoredFinding | null>;
  list(query: FindingPageQuery): Promise<{ readonly findings: ListedFinding[]; readonly next: string | null }>;
  /** How many of them are in each state. */
  count(filter: FindingFilter): Promise<FindingCounts>;
  /** What happened to it, the oldest first. */
  life(id: string): Promise<FindingChange[]>;
  /** Findings that this one explains. */
  absorbedBy(id: string): Promise<StoredFinding[]>;
  /** Findings that a probe's result showed. */
  ofProbe(probeId: string): Promise<StoredFinding[]>;
  /** What is not fixed about these addresses (canonical), and about no address. */
  unfixedAbout(addresses: readonly string[]): Promise<AskedFinding[]>;
  /** All that a probe showed and that is not fixed; not what only several probes together show. */
  standing(): Promise<StandingFinding[]>;
  /**
   * Rewrites what holds, withdraws what does not, and opens what stands in its place where nothing is known of that yet. Signs of
   * logs that a withdrawn finding explained stand for themselves again.
   */
  appraise(appraisal: FindingAppraisal): Promise<void>;
  /** Marks an open finding as known to somebody; false when it is not open. */
  acknowledge(id: string, note: string | null, at: string, act?: Act): Promise<boolean>;
  /** Hides an unfixed finding until it gets worse or another address joins; false when it is fixed or hidden already. */
  dismiss(id: string, note: string | null, at: string, act?: Act): Promise<boolean>;
  /** Opens a finding again, as a person decides; false when it is open. */
  reopen(id: string, at: string, act?: Act): Promise<boolean>;
  /**
   * Notes whether our side is at fault. What it explains is in no list until it ends, and then as it was before. True when something
   * changed that a reader sees.
   */
  recordOurSide(state: OurSideState): Promise<boolean>;
  /**
   * Notes what the followed logs show now. A finding with a sign later than its fix opens again; one whose cause a probe proved
   * gone is fixed with it; one that the logs no longer show, with no sign since `silentSince`, is fixed by silence. Absorbed ones
   * are in no list. True when something changed that a reader sees.
   */
  recordLog(signs: readonly LogFinding[], times: { readonly at: string; readonly silentSince: string }): Promise<boolean>;
  /** Notes how a machine is. True when something changed that a reader sees. */
  recordHost(state: HostState): Promise<boolean>;
  /** Forgets findings that were fixed before and that no probe shows: those of logs, and of probes that were forgotten. */
  tidy(before: string): Promise<void>;
}
