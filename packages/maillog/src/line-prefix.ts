/**
 * What stands in front of a program's message: `stamp host tag[pid]: ` of syslog in all its forms (BSD, RFC 3339, Postfix's own
 * maillog_file, Solaris' message numbers, FreeBSD's facility), with or without a container's name or a second stamp in front,
 * with a level word in place of the host; or Exim's own log, which has neither host nor tag.
 */
import type { Buffer } from "node:buffer";
import { printable } from "@mxray/contracts";
import { ByteMap } from "./byte-map.ts";
import { asciiBytes, COLON, indexOfByte, isDigit, latin1, SPACE, startsWith } from "./byte-text.ts";
import type { LogClock } from "./log-clock.ts";
import { type LogEntry, type LogHost, NO_HOST } from "./log-entry.ts";
import { type LogProgram, logProgramOf } from "./log-program.ts";
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
const UNKNOWN: LogProgram = { tag: "", mta: "postfix", role: "postfix" };
const LEVELS = new Set("DEBUG INFO NOTICE WARN WARNING ERROR CRIT CRITICAL FATAL ALERT EMERG PANIC TRACE".split(" "));
const REPEATED = asciiBytes("last message repeated ");
const SOLARIS = asciiBytes("[ID ");
const STDOUT = asciiBytes("stdout F ");
const STDERR = asciiBytes("stderr F ");
const OPEN = 91;
const CLOSE = 93;
const LESS = 60;
const GREATER = 62;
const BAR = 124;
const ESCAPE = 27;
/** A container's name and its padding are no longer. */
const CONTAINER_CAP = 120;
const TAG_CAP = 100;
const HEAD_CAP = 96;
/** A log has few. */
const RECENT_TAGS = 12;
/** More than any system's process ids. */
const MOST_PID = 2 ** 31;
const HOSTS = 1024;
const TAGS = 1024;

interface RecentTag {
  readonly tag: Uint8Array;
  readonly program: LogProgram;
}

export class LinePrefix {
  readonly #stamps: TimeStamps;
  readonly #programs = new ByteMap<LogProgram>(TAGS);
  readonly #hosts = new ByteMap<LogHost>(HOSTS);
  readonly #recent: RecentTag[] = [];
  #hostCount = 0;
  #stamped = false;
  /** The last stamp is of the form that Exim writes. */
  #spaced = false;
  #tagFrom = 0;
  /** All in front of the tag, as it was in the last line that had one. */
  readonly #head = new Uint8Array(HEAD_CAP);
  #headLength = 0;
  #headMs = Number.NaN;
  #headHost = NO_HOST;

  constructor(clock: LogClock) {
    this.#stamps = new TimeStamps(clock);
  }

  read(bytes: Buffer, from: number, to: number, entry: LogEntry): PrefixKind {
    entry.bytes = bytes;
    entry.pid = -1;
    entry.textTo = to;
    if (this.#hasSameHead(bytes, from, to)) {
      entry.timeMs = this.#headMs;
      entry.host = this.#headHost;
      const word = from + this.#headLength;
      const recent = this.#recentTag(bytes, word, to);
      if (recent !== null) {
        entry.program = recent.program;
        entry.textFrom = this.#readPid(bytes, word + recent.tag.length, to, entry);
        return "program";
      }
    }
    return this.#readWhole(bytes, from, to, entry);
  }

  #readWhole(bytes: Buffer, from: number, to: number, entry: LogEntry): PrefixKind {
    entry.host = NO_HOST;
    const at = this.#readStamps(bytes, skipDecoration(bytes, from, to), to, entry);
    const kind = this.#readOrigin(bytes, at, to, entry);
    if (kind === "program") {
      if (!this.#stamped) return entry.pid >= 0 ? kind : "other";
      this.#keepHead(bytes, from, this.#tagFrom, entry);
      return kind;
    }
    if (kind === "other" && this.#spaced) {
      entry.program = EXIM;
      entry.host = NO_HOST;
      entry.textFrom = at;
      return "exim";
    }
    return kind;
  }

