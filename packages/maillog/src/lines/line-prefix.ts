/**
 * What stands in front of a program's message: `stamp host tag[pid]: ` of syslog in all its forms (BSD, RFC 3339, Postfix's own
 * maillog_file, Solaris' message numbers, FreeBSD's facility), with or without a container's name or a second stamp in front,
 * with a level word in place of the host; the fields of RFC 5424; or Exim's own log, which has neither host nor tag.
 *
 * Most lines have the stamp and host of the line before: those are compared as bytes, and not read again.
 */
import type { Buffer } from "node:buffer";
import { asciiBytes, COLON, indexOfByte, numberAt, SPACE, startsWith } from "../bytes/byte-text.ts";
import { ByteWords, copyWords, sameWords } from "../bytes/byte-words.ts";
import { type LogEntry, type LogHost, NO_HOST } from "../entries/log-entry.ts";
import type { LogProgram } from "../entries/log-program.ts";
import { closerLook } from "./closer-look.ts";
import {
  afterContainerName,
  afterProtocolVersion,
  isLevel,
  skipDecoration,
  skipFacility,
  skipSpaces,
  skipStructuredData,
  wordEnd,
} from "./line-decoration.ts";
import type { LogClock } from "./log-clock.ts";
import { LogOrigins } from "./log-origins.ts";
import { readLoosePrefix, tagOfWords } from "./loose-prefix.ts";
import { TimeStamps } from "./time-stamp.ts";

export type PrefixKind =
  /** `entry` has program, pid and text. */
  | "program"
  /** A line that may be of Exim's own log; `entry` has its text. */
  | "exim"
  /** Syslog's "last message repeated N times"; `entry` has that text. */
  | "repetition"
  /** Another program's, or no log line at all. */
  | "other";

const EXIM: LogProgram = { tag: "exim", mta: "exim", role: "exim" };
const REPEATED = asciiBytes("last message repeated ");
const SOLARIS = asciiBytes("[ID ");
const STDOUT = asciiBytes("stdout F ");
const STDERR = asciiBytes("stderr F ");
const DASH = 45;
const OPEN = 91;
const CLOSE = 93;
const HEAD_CAP = 96;
/** More than any system's process ids. */
const MOST_PID = 2 ** 31;

export class LinePrefix {
  readonly #clock: LogClock;
  readonly #stamps: TimeStamps;
  readonly #origins = new LogOrigins();
  readonly #words = new ByteWords();
  #stamped = false;
  /** The last stamp is of the form that Exim writes. */
  #spaced = false;
  /** -1 where there is none. */
  #tagFrom = -1;
  /** All in front of the tag, as it was in the last line that was read whole. */
  readonly #head = new DataView(new ArrayBuffer(HEAD_CAP));
  #headLength = 0;
  #headMs = Number.NaN;
  #headHost = NO_HOST;
  #headSpaced = false;

  constructor(clock: LogClock) {
    this.#clock = clock;
    this.#stamps = new TimeStamps(clock);
  }

