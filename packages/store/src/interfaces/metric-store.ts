/** What monitoring systems ask for every few seconds: counts and short rows, never whole findings or observations. */
import type { Confidence, FindingCode, FindingState, ProbeSummary, Severity, Subject, Verdict } from "@mxray/contracts";

export interface CountedFindings {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly state: Exclude<FindingState, "fixed">;
  readonly count: number;
}

/** An unfixed finding that a round of a watch showed. */
export interface WatchedFinding {
  readonly id: string;
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly state: Exclude<FindingState, "fixed">;
  readonly subject: Subject;
}

/** The last round of a watch that ended. */
export interface NewestRound {
  readonly target: string;
  readonly vantage: string;
  readonly probeId: string;
  readonly finishedAt: string;
  readonly verdict: Verdict | null;
}

export interface PlannedRound {
  readonly target: string;
  readonly vantage: string;
  /** When the next round is due; null while the watch is paused. */
  readonly dueAt: string | null;
}

export interface MetricFacts {
  /** Findings that no other finding explains. */
  readonly findings: readonly CountedFindings[];
  /** The worst first. */
  readonly watched: readonly WatchedFinding[];
  /** By target and vantage; none of a watch before its first round. */
  readonly rounds: readonly NewestRound[];
  /** One for each watch. */
  readonly planned: readonly PlannedRound[];
  readonly probes: { readonly queued: number; readonly running: number };
  readonly storeBytes: number;
}

export interface ProbesOfTarget {
  /** Whatever became of it. */
  readonly latest: ProbeSummary | null;
  /** The newest that has a result. */
  readonly result: ProbeSummary | null;
}

export interface MetricStore {
  facts(limits: { readonly watched: number }): Promise<MetricFacts>;
  /** Probes of exactly this target from the local vantage. @param family null: not limited to one */
  probesOf(target: string, family: 4 | 6 | null): Promise<ProbesOfTarget>;
}
