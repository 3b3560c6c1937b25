/**
 * Why SQLite could not do something, as a sentence for the person who runs the server. The cause is established, never guessed:
 * from the result code (https://sqlite.org/rescode.html), and where that says too little, by trying the files.
 */
import { constants } from "node:fs";
import { access, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { StoreError, type StoreTrouble } from "../store-error.ts";

/** Less than the smallest write that an upgrade or a commit begins with. */
const NO_ROOM_BYTES = 64 * 1024;

/** What the error of a statement says about its cause. */
export function sqliteTrouble(error: unknown): StoreTrouble {
  if (error instanceof StoreError) return error.trouble;
  const { errcode, code } = error as { errcode?: number; code?: string };
  // The lower byte is the primary code; extended codes add to it.
  if (errcode !== undefined) return troubleOfResult(errcode & 0xff);
  if (code === "ENOSPC" || code === "EDQUOT") return "full";
  return code === "EACCES" || code === "EPERM" || code === "EROFS" ? "forbidden" : "other";
}

function troubleOfResult(result: number): StoreTrouble {
  switch (result) {
    case 5: // SQLITE_BUSY
    case 6: // SQLITE_LOCKED
      return "locked";
    case 13: // SQLITE_FULL
      return "full";
    case 11: // SQLITE_CORRUPT
    case 26: // SQLITE_NOTADB
      return "damaged";
    case 3: // SQLITE_PERM
    case 8: // SQLITE_READONLY
    case 14: // SQLITE_CANTOPEN
    case 10: // SQLITE_IOERR
    case 15: // SQLITE_PROTOCOL: no lock can be had, as on a disk that is read-only
      return "io";
    default:
      return "other";
  }
}

/** The store in the file `path` could not be opened or upgraded because of `error`. */
export async function sqliteStoreError(path: string, error: unknown): Promise<StoreError> {
  const words = error instanceof Error ? error.message : String(error);
  let trouble = sqliteTrouble(error);
  if (trouble === "other" && /^(table|index) .* already exists$|^duplicate column name/.test(words)) trouble = "unfinished";
  if (trouble !== "io") return new StoreError(sentence(path, trouble, words), trouble);
  // SQLite keeps the system's reason to itself.
  const denied = await deniedFile(path);
  if (denied !== null) return new StoreError(sentence(path, "forbidden", denied), "forbidden");
  if ((await freeBytes(path)) < NO_ROOM_BYTES) return new StoreError(sentence(path, "full", words), "full");
  return new StoreError(sentence(path, "io", words), "io");
}

function sentence(path: string, trouble: StoreTrouble, words: string): string {
  switch (trouble) {
    case "locked":
      return `The store ${path} is locked by another program; stop that program (a backup, a database shell, another mxray) and start again.`;
    case "full":
      return `The disk of the store ${path} has too little free space (${words}); free some and start again, nothing is lost.`;
    case "damaged":
      return `The store ${path} is damaged or no mxray store (${words}); restore a backup, or name another directory with --data or MXRAY_DATA.`;
    case "forbidden":
      return `The store ${path} cannot be written (${words}); give this user the right to, or name another directory with --data or MXRAY_DATA.`;
    case "newer":
      return `The store ${path} was written by a newer mxray: ${words}; run that version, or name another directory with --data or MXRAY_DATA.`;
    case "unfinished":
      return `The store ${path} was left incomplete by an interrupted upgrade of an earlier version (${words}); restore a backup, or name another directory with --data or MXRAY_DATA.`;
    case "ended":
    case "unreachable":
    case "io":
    case "other":
      return `The store ${path} cannot be opened (${words}); check its disk, or name another directory with --data or MXRAY_DATA.`;
  }
}

/** The first of the store's files that this user may not write, and why; null if all can be written. */
async function deniedFile(path: string): Promise<string | null> {
  for (const file of [dirname(path), path, `${path}-wal`, `${path}-shm`]) {
    try {
      await access(file, constants.R_OK | constants.W_OK);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT") return message;
    }
  }
  return null;
}

/** Bytes that this user can still write beside the store; `Infinity` if the system does not say. */
export async function freeBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(dirname(path));
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
