/** Following logs, wherever that is done: here (`LogWorkers`), or in a thread of its own (`LogThread`). */
import type { LogSource } from "@mxray/contracts";
import type { StoredLogSource } from "@mxray/store";

/** What has changed since it was told last. */
export interface LogNews {
  readonly states: readonly LogSource[];
  /** Something was committed. */
  readonly committed: boolean;
}

export interface LogFollowing {
  follow(source: StoredLogSource): void;
  /** Follows it no longer; resolves when nothing of it will be committed any more. */
  leave(id: number): Promise<void>;
  /** Tidies what logs left behind, where batches are committed: see `LogStore.tidy`. */
  tidy(now: number, eventDays: number): Promise<void>;
  /** All of them, for good. */
  stop(): Promise<void>;
}

export interface LogFollowingDeps {
  /** At most ten times a second. */
  readonly onNews: (news: LogNews) => void;
  /** A bug, or a store that fails. */
  readonly onError: (error: unknown) => void;
}
