/** The file system and the clock of this machine. */
import { Buffer } from "node:buffer";
import { constants } from "node:fs";
import { type FileHandle, open, readdir, realpath, stat } from "node:fs/promises";
import { PassThrough, pipeline } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { COMPRESSION_HEAD, compressionOf, decompressorOf } from "../reading/compression.ts";
import type { FollowClock, LogFileFacts, LogFiles, LogFileTrouble, OpenLogFile } from "./log-files.ts";
import { isInLogFolder } from "./log-folders.ts";

/** @param folders absolute; files elsewhere are not opened, whatever leads to them; null opens all */
export function nodeLogFilesIn(folders: readonly string[] | null): LogFiles {
  return { ...anywhere, open: async (path) => await openIn(path, folders) };
}

const anywhere: Omit<LogFiles, "open"> = {
  async names(directory) {
    return await readdir(directory).catch(() => []);
  },

  async facts(path) {
    try {
      return factsOf(await stat(path, { bigint: true }));
    } catch {
      return null;
    }
  },
};

export const nodeLogFiles = nodeLogFilesIn(null);

async function openIn(path: string, folders: readonly string[] | null): Promise<OpenLogFile | LogFileTrouble> {
  let handle: FileHandle;
  try {
    // Without waiting: opening a named pipe would, until somebody writes to it.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return troubleOf(error);
  }
  try {
    if (!(await handle.stat()).isFile()) return await refused(handle, "is no regular file");
    if (folders !== null && !(await isOpenedIn(handle, path, folders))) return await refused(handle, OUTSIDE);
  } catch (error) {
    await handle.close();
    return troubleOf(error);
  }
  return new NodeLogFile(handle);
}

async function refused(handle: FileHandle, reason: string): Promise<LogFileTrouble> {
  await handle.close();
  return { trouble: "unreadable", reason };
}

/** The open file itself is compared: a link may lead elsewhere by the time that it is looked at. */
async function isOpenedIn(handle: FileHandle, path: string, folders: readonly string[]): Promise<boolean> {
  if (!(await isInLogFolder(path, folders))) return false;
  const [opened, named] = await Promise.all([handle.stat({ bigint: true }), stat(await realpath(path), { bigint: true })]);
  return opened.dev === named.dev && opened.ino === named.ino;
}

export const nodeFollowClock: FollowClock = {
  sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
};

const OUTSIDE = "leads out of the folders whose logs may be followed (MXRAY_LOG_FOLDERS)";

class NodeLogFile implements OpenLogFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async facts(): Promise<LogFileFacts> {
    return factsOf(await this.#handle.stat({ bigint: true }));
  }

  async read(buffer: Buffer, offset: number): Promise<number> {
    return (await this.#handle.read(buffer, 0, buffer.length, offset)).bytesRead;
  }

  async *unzip(): AsyncGenerator<Buffer, void> {
    const head = Buffer.alloc(COMPRESSION_HEAD);
    await this.read(head, 0);
    const decompressor = await decompressorOf(compressionOf(head) ?? "gzip");
    const content = new PassThrough();
    pipeline(this.#handle.createReadStream({ start: 0, autoClose: false }), decompressor, content, () => undefined);
    for await (const chunk of content) yield chunk as Buffer;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Device and inode as text: both may be beyond the whole numbers that JavaScript knows. */
function factsOf({ dev, ino, size, mtimeNs }: { dev: bigint; ino: bigint; size: bigint; mtimeNs: bigint }): LogFileFacts {
  return { identity: `${dev}:${ino}`, size: Number(size), modifiedMs: Number(mtimeNs) / 1e6 };
}

function troubleOf(error: unknown): LogFileTrouble {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
    case "ENOTDIR":
      return { trouble: "missing" };
    case "EACCES":
    case "EPERM":
      return { trouble: "unreadable", reason: "may not be read by this user (often the group 'adm' may)" };
    default:
      return { trouble: "unreadable", reason: `cannot be opened: ${error instanceof Error ? error.message : String(error)}` };
  }
}
