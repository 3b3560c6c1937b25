/** What following a file asks of the file system and the clock; `node-log-files.ts` has the real ones. */
import type { Buffer } from "node:buffer";

export interface LogFileFacts {
  /** Device and inode: the same file, whatever its name. */
  readonly identity: string;
  /** Bytes. */
  readonly size: number;
  /** ms UTC of the last change, with a fraction. */
  readonly modifiedMs: number;
}

export interface OpenLogFile {
  facts(): Promise<LogFileFacts>;
  /** @returns bytes read into the buffer's beginning; 0 at the end of the file */
  read(buffer: Buffer, offset: number): Promise<number>;
  /** The content of a compressed file; throws behind the last byte that can be had of a damaged one. */
  unzip(): AsyncIterable<Buffer>;
  close(): Promise<void>;
}

/** Why a file cannot be had: `missing`, or another reason in words that stand behind the file's name. */
export type LogFileTrouble = { readonly trouble: "missing" } | { readonly trouble: "unreadable"; readonly reason: string };

export interface LogFiles {
  /** The names in a directory; empty where it cannot be read. */
  names(directory: string): Promise<string[]>;
  /** Null where there is no such file. */
  facts(path: string): Promise<LogFileFacts | null>;
  open(path: string): Promise<OpenLogFile | LogFileTrouble>;
}

export interface FollowClock {
  /** Resolves after so many milliseconds, or when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