  read(bytes: Buffer, from: number, to: number, entry: LogEntry): PrefixKind {
    entry.bytes = bytes;
    entry.pid = -1;
    entry.textTo = to;
    const view = this.#words.of(bytes);
    const length = this.#headLength;
    if (length > 0 && to - from > length && sameWords(view, from, this.#head, 0, length)) {
      entry.timeMs = this.#headMs;
      entry.host = this.#headHost;
      const recent = this.#origins.recentTag(bytes, view, from + length, to);
      if (recent !== null) {
        entry.program = recent.program;
        entry.textFrom = readPid(bytes, from + length + recent.length, to, entry);
        return "program";
      }
      if (this.#isOthersTag(bytes, from + length, to)) return "other";
    }
    return this.#readWhole(bytes, from, to, entry);
  }

  /** For what `read` takes for no mail program's: a closer look, whose kind is "program", "exim" or "other". */
  readLoosely(bytes: Buffer, from: number, to: number, entry: LogEntry): PrefixKind {
    const text = closerLook(bytes, this.#words.of(bytes), from, to);
    const found = text === null ? null : readLoosePrefix(text, this.#clock);
    if (text === null || found === null) return "other";
    entry.timeMs = found.timeMs;
    entry.host = found.hostTo > found.hostFrom ? this.#origins.host(bytes, from + found.hostFrom, from + found.hostTo) : NO_HOST;
    entry.pid = found.pid < MOST_PID ? found.pid : -1;
    entry.textFrom = Math.min(from + found.textFrom, to);
    if (found.kind === "exim") {
      entry.program = EXIM;
      return "exim";
    }
    entry.program = this.#origins.looseProgram(found.tag, found.tag === "postfix" ? tagOfWords(text, found.textFrom) : null);
    if (found.kind === "tag") this.#keepHead(bytes, from, from + found.tagFrom, entry);
    return "program";
  }

  /** Of an entry of the journal, where tag and host are fields of their own. */
  programOf(tag: Buffer): LogProgram | null {
    return this.#origins.program(tag, 0, tag.length);
  }

  hostOf(name: Buffer): LogHost {
    return this.#origins.host(name, 0, name.length);
  }

  /** Whether another program's tag is behind the head. */
  #isOthersTag(bytes: Buffer, from: number, to: number): boolean {
    if (this.#headSpaced || skipFacility(bytes, from, to) !== from) return false;
    const end = wordEnd(bytes, from, to);
    return end < to && bytes[end] !== SPACE && this.#origins.program(bytes, from, end) === null;
  }

  #readWhole(bytes: Buffer, from: number, to: number, entry: LogEntry): PrefixKind {
    entry.host = NO_HOST;
    const start = skipDecoration(bytes, from, to);
    const fields = afterProtocolVersion(bytes, start, to);
    if (fields !== -1) return this.#readFields(bytes, fields, to, entry);
    const at = this.#readStamps(bytes, start, to, entry);
    this.#tagFrom = -1;
    const kind = this.#readOrigin(bytes, at, to, entry);
    if (this.#stamped && this.#tagFrom !== -1) this.#keepHead(bytes, from, this.#tagFrom, entry);
    if (kind === "program") return this.#stamped || entry.pid >= 0 ? kind : "other";
    if (kind === "other" && this.#spaced) {
      entry.program = EXIM;
      entry.host = NO_HOST;
      entry.textFrom = at;
      return "exim";
    }
    return kind;
  }

  #keepHead(bytes: Buffer, from: number, to: number, { timeMs, host }: LogEntry): void {
    this.#headLength = to - from <= HEAD_CAP ? to - from : 0;
    copyWords(this.#words.of(bytes), from, from + this.#headLength, this.#head, 0);
    this.#headMs = timeMs;
    this.#headHost = host;
    this.#headSpaced = this.#spaced;
  }

  /** @returns where the first word behind all stamps begins */
  #readStamps(bytes: Buffer, from: number, to: number, entry: LogEntry): number {
    let at = from;
    let after = this.#stamps.read(bytes, at, to);
    if (after === -1) {
      const inner = afterContainerName(bytes, from, to);
      if (inner !== -1) {
        at = inner;
        after = this.#stamps.read(bytes, at, to);
      }
    }
    entry.timeMs = Number.NaN;
    this.#stamped = after !== -1;
    this.#spaced = false;
    // A container's runtime puts its own stamp in front of the program's.
    for (let stamps = 0; after !== -1 && stamps < 3; stamps += 1) {
      entry.timeMs = this.#stamps.timeMs;
      this.#spaced = this.#stamps.spaced;
      at = skipSpaces(bytes, after, to);
      if (startsWith(bytes, at, to, STDOUT) || startsWith(bytes, at, to, STDERR)) at += STDOUT.length;
      after = this.#stamps.read(bytes, at, to);
    }
    return at;
  }

  /** `stamp host tag pid id data message` of RFC 5424, each but the last a word, `-` where it is not known. */
  #readFields(bytes: Buffer, from: number, to: number, entry: LogEntry): PrefixKind {
    const host = indexOfByte(bytes, from, to, SPACE) + 1;
    const tag = indexOfByte(bytes, host, to, SPACE) + 1;
    const pid = indexOfByte(bytes, tag, to, SPACE) + 1;
    const id = indexOfByte(bytes, pid, to, SPACE) + 1;
    const data = indexOfByte(bytes, id, to, SPACE) + 1;
    if (data >= to) return "other";
    entry.timeMs = this.#stamps.read(bytes, from, host - 1) === -1 ? Number.NaN : this.#stamps.timeMs;
    if (bytes[host] !== DASH) entry.host = this.#origins.host(bytes, host, tag - 1);
    entry.textFrom = skipDecoration(bytes, skipSpaces(bytes, skipStructuredData(bytes, data, to), to), to);
    const program = this.#origins.program(bytes, tag, pid - 1);
    if (program === null) return startsWith(bytes, entry.textFrom, to, REPEATED) ? "repetition" : "other";
    entry.program = program;
    entry.pid = numberAt(bytes, pid, id - 1);
    return "program";
  }

  #readOrigin(bytes: Buffer, from: number, to: number, entry: LogEntry): PrefixKind {
    let word = skipFacility(bytes, from, to);
    let end = wordEnd(bytes, word, to);
    if (bytes[end] === SPACE && end < to) {
      const hostFrom = word;
      const hostTo = end;
      word = skipFacility(bytes, skipSpaces(bytes, end, to), to);
      end = wordEnd(bytes, word, to);
      if (!isLevel(bytes, hostFrom, hostTo)) entry.host = this.#origins.host(bytes, hostFrom, hostTo);
    }
    if (end >= to || bytes[end] === SPACE) {
      entry.textFrom = word;
      return startsWith(bytes, word, to, REPEATED) ? "repetition" : "other";
    }
    this.#tagFrom = word;
    return this.#readTag(bytes, word, end, to, entry);
  }

  /** @param end at the bracket or colon behind the tag */
  #readTag(bytes: Buffer, from: number, end: number, to: number, entry: LogEntry): PrefixKind {
    const program = this.#origins.program(bytes, from, end);
    if (program === null) return "other";
    entry.program = program;
    entry.textFrom = readPid(bytes, end, to, entry);
    return "program";
  }
}

/** @param from at the bracket or colon behind the tag @returns where the message begins */
function readPid(bytes: Buffer, from: number, to: number, entry: LogEntry): number {
  let at = from;
  if (bytes[at] === OPEN) {
    let pid = 0;
    for (at += 1; at < to && bytes[at] !== CLOSE; at += 1) {
      const digit = (bytes[at] as number) - 48;
      pid = digit >= 0 && digit <= 9 && pid < MOST_PID ? pid * 10 + digit : MOST_PID;
    }
    entry.pid = pid < MOST_PID && at > from + 1 ? pid : -1;
    at += 1;
  }
  if (bytes[at] === COLON) at += 1;
  while (at < to && bytes[at] === SPACE) at += 1;
  if (bytes[at] === OPEN && startsWith(bytes, at, to, SOLARIS)) at = skipSpaces(bytes, indexOfByte(bytes, at, to, CLOSE) + 1, to);
  return Math.min(at, to);
}
