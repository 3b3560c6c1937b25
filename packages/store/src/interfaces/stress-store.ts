/** Load tests, each with what it measured. One runs at a time. */
import type { StressOptions, StressRun, StressRunSummary, StressSecond, StressState } from "@mxray/contracts";
import type { Act } from "./audit-store.ts";

export interface NewStressRun {
  readonly target: string;
  readonly address: string;
  /** Who started it, as the messages say. */
  readonly by: string;
  readonly startedAt: string;
  readonly options: StressOptions;
}

export interface StoredStressRun extends StressRunSummary {
  /** Null until it has ended, and of one that was cut. */
  readonly run: StressRun | null;
  readonly series: readonly StressSecond[];
}

/** How a run ended. */
export interface StressEnd {
  readonly state: Exclude<StressState, "running">;
  readonly at: string;
  readonly problem: string | null;
  readonly run: StressRun | null;
}

export interface StressStore {
  /** Null while another one runs, which is one that was touched since `aliveSince`; an older one is cut. */
  begin(run: NewStressRun, aliveSince: string, act?: Act): Promise<string | null>;
  /** Keeps what was measured so far; false when the run has ended. */
  progress(id: string, series: readonly StressSecond[], at: string): Promise<boolean>;
  /** False when it has ended before. */
  end(id: string, end: StressEnd): Promise<boolean>;
  /** Marks runs that nobody has touched since; what they measured stays. Gives how many. */
  cut(aliveSince: string, at: string): Promise<number>;
  get(id: string): Promise<StoredStressRun | null>;
  /** Newest first. */
  list(limit: number): Promise<StressRunSummary[]>;
  /** The last run of the same target that ended before this one began. */
  before(id: string): Promise<StoredStressRun | null>;
  /** None that runs. Its links go with it. */
  delete(id: string, act?: Act): Promise<boolean>;
  /** Forgets those that ended before. */
  tidy(before: string): Promise<void>;
}
