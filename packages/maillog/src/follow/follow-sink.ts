/** Where a followed log goes: a store in the same process, or a server that an agent reports to. The follower is the same for both. */
import type { LogBatch, LogSource } from "@mxray/contracts";
import type { FollowPosition } from "./follow-step.ts";

/** From where to go on after a restart; JSON. */
export interface LogPosition {
  readonly follow: FollowPosition;
  /** Lines of the file before it. */
  readonly line: number;
}

/** What changes while a log is followed. */
export type FollowState = Omit<LogSource, "id" | "location" | "origin" | "agent" | "createdAt">;

export interface FollowSink {
  /**
   * Takes a batch and its position, both or neither; null while there is no position to go on from. False: someone else follows this
   * log, or nobody should any more; the follower ends. When it throws, the same batch is offered again after a pause.
   */
  commit(batch: LogBatch, position: LogPosition | null): Promise<boolean>;
  /** The state after a change, also of the pace; at once and cheap. */
  state(state: FollowState): void;
}
