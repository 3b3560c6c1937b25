/**
 * Follows a log file through whatever rotation does to it: renamed and made anew, copied and truncated, compressed, replaced;
 * there is no file yet; mxray was away for days. Each byte is told once, in the order in which it was written.
 *
 * It rests on this: a log's writer goes on in the next file only when it has written its last line to the one before, and
 * whoever copies and truncates has the copy whole before he truncates. A file is known by its first bytes (and its inode), so
 * one that was truncated and has grown beyond the old place again is seen for what it is. Polls: what tells of changes sooner
 * does not work on network file systems and in some containers.
 *
 * Steps: see `FollowStep`. `gap` where a file was truncated without a copy, or the one that was read is gone.
 */
import { Buffer } from "node:buffer";
import { FileHead, readHead } from "./file-head.ts";
import type { FileMark, FilePosition, Follower, FollowStep } from "./follow-step.ts";
import { closedMembers, type FamilyMember, familyWithMark, logFamily, openMember } from "./log-family.ts";
import type { FollowClock, LogFiles, OpenLogFile } from "./log-files.ts";

export interface FileFollowerOptions {
  readonly path: string;
  /** Of the last commit; for a new source `readUntilMs` is the time since when rotated files count. */
  readonly position: FilePosition;
  readonly files: LogFiles;
  readonly clock: FollowClock;
}

const CHUNK = 256 * 1024;
const POLL_MS = 100;
/** Where there is no file, or it may not be read. */
const RETRY_MS = 1000;
const LF = 10;
const COPY_TRIES = 20;
/** Logs shrink to about a tenth. */
const ZIP_RATIO = 10;

/** The file that is read at present. */
interface Tail {
  readonly path: string;
  readonly identity: string;
  readonly file: OpenLogFile;
  /** Compressed: nothing is added to it any more. */
  readonly zipped: boolean;
  /** A compressed one was read. */
  over: boolean;
  readonly head: FileHead;
  /** Where the next byte is read. */
  offset: number;
  modifiedMs: number;
}

export class FileFollower implements Follower {
  readonly #path: string;
  readonly #files: LogFiles;
  readonly #clock: FollowClock;
  #position: FilePosition;
  #tail: Tail | null = null;
  /** Bytes in the files after the tail, when last looked at. */
  #ahead = 0;
  /** Compressed files in which there was nothing: no position can stand in one. */
  readonly #empty = new Set<string>();
  #toldClosed = false;
  #buffers = [Buffer.allocUnsafeSlow(CHUNK), Buffer.allocUnsafeSlow(CHUNK)] as [Buffer, Buffer];

  constructor({ path, position, files, clock }: FileFollowerOptions) {
    this.#path = path;
    this.#position = position;
    this.#files = files;
    this.#clock = clock;
  }

  async *steps(signal: AbortSignal): AsyncGenerator<FollowStep, void> {
    try {
      while (!signal.aborted) {
        try {
          yield* this.#turn(signal);
        } catch (error) {
          // Such as a network file system that is away: then the position leads back to where it was.
          if ((error as NodeJS.ErrnoException).errno === undefined) throw error;
          await this.#close().catch(() => undefined);
          yield { kind: "waits", reason: `${this.#path} cannot be read: ${(error as Error).message}.` };
          await this.#clock.sleep(RETRY_MS, signal);
        }
      }
    } finally {
      await this.#close();
    }
  }

