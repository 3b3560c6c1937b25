/** What a follower tells, in order. A position belongs to what was told up to it, and is kept in one transaction with that. */
import type { Buffer } from "node:buffer";

/** From where to go on after a restart; JSON. */
export type FollowPosition = FilePosition | JournalPosition;

export interface FilePosition {
  readonly kind: "file";
  /** ms UTC: files of this log that did not change after it hold nothing new. */
  readonly readUntilMs: number;
  /** The file up to whose `offset` all lines were told; null while there was none. */
  readonly mark: FileMark | null;
}

/** A place in a file that is known again under another name, as a copy, or compressed. */
export interface FileMark {
  /** Device and inode. */
  readonly identity: string;
  /** The file's first bytes, at most `HEAD_BYTES` of what was told. */
  readonly head: { readonly length: number; readonly sha256: string };
  /** Bytes; behind a line end, or at the end of a file that is over. */
  readonly offset: number;
}

export interface JournalPosition {
  readonly kind: "journal";
  readonly cursor: string;
}

export type FollowStep =
  /** A file begins, or goes on behind its mark. */
  | { readonly kind: "begin"; readonly file: string; readonly offset: number }
  /**
   * More of it; overwritten after the next step but one. `position` stands behind the last line end so far, null while nothing
   * can be gone on from. `lag` is the number of bytes that are known to be still to come.
   */
  | { readonly kind: "bytes"; readonly bytes: Buffer; readonly position: FollowPosition | null; readonly lag: number }
  /** The file is over, its last line too. */
  | { readonly kind: "end"; readonly position: FollowPosition | null }
  /** All that there is was told. */
  | { readonly kind: "idle" }
  /** It cannot go on at present, and tries again. One sentence. */
  | { readonly kind: "waits"; readonly reason: string }
  /** Lines may be missing here. One sentence. */
  | { readonly kind: "gap"; readonly reason: string };

export interface Follower {
  /** Ends when `signal` does, or when the log is over for good. Reads on only when it is asked for the next step. */
  steps(signal: AbortSignal): AsyncGenerator<FollowStep, void>;
}
