/**
 * A copy of a store as it was at one moment, while others read and write it. The copy is made under a name of its own and takes its
 * name when it is whole, checked and on the disk: a file of that name is never half a backup. Never overwrites.
 */
import { access, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { StoreError } from "../store-error.ts";
import { freeBytes, sqliteStoreError, sqliteTrouble } from "./sqlite-trouble.ts";

/** All pages in one step: SQLite begins again where another process writes between two steps. */
const ALL_PAGES = 2 ** 31 - 1;
/** Less than SQLite's smallest step. */
const NO_ROOM_BYTES = 64 * 1024;

/**
 * @param from a store's file, whether a server has it open or not
 * @param to a file that does not exist, in a directory that does
 * @returns bytes of the copy
 * @throws StoreError whose message names the cause and the remedy
 */
export async function backupStore(from: string, to: string): Promise<number> {
  if (!(await exists(from))) {
    throw new StoreError(`There is no store ${from} to back up; name its directory with --data or MXRAY_DATA.`);
  }
  if (await exists(to)) throw taken(to);
  const part = join(dirname(to), `.${basename(to)}.${crypto.randomUUID()}.part`);
  try {
    await (await open(part, "wx", 0o600)).close();
    await copy(from, part);
    checkCopy(part, from);
    return await settle(part, to);
  } catch (error) {
    throw await backupError(from, to, error);
  } finally {
    await removePart(part);
  }
}

async function copy(from: string, part: string): Promise<void> {
  const source = openSource(from);
  try {
    await backup(source, part, { rate: ALL_PAGES });
  } finally {
    source.close();
  }
}

/** @throws SourceError */
function openSource(from: string): DatabaseSync {
  let source: DatabaseSync | null = null;
  try {
    source = new DatabaseSync(from, { timeout: 5000 });
    source.prepare("select count(*) from sqlite_schema").get();
    return source;
  } catch (error) {
    source?.close();
    throw new SourceError(error);
  }
}

/** @throws StoreError when the copy is damaged */
function checkCopy(part: string, from: string): void {
  const database = new DatabaseSync(part);
  try {
    const rows = database.prepare("pragma integrity_check(5)").all() as { integrity_check: string }[];
    const faults = rows.map(({ integrity_check }) => integrity_check).filter((text) => text !== "ok");
    if (faults.length > 0) {
      throw new StoreError(`The copy of ${from} failed its check (${faults.join("; ")}) and was removed; the store is damaged.`, "damaged");
    }
    // One file without a log beside it can be moved and opened anywhere.
    database.exec("pragma journal_mode = delete");
  } finally {
    database.close();
  }
}

/** Gives the copy its name, once it is on the disk. */
async function settle(part: string, to: string): Promise<number> {
  const file = await open(part, "r+");
  try {
    await file.sync();
    // Fails if another backup has taken the name since.
    await (await open(to, "wx", 0o600)).close();
    await rename(part, to);
    const directory = await open(dirname(to), "r");
    await directory.sync().finally(() => directory.close());
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

async function removePart(part: string): Promise<void> {
  const name = basename(part);
  const left = await readdir(dirname(part)).catch(() => []);
  // SQLite's own files beside it, too.
  await Promise.all(left.filter((file) => file.startsWith(name)).map((file) => rm(join(dirname(part), file), { force: true })));
}

/** The store itself could not be read. */
class SourceError extends Error {
  constructor(cause: unknown) {
    super("The store could not be read.", { cause });
  }
}

async function backupError(from: string, to: string, error: unknown): Promise<StoreError> {
  if (error instanceof StoreError) return error;
  if (error instanceof SourceError) return await sqliteStoreError(from, error.cause);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EEXIST") return taken(to);
  if (code === "ENOENT") return new StoreError(`The directory of ${to} does not exist; make it, or name another place.`);
  const trouble = sqliteTrouble(error);
  if (trouble === "full" || (trouble === "io" && (await freeBytes(to)) < NO_ROOM_BYTES)) {
    const needed = (await stat(from)).size.toLocaleString("en");
    return new StoreError(`The disk of ${to} is full: the backup needs ${needed} bytes. Free some, or name another place.`, "full");
  }
  if (trouble === "locked")
    return new StoreError(`The store ${from} is locked by another program; stop that program and try again.`, trouble);
  return new StoreError(`The backup ${to} cannot be written (${message}); name another place.`, trouble);
}

function taken(to: string): StoreError {
  return new StoreError(`${to} exists, and a backup overwrites nothing; name another file.`);
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