  async *#turn(signal: AbortSignal): AsyncGenerator<FollowStep, void> {
    const tail = this.#tail;
    if (tail === null) {
      if (!(yield* this.#start())) await this.#clock.sleep(RETRY_MS, signal);
    } else if (tail.zipped) {
      if (!tail.over) yield* this.#unzip(tail);
      if (!(yield* this.#goOn(tail))) yield* this.#wait(signal);
    } else {
      yield* this.#follow(tail, signal);
    }
  }

  async #close(): Promise<void> {
    const tail = this.#tail;
    this.#tail = null;
    await tail?.file.close();
  }

  async *#follow(tail: Tail, signal: AbortSignal): AsyncGenerator<FollowStep, void> {
    switch (yield* this.#drain(tail)) {
      case "truncated":
        yield* this.#goOnInCopy(tail);
        return;
      case "overtaken":
        await this.#close();
        return;
      case "drained":
        if (!(yield* this.#goOn(tail))) yield* this.#wait(signal);
    }
  }

  async *#wait(signal: AbortSignal): AsyncGenerator<FollowStep, void> {
    yield { kind: "idle" };
    await this.#clock.sleep(POLL_MS, signal);
  }

  /** Opens the file to begin or to go on with. */
  async *#start(): AsyncGenerator<FollowStep, boolean> {
    const { mark, readUntilMs } = this.#position;
    const { family, place } = await this.#familyWith(mark);
    yield* this.#tellClosed(readUntilMs);
    if (mark !== null && place !== -1) return yield* this.#open(family, place, mark);
    const first = this.#nextIn(family, -1, readUntilMs);
    if (first === -1) return yield* this.#waits();
    if (mark !== null) yield { kind: "gap", reason: "The file that was being read is gone, with what had been added to it since." };
    return yield* this.#open(family, first, null);
  }

  /** Said once: it stays so. */
  async *#tellClosed(sinceMs: number): AsyncGenerator<FollowStep, void> {
    if (this.#toldClosed) return;
    const closed = await closedMembers(this.#files, this.#path, sinceMs);
    if (closed.length === 0) return;
    this.#toldClosed = true;
    yield {
      kind: "gap",
      reason: `${closed.join(", ")} cannot be read, compressed as it is: its lines are missing. Have logrotate use gzip, zstd, xz or bzip2.`,
    };
  }

  async *#waits(): AsyncGenerator<FollowStep, boolean> {
    const opened = await this.#files.open(this.#path);
    if (!("trouble" in opened)) {
      await opened.close();
      yield { kind: "idle" };
      return false;
    }
    const reason = opened.trouble === "missing" ? "does not exist yet" : opened.reason;
    yield { kind: "waits", reason: `${this.#path} ${reason}.` };
    return false;
  }

  async *#open(family: readonly FamilyMember[], place: number, mark: FileMark | null): AsyncGenerator<FollowStep, boolean> {
    const member = family[place];
    if (member === undefined) return false;
    const tail = await this.#tailOf(member, mark);
    if (tail === null) return yield* this.#waits();
    this.#ahead = family.slice(place + 1).reduce((sum, each) => sum + each.size * (each.zipped ? ZIP_RATIO : 1), 0);
    await this.#close();
    this.#tail = tail;
    yield { kind: "begin", file: tail.path, offset: tail.offset };
    return true;
  }

  /** At the mark, or at its beginning. Null where it cannot be opened, or is another one by now. */
  async #tailOf(member: FamilyMember, mark: FileMark | null): Promise<Tail | null> {
    const file = await openMember(this.#files, member);
    if (file === null || file === "moved") return null;
    const { path, identity, zipped, modifiedMs } = member;
    const head = new FileHead();
    if (mark !== null && !zipped) head.extend(await readHead(file, mark.head.length), 0);
    if (zipped || mark === null || head.is(mark.head)) {
      return { path, identity, file, zipped, over: false, head, offset: mark?.offset ?? 0, modifiedMs };
    }
    await file.close();
    return null;
  }

