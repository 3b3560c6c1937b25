/**
 * One data directory, one server. The server holds a lock on a file in it, which the kernel drops when its process ends; a note beside
 * it says where that server is reached. The note is believed only while the lock is held, so a note that a crash left misleads nobody.
 */
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { explainStoreError, type FileLock, isFileLocked, makePrivateDirectory, takeFileLock } from "@mxray/store";
import { ConfigError } from "./config/config-error.ts";

interface Note {
  /** One start of a server. */
  readonly id: string;
  readonly pid: number;
  readonly url: string;
  /** Where its store is, if that is a database; without user and password. */
  readonly database: string | null;
  readonly startedAt: string;
}

/** The store of a data directory. */
export const storeFile = (dir: string) => join(dir, "mxray.sqlite");
const lockFile = (dir: string) => join(dir, "server.lock");
const noteFile = (dir: string) => join(dir, "running.json");

export class DataDirectory {
  readonly #dir: string;
  readonly #lock: FileLock;
  readonly #id = randomUUID();

  private constructor(dir: string, lock: FileLock) {
    this.#dir = dir;
    this.#lock = lock;
  }

  /**
   * Makes the directory if there is none, and takes it.
   *
   * @throws ConfigError if another server has it, or it cannot be written
   */
  static async claim(dir: string): Promise<DataDirectory> {
    let lock: FileLock | null;
    try {
      await makePrivateDirectory(dir);
      await access(dir, constants.W_OK);
      lock = takeFileLock(lockFile(dir));
    } catch (error) {
      throw new ConfigError("cannot-run", (await explainStoreError(lockFile(dir), error)).message);
    }
    if (lock === null) throw new ConfigError("cannot-run", inUse(dir, await readNote(dir)));
    await rm(noteFile(dir), { force: true });
    return new DataDirectory(dir, lock);
  }

  /** Says where the server is reached. @throws what writing a file throws */
  async announce(url: string, database: string | null): Promise<void> {
    const note: Note = { id: this.#id, pid: process.pid, url, database, startedAt: new Date().toISOString() };
    await writeFile(noteFile(this.#dir), JSON.stringify(note), { mode: 0o600 });
  }

  async release(): Promise<void> {
    // A note that a failing disk keeps misleads nobody: it is believed only while the lock is held.
    if ((await readNote(this.#dir))?.id === this.#id) await rm(noteFile(this.#dir), { force: true }).catch(() => undefined);
    this.#lock.release();
  }
}

/**
 * The URL of the server that runs on a data directory.
 *
 * @throws ConfigError if none does, or it is still starting
 */
export async function urlOfServer(dir: string): Promise<string> {
  if (!isFileLocked(lockFile(dir))) {
    throw new ConfigError(
      "cannot-run",
      `No running server keeps its data in ${dir}. Start one with 'mxray serve', or name its directory with --data.`,
    );
  }
  const note = await readNote(dir);
  if (note === null) throw new ConfigError("cannot-run", `The server that keeps its data in ${dir} is starting; try again in a moment.`);
  return note.url;
}

/** The server that runs on a data directory; null if none does, or it is still starting. */
export async function runningServer(dir: string): Promise<Pick<Note, "url" | "database"> | null> {
  return isFileLocked(lockFile(dir)) ? await readNote(dir) : null;
}

function inUse(dir: string, note: Note | null): string {
  const holder = note === null ? "another mxray server, which is starting" : `the mxray server at ${note.url} (process ${note.pid})`;
  return `${dir} is in use by ${holder}. Stop that server, or choose another directory with --data or MXRAY_DATA.`;
}

async function readNote(dir: string): Promise<Note | null> {
  try {
    return JSON.parse(await readFile(noteFile(dir), "utf8")) as Note;
  } catch {
    return null;
  }
}
