/**
 * Reads a log from a file or from standard input, plain or compressed (see `compressionOf`), in chunks.
 *
 * Refuses directories and what cannot be opened, with a reason. A compressed file that ends too early or is
 * damaged gives what can be read of it, and the reason why there is no more. Outcomes: `read`, `cut-short`, `unreadable`.
 */
import { Buffer } from "node:buffer";
import { accessSync, closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";
import type { Readable } from "node:stream";
import { compressionOf } from "./compression.ts";
import { Unpacker, type UnpackOutcome } from "./unpacker.ts";

export type LogFileOutcome = UnpackOutcome | { readonly kind: "unreadable"; readonly reason: string };

export interface ChunkSink {
  /** A chunk may be overwritten once the chunk after it was pushed. */
  push(chunk: Buffer): void;
}

export interface ReadLogFileOptions {
  readonly sink: ChunkSink;
  /** Called now and then. @param bytes read of the file @param total its size; null where it has none */
  readonly onProgress?: (bytes: number, total: number | null) => void;
}

const CHUNK = 256 * 1024;
/** Between two times that others get a turn: timers, signals, the progress bar. */
const CHUNKS_PER_TURN = 16;
const DIRECTORY = "it is a directory";
const READ: LogFileOutcome = { kind: "read" };

/** Why the file cannot be read as a log; null when it can. Opens nothing: a pipe can be opened only once. */
export function logFileTrouble(path: string): string | null {
  try {
    if (statSync(path).isDirectory()) return DIRECTORY;
    accessSync(path, constants.R_OK);
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

export async function readLogFile(path: string, options: ReadLogFileOptions): Promise<LogFileOutcome> {
  const opened = openLog(path);
  if (typeof opened === "string") return { kind: "unreadable", reason: opened };
  try {
    return await readOpened(opened.fd, opened.stats.isFile() ? opened.stats.size : null, options);
  } catch (error) {
    return { kind: "cut-short", reason: reasonOf(error) };
  } finally {
    closeSync(opened.fd);
  }
}

/** Standard input, or another stream of bytes. */
export async function readLogStream(stream: Readable, { sink, onProgress }: ReadLogFileOptions): Promise<LogFileOutcome> {
  let bytes = 0;
  let unpacker: Unpacker | null = null;
  try {
    for await (const data of stream) {
      const chunk = data as Buffer;
      if (bytes === 0) {
        unpacker = await unpackerFor(chunk, sink);
      }
      bytes += chunk.length;
      if (unpacker === null) sink.push(chunk);
      else if (!(await unpacker.write(chunk))) break;
      onProgress?.(bytes, null);
    }
  } catch (error) {
    return { kind: "cut-short", reason: reasonOf(error) };
  }
  return unpacker === null ? READ : await unpacker.end();
}

function openLog(path: string): { readonly fd: number; readonly stats: Stats } | string {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    return reasonOf(error);
  }
  const stats = fstatSync(fd);
  if (!stats.isDirectory()) return { fd, stats };
  closeSync(fd);
  return DIRECTORY;
}

/** Into two buffers in turn: what was pushed stays until the chunk after it was pushed. */
async function readOpened(fd: number, total: number | null, { sink, onProgress }: ReadLogFileOptions): Promise<LogFileOutcome> {
  let buffer = Buffer.allocUnsafeSlow(CHUNK);
  let other = Buffer.allocUnsafeSlow(CHUNK);
  let bytes = 0;
  let unpacker: Unpacker | null = null;
  for (let chunks = 1; ; chunks += 1) {
    const length = readSync(fd, buffer, 0, CHUNK, null);
    if (length === 0) break;
    const chunk = buffer.subarray(0, length);
    if (bytes === 0) {
      unpacker = await unpackerFor(chunk, sink);
    }
    bytes += length;
    if (unpacker === null) sink.push(chunk);
    else if (!(await unpacker.write(chunk))) break;
    [buffer, other] = [other, buffer];
    if (chunks % CHUNKS_PER_TURN !== 0) continue;
    onProgress?.(bytes, total);
    await new Promise(setImmediate);
  }
  return unpacker === null ? READ : await unpacker.end();
}

/** Null for what is not compressed. */
async function unpackerFor(head: Buffer, sink: ChunkSink): Promise<Unpacker | null> {
  const compression = compressionOf(head);
  return compression === null ? null : await Unpacker.open(compression, (chunk) => sink.push(chunk));
}

function reasonOf(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
    case "ENOTDIR":
      return "there is no such file";
    case "EACCES":
    case "EPERM":
      return "this user may not read it";
    case "EISDIR":
      return DIRECTORY;
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
