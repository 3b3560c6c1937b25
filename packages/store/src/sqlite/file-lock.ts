/**
 * A lock that one process holds until it ends, however it ends: an exclusive SQLite lock on a file of its own, which the kernel drops
 * with the process. Nothing else may open that file in the same process, because closing it would drop the lock (fcntl(2)).
 */
import { DatabaseSync } from "node:sqlite";
import { sqliteTrouble } from "./sqlite-trouble.ts";

/** Milliseconds for which another may look whether the lock is held. */
const LOOK_MS = 1000;

export interface FileLock {
  release(): void;
}

/**
 * Takes the lock; null if another holds it.
 *
 * @throws what node:sqlite throws if the file cannot be made or opened
 */
export function takeFileLock(path: string): FileLock | null {
  const database = new DatabaseSync(path, { timeout: LOOK_MS });
  try {
    // Without a change there is no journal: nothing is written, and a full disk is no obstacle.
    database.exec("pragma locking_mode = exclusive; begin exclusive");
  } catch (error) {
    database.close();
    if (sqliteTrouble(error) === "locked") return null;
    throw error;
  }
  return { release: () => database.close() };
}

/** Whether a process holds the lock; does not take it. */
export function isFileLocked(path: string): boolean {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    database.exec("select 1 from sqlite_master");
    return false;
  } catch (error) {
    return sqliteTrouble(error) === "locked";
  } finally {
    database?.close();
  }
}
