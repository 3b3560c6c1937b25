/** Follows any number of logs: in this thread (`LocalFollowerPool`) or in a thread of its own (`ThreadedFollowerPool`). */
import type { LogSource } from "@mxray/contracts";
import type { StoredLogSource } from "@mxray/store";

/** Changes since the last report. */
export interface FollowerNews {
  readonly states: readonly LogSource[];
  /** Something was committed. */
  readonly committed: boolean;
}

export interface FollowerPool {
  follow(source: StoredLogSource): void;
  /** Follows it no longer; resolves when nothing of it will be committed any more. */
  leave(id: number): Promise<void>;
  /** Tidies what logs left behind, where batches are committed: see `LogStore.tidy`. */
  tidy(now: number, eventDays: number): Promise<void>;
  /** All of them, for good. */
  stop(): Promise<void>;
}

export interface FollowerPoolDeps {
  /** At most ten times a second. */
  readonly onNews: (news: FollowerNews) => void;
  /** A bug, or a store that fails. */
  readonly onError: (error: unknown) => void;
}