  async #familyWith(mark: FileMark | null) {
    return mark === null
      ? { family: await logFamily(this.#files, this.#path), place: -1 }
      : await familyWithMark(this.#files, this.#path, mark);
  }

  /**
   * Reads what there is. What is read from a file whose head has changed meanwhile belongs to its next life; and what is read
   * from its beginning, when it was copied and truncated meanwhile, comes after what is in the copy.
   */
  async *#drain(tail: Tail): AsyncGenerator<FollowStep, "drained" | "truncated" | "overtaken"> {
    const { file } = tail;
    let { size, modifiedMs } = await file.facts();
    for (;;) {
      const buffer = this.#buffers[0];
      const length = await file.read(buffer, tail.offset);
      if (!(await tail.head.stands(file))) return "truncated";
      if (tail.offset === 0 && !(await this.#isNext(tail))) return "overtaken";
      if (length === 0) {
        ({ size, modifiedMs } = await file.facts());
        tail.modifiedMs = modifiedMs;
        return size < tail.offset ? "truncated" : "drained";
      }
      tail.modifiedMs = modifiedMs;
      yield this.#told(tail, buffer.subarray(0, length), Math.max(0, size - tail.offset - length) + this.#ahead);
      this.#buffers.reverse();
    }
  }

  async *#unzip(tail: Tail): AsyncGenerator<FollowStep, void> {
    const { size } = await tail.file.facts();
    const wanted = tail.offset;
    let at = 0;
    try {
      for await (const chunk of tail.file.unzip()) {
        const from = at;
        at += chunk.length;
        tail.head.extend(chunk, from);
        if (at > wanted)
          yield this.#told(tail, chunk.subarray(Math.max(0, wanted - from)), Math.max(0, size * ZIP_RATIO - at) + this.#ahead);
      }
    } catch (error) {
      yield {
        kind: "gap",
        reason: `${tail.path} could not be read to its end: ${error instanceof Error ? error.message : String(error)}.`,
      };
    }
    tail.over = true;
    if (tail.offset === 0) this.#empty.add(tail.identity);
  }

  #told(tail: Tail, bytes: Buffer, lag: number): FollowStep {
    tail.head.extend(bytes, tail.offset);
    const lineEnd = bytes.lastIndexOf(LF);
    if (lineEnd !== -1) this.#mark(tail, tail.offset + lineEnd + 1);
    tail.offset += bytes.length;
    return { kind: "bytes", bytes, position: this.#position.mark === null ? null : this.#position, lag };
  }

  #mark(tail: Tail, offset: number): void {
    const mark = offset === 0 ? null : { identity: tail.identity, head: tail.head.digest(offset), offset };
    this.#position = { kind: "file", readUntilMs: tail.modifiedMs, mark: mark ?? this.#position.mark };
  }

  /** To the file after this one, if there is something in it: only then its writer is done with this one. */
  async *#goOn(tail: Tail): AsyncGenerator<FollowStep, boolean> {
    const now = await this.#files.facts(this.#path);
    if (now?.identity === tail.identity) return false;
    const { family, next } = await this.#after(tail);
    if (next === -1) return false;
    if (!tail.zipped && (yield* this.#drain(tail)) !== "drained") return false;
    this.#mark(tail, tail.offset);
    yield { kind: "end", position: this.#position.mark === null ? null : this.#position };
    return yield* this.#open(family, next, null);
  }

  async #after(tail: Tail) {
    let family: readonly FamilyMember[] = await logFamily(this.#files, this.#path);
    let own = family.findIndex(({ identity }) => identity === tail.identity);
    if (own === -1 && tail.offset > 0) ({ family, place: own } = await familyWithMark(this.#files, this.#path, markOf(tail)));
    return { family, next: this.#nextIn(family, own, tail.modifiedMs) };
  }

  /** Whether this file, not yet begun, is still what comes after the position. */
  async #isNext({ identity, path }: Tail): Promise<boolean> {
    if (path !== this.#path) return true;
    const { mark, readUntilMs } = this.#position;
    const { family, place } = await this.#familyWith(mark);
    return family[this.#nextIn(family, place, readUntilMs)]?.identity === identity;
  }

  /** @param own index of the file that was read; -1 where it is gone: then what changed later, and the log itself */
  #nextIn(family: readonly FamilyMember[], own: number, readUntilMs: number): number {
    const isLater = ({ path, modifiedMs }: FamilyMember) => own !== -1 || path === this.#path || modifiedMs > readUntilMs;
    const isFull = ({ size, identity }: FamilyMember) => size > 0 && !this.#empty.has(identity);
    return family.findIndex((member, place) => place > own && isFull(member) && isLater(member));
  }

  /** The file was truncated: what was not yet read of it is in the copy that was made before. */
  async *#goOnInCopy(tail: Tail): AsyncGenerator<FollowStep, void> {
    const copy = await this.#copyOf(tail);
    await tail.file.close();
    if (copy !== null) {
      // The same content, so the line that had begun goes on in it.
      this.#tail = copy;
      return;
    }
    this.#tail = null;
    yield { kind: "end", position: null };
    yield { kind: "gap", reason: "The file was truncated, and no copy was found: its unread part is lost." };
    this.#position = { kind: "file", readUntilMs: tail.modifiedMs, mark: null };
  }

  async #copyOf(tail: Tail): Promise<Tail | null> {
    for (let tries = 0; tries < COPY_TRIES; tries += 1) {
      const { family, place } = await familyWithMark(this.#files, this.#path, markOf(tail));
      const member = family[place];
      if (member === undefined) return null;
      // Null when it was renamed or compressed just now.
      const copy = await this.#tailOf(member, markOf(tail));
      if (copy !== null) return copy;
    }
    return null;
  }
}

function markOf({ identity, head, offset }: Tail): FileMark {
  return { identity, head: head.digest(offset), offset };
}
