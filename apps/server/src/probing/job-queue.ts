/**
 * Jobs that wait their turn: rows of the store, worked at a bounded number at a time. The embedded form is `RowJobQueue`; where
 * several processes share a store, another form may stand in its place.
 */

export interface JobQueue {
  /** Works from now on, first of all at what former processes left. */
  start(): Promise<void>;
  /** A job was written down. */
  added(): void;
  /** Ends the work at a job early, and resolves when it has ended; false when it is not worked at here. */
  cancel(id: string): Promise<boolean>;
  /** Ends all work; what has no result waits for the next start. */
  stop(): Promise<void>;
}

/** Why the signal of a job's work is aborted: it was cancelled, this process stops, or the job is another process's now. */
const JOB_ENDS = ["cancelled", "stopped", "lost"] as const;
export type JobEnd = (typeof JOB_ENDS)[number];

/** Works at a job until it has a result in the store, or `signal` says to end. */
export type JobWork = (id: string, signal: AbortSignal) => Promise<void>;

/** Why the work is to end; null while it is not. */
export function jobEnd({ aborted, reason }: AbortSignal): JobEnd | null {
  return aborted ? (JOB_ENDS.find((end) => end === reason) ?? "stopped") : null;
}
