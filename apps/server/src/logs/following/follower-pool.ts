/** Follows any number of logs: in this thread (`LocalFollowerPool`) or in a thread of its own (`ThreadedFollowerPool`). */
import type { FollowState } from "@mxray/maillog";
import type { StoredLogSource } from "@mxray/store";
import type { LogEventCount } from "./log-event-counts.ts";

/** The state of one source, by its id. */
export type SourceState = FollowState & { readonly id: number };

/** Changes since the last report. */
export interface FollowerNews {
  readonly states: readonly SourceState[];
  /** Something was committed. */
  readonly committed: boolean;
  /** What the commits counted. */
  readonly events: readonly LogEventCount[];
}

export interface FollowerPool {
  follow(source: StoredLogSource): void;
  /** Follows it no longer; resolves when nothing of it will be committed any more. */
  leave(id: number): Promise<void>;
  /** Tidies what logs left behind, where batches are committed: see `LogStore.tidy`. @throws Error if the pool ends before */
  tidy(now: number, eventDays: number): Promise<void>;
  /** All of them, for good. */
  stop(): Promise<void>;
}

export interface FollowerPoolDeps {
  /** At most ten times a second. */
  readonly onNews: (news: FollowerNews) => void;
  /** A bug, or a store that fails. */
  readonly onError: (error: unknown) => void;
  /** The pool ended without an order to: it follows nothing any more. @param reason see `threadEndReason` */
  readonly onEnd: (reason: string) => void;
}
