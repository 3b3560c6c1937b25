/** The facts of the wall screen. */
import type { ProbeSummary } from "@mxray/contracts";
import type { ListedFinding, StoredFinding } from "./finding-store.ts";

/** A finding with what its last probe was asked to probe. */
export interface TargetedFinding extends StoredFinding {
  /** As typed; null when that probe is gone, or it was no probe that saw the finding. */
  readonly target: string | null;
}

/** What the wall screen is made of; nothing of the practice lab is in it. */
export interface WallFacts {
  /** Open and acknowledged ones: the worst first, then the newest. */
  readonly findings: readonly (TargetedFinding & ListedFinding)[];
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
  /**
   * `since`: probes asked for before are left out, but for watched targets. `now` (unix seconds): stalled mail is counted up to then.
   * The limits are those of the lists.
   */
  facts(query: {
    readonly now: number;
    readonly since: string;
    readonly findings: number;
    readonly changed: number;
    readonly probes: number;
  }): Promise<WallFacts>;
}
