/**
 * Jobs that wait their turn: rows of the store, worked at a bounded number at a time. The embedded form is `RowJobQueue`; where
 * several processes share a store, another form may stand in its place.
 */

export interface JobQueue {
  /** Works from now on, first of all at what former processes left. */
  start(): Promise<void>;
  /** A job was written down. */
  added(): void;
  /** A job was ended by another process. */
  lost(id: string): void;
  /** Jobs of this process that have left their place. */
  readonly away: number;
  /** Ends the work at a job early, and resolves when it has ended; false when it is not worked at here. */
  cancel(id: string): Promise<boolean>;
  /** Ends all work; what has no result waits for the next start. */
  stop(): Promise<void>;
}

/** Why the signal of a job's work is aborted: it was cancelled, this process stops, or the job is another process's now. */
const JOB_ENDS = ["cancelled", "stopped", "lost"] as const;
export type JobEnd = (typeof JOB_ENDS)[number];

/** One of the places at which a bounded number of jobs are worked at. */
export interface JobPlace {
  /** The work waits for something else: another job may have the place, unless this one was kept. */
  leave(): void;
  /** Waits for a place where it was left, or until the work is to end; from then on it is kept. */
  keep(): Promise<void>;
}

/** A job that has a place to itself. */
export const OWN_PLACE: JobPlace = { leave: () => undefined, keep: async () => undefined };

/** Works at a job until it has a result in the store, or `signal` says to end. */
export type JobWork = (id: string, signal: AbortSignal, place: JobPlace) => Promise<void>;

/** Why the work is to end; null while it is not. */
export function jobEnd({ aborted, reason }: AbortSignal): JobEnd | null {
  return aborted ? (JOB_ENDS.find((end) => end === reason) ?? "stopped") : null;
}
