/** A file system in memory whose files have inodes, and in which something may happen at each call: what a test scripts. */
import { Buffer } from "node:buffer";
import { basename, dirname } from "node:path";
import type { FollowClock, LogFileFacts, LogFiles } from "../src/follow/log-files.ts";

interface Inode {
  readonly identity: string;
  content: Buffer;
  modifiedMs: number;
  /** What a compressed file holds. */
  zipped: Buffer | null;
}

export class ScriptedLogFiles implements LogFiles, FollowClock {
  readonly #inodes = new Map<string, Inode>();
  /** Called before each call of the follower: the world goes on meanwhile. */
  onCall: () => void = () => undefined;
  #now = 1000;
  #count = 0;

  append(path: string, text: string): void {
    const inode = this.#inodes.get(path) ?? this.#make(path);
    inode.content = Buffer.concat([inode.content, Buffer.from(text)]);
    inode.modifiedMs = this.#tick();
  }

  create(path: string): void {
    this.#make(path);
  }

  rename(from: string, to: string): void {
    const inode = this.#inodes.get(from);
    if (inode === undefined) return;
    this.#inodes.delete(from);
    this.#inodes.set(to, inode);
  }

  copy(from: string, to: string): void {
    this.#make(to).content = Buffer.from(this.#inodes.get(from)?.content ?? "");
  }

  truncate(path: string): void {
    const inode = this.#inodes.get(path);
    if (inode === undefined) return;
    inode.content = Buffer.alloc(0);
    inode.modifiedMs = this.#tick();
  }

  /** What gzip does: the compressed file is there before the other goes, and keeps its time. */
  beginZip(path: string): void {
    this.#make(`${path}.gz`).content = Buffer.from("half");
  }

  endZip(path: string): void {
    const inode = this.#inodes.get(path);
    const zipped = this.#inodes.get(`${path}.gz`);
    if (inode === undefined || zipped === undefined) return;
    zipped.modifiedMs = inode.modifiedMs;
    zipped.zipped = inode.content;
    this.#inodes.delete(path);
  }

  delete(path: string): void {
    this.#inodes.delete(path);
  }

  has(path: string): boolean {
    return this.#inodes.has(path);
  }

  async names(directory: string): Promise<string[]> {
    this.onCall();
    return [...this.#inodes.keys()].filter((path) => dirname(path) === directory).map((path) => basename(path));
  }

  async facts(path: string): Promise<LogFileFacts | null> {
    this.onCall();
    const inode = this.#inodes.get(path);
    return inode === undefined ? null : factsOf(inode);
  }

  async open(path: string) {
    this.onCall();
    const inode = this.#inodes.get(path);
    if (inode === undefined) return { trouble: "missing" as const };
    return {
      facts: async () => {
        this.onCall();
        return factsOf(inode);
      },
      read: async (buffer: Buffer, offset: number) => {
        this.onCall();
        return inode.content.subarray(offset).copy(buffer);
      },
      unzip: () => this.#unzip(inode),
      close: async () => undefined,
    };
  }

  async sleep(): Promise<void> {
    this.onCall();
  }

  async *#unzip({ zipped }: Inode) {
    if (zipped === null) throw new Error("no gzip file");
    for (let at = 0; at < zipped.length; at += 100) {
      this.onCall();
      yield zipped.subarray(at, at + 100);
    }
  }

  #make(path: string): Inode {
    this.#count += 1;
    const inode: Inode = { identity: `1:${this.#count}`, content: Buffer.alloc(0), modifiedMs: this.#tick(), zipped: null };
    this.#inodes.set(path, inode);
    return inode;
  }

  /** A kernel's clock for files ticks more slowly than files change. */
  #tick(): number {
    this.#now += this.#count % 3 === 0 ? 1 : 0;
    return this.#now;
  }
}

function factsOf({ identity, content, modifiedMs }: Inode): LogFileFacts {
  return { identity, size: content.length, modifiedMs };
}