  /** Whether stamp and host are those of the line before, byte by byte. The last bytes first: it is they that differ. */
  #hasSameHead(bytes: Buffer, from: number, to: number): boolean {
    const head = this.#head;
    const length = this.#headLength;
    if (length === 0 || to - from <= length) return false;
    for (let index = length - 1; index >= 0; index -= 1) if (bytes[from + index] !== head[index]) return false;
    return true;
  }

  #keepHead(bytes: Buffer, from: number, to: number, { timeMs, host }: LogEntry): void {
    const length = to - from;
    this.#headLength = length <= HEAD_CAP ? length : 0;
    if (this.#headLength > 0) this.#head.set(bytes.subarray(from, to));
    this.#headMs = timeMs;
    this.#headHost = host;
  }

  /** Of an entry of the journal, where tag and host are fields of their own. */
  programOf(tag: Buffer): LogProgram | null {
    const program = this.#program(tag, 0, tag.length);
    return program === UNKNOWN ? null : program;
  }

  hostOf(name: Buffer): LogHost {
    return this.#host(name, 0, name.length);
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

  #readOrigin(bytes: Buffer, from: number, to: number, entry: LogEntry): PrefixKind {
    let word = skipFacility(bytes, from, to);
    let end = wordEnd(bytes, word, to);
    if (bytes[end] === SPACE && end < to) {
      const hostFrom = word;
      const hostTo = end;
      word = skipFacility(bytes, skipSpaces(bytes, end, to), to);
      end = wordEnd(bytes, word, to);
      if (!isLevel(bytes, hostFrom, hostTo)) entry.host = this.#host(bytes, hostFrom, hostTo);
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
    const program = this.#program(bytes, from, end);
    if (program === UNKNOWN) return "other";
    entry.program = program;
    entry.textFrom = this.#readPid(bytes, end, to, entry);
    return "program";
  }

  /** @param from at the bracket or colon behind the tag @returns where the message begins */
  #readPid(bytes: Buffer, from: number, to: number, entry: LogEntry): number {
    let at = from;
    if (bytes[at] === OPEN) {
      let pid = -1;
      for (at += 1; at < to && bytes[at] !== CLOSE; at += 1) {
        const digit = (bytes[at] as number) - 48;
        pid = digit >= 0 && digit <= 9 && pid < MOST_PID ? Math.max(0, pid) * 10 + digit : MOST_PID;
      }
      entry.pid = pid < MOST_PID ? pid : -1;
      at += 1;
    }
    if (bytes[at] === COLON) at += 1;
    while (at < to && bytes[at] === SPACE) at += 1;
    if (bytes[at] === OPEN && startsWith(bytes, at, to, SOLARIS)) at = skipSpaces(bytes, indexOfByte(bytes, at, to, CLOSE) + 1, to);
    return Math.min(at, to);
  }

  /** One of the tags that were seen last, the likeliest first: no look-up for nearly all lines. */
  #recentTag(bytes: Buffer, from: number, to: number): RecentTag | null {
    const recent = this.#recent;
    for (let index = 0; index < recent.length; index += 1) {
      const candidate = recent[index] as RecentTag;
      const { tag } = candidate;
      let last = tag.length;
      if (from + last >= to || bytes[from + last] !== OPEN) continue;
      do last -= 1;
      while (last >= 0 && bytes[from + last] === tag[last]);
      if (last < 0) return candidate;
    }
    return null;
  }

  #host(bytes: Buffer, from: number, to: number): LogHost {
    const known = this.#hosts.get(bytes, from, to);
    if (known !== undefined) return known;
    this.#hostCount += 1;
    const host = { name: printable(bytes.subarray(from, to), 255), number: this.#hostCount };
    this.#hosts.set(bytes, from, to, host);
    return host;
  }

  #program(bytes: Buffer, from: number, to: number): LogProgram {
    if (to - from > TAG_CAP) return UNKNOWN;
    const known = this.#programs.get(bytes, from, to);
    if (known !== undefined) return known;
    const program = logProgramOf(printable(bytes.subarray(from, to), TAG_CAP)) ?? UNKNOWN;
    this.#programs.set(bytes, from, to, program);
    if (program !== UNKNOWN && this.#recent.length < RECENT_TAGS) {
      this.#recent.push({ tag: Uint8Array.prototype.slice.call(bytes, from, to), program });
    }
    return program;
  }
}

function skipSpaces(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] === SPACE) at += 1;
  return at;
}

/** Where the word ends: at a space, at a bracket, or at a colon that ends it. */
function wordEnd(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const byte = bytes[at];
    if (byte === SPACE || byte === OPEN || (byte === COLON && (at + 1 >= to || bytes[at + 1] === SPACE))) break;
    at += 1;
  }
  return at;
}

/** Some images write a level in place of the host. */
function isLevel(bytes: Buffer, from: number, to: number): boolean {
  return to - from <= 8 && to - from >= 4 && LEVELS.has(latin1(bytes, from, to));
}

/** A byte order mark, `<22>` of the syslog protocol, colours. */
function skipDecoration(bytes: Buffer, from: number, to: number): number {
  let at = from;
  if (bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3;
  while (at < to && bytes[at] === ESCAPE) at = Math.min(to, indexOfByte(bytes, at, Math.min(to, at + 16), 109) + 1);
  if (bytes[at] === LESS && isDigit(bytes[at + 1])) {
    const end = indexOfByte(bytes, at, Math.min(to, at + 5), GREATER);
    if (bytes[end] === GREATER) return end + 1;
  }
  return at;
}

/** `<mail.info> `, as FreeBSD's syslogd -v writes it. */
function skipFacility(bytes: Buffer, from: number, to: number): number {
  if (bytes[from] !== LESS) return from;
  const end = indexOfByte(bytes, from, Math.min(to, from + 32), GREATER);
  return bytes[end] === GREATER ? skipSpaces(bytes, end + 1, to) : from;
}

/** Behind `postfix-1    | `, or -1. */
function afterContainerName(bytes: Buffer, from: number, to: number): number {
  const cap = Math.min(to, from + CONTAINER_CAP);
  const bar = indexOfByte(bytes, from, cap, BAR);
  if (bar >= cap || bytes[bar - 1] !== SPACE) return -1;
  return skipSpaces(bytes, skipDecoration(bytes, skipSpaces(bytes, bar + 1, to), to), to);
}
