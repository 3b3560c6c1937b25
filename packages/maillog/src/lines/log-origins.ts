/**
 * The hosts and programs of a log, each as one object however often it is named; and those programs' tags that lines begin with
 * again and again.
 */
import { Buffer } from "node:buffer";
import { printable } from "@mxray/contracts";
import { ByteMap } from "../bytes/byte-map.ts";
import { sameWords } from "../bytes/byte-words.ts";
import type { LogHost } from "../entries/log-entry.ts";
import { type LogProgram, logProgramOf } from "../entries/log-program.ts";

/** A tag that was read, as it stands in front of the bracket of a process id. */
export interface RecentTag {
  readonly words: DataView;
  readonly length: number;
  readonly program: LogProgram;
}

const UNKNOWN: LogProgram = { tag: "", mta: "postfix", role: "postfix" };
const OPEN = 91;
const TAG_CAP = 100;
/** A log has few. */
const RECENT_TAGS = 12;
const HOSTS = 1024;
const TAGS = 1024;

export class LogOrigins {
  readonly #programs = new ByteMap<LogProgram>(TAGS);
  readonly #hosts = new ByteMap<LogHost>(HOSTS);
  readonly #recent: RecentTag[] = [];
  #hostCount = 0;

  host(bytes: Buffer, from: number, to: number): LogHost {
    const known = this.#hosts.get(bytes, from, to);
    if (known !== undefined) return known;
    this.#hostCount += 1;
    const host = { name: printable(bytes.subarray(from, to), 255), number: this.#hostCount };
    this.#hosts.set(bytes, from, to, host);
    return host;
  }

  /** Null for one that is none of a mail server's. */
  program(bytes: Buffer, from: number, to: number): LogProgram | null {
    if (to - from > TAG_CAP) return null;
    const known = this.#programs.get(bytes, from, to) ?? this.#learn(bytes, from, to);
    return known === UNKNOWN ? null : known;
  }

  /**
   * The program of a tag that is known to be a mail program's. A bare `postfix`, as some containers log, is the process that its
   * words belong to, where they say so. @param words the tag of the program that writes such words
   */
  looseProgram(tag: string, words: string | null): LogProgram {
    const bytes = Buffer.from(tag, "latin1");
    const role = logProgramOf(words ?? tag)?.role ?? "postfix";
    return this.program(bytes, 0, bytes.length) ?? { tag, mta: "postfix", role };
  }

  /** One of the tags that were seen first, with a bracket behind it: no look-up for nearly all lines. */
  recentTag(bytes: Buffer, view: DataView, from: number, to: number): RecentTag | null {
    const recent = this.#recent;
    for (let index = 0; index < recent.length; index += 1) {
      const candidate = recent[index] as RecentTag;
      const end = from + candidate.length;
      if (end < to && bytes[end] === OPEN && sameWords(view, from, candidate.words, 0, candidate.length)) return candidate;
    }
    return null;
  }

  #learn(bytes: Buffer, from: number, to: number): LogProgram {
    const program = logProgramOf(printable(bytes.subarray(from, to), TAG_CAP)) ?? UNKNOWN;
    this.#programs.set(bytes, from, to, program);
    if (program !== UNKNOWN && this.#recent.length < RECENT_TAGS) {
      const tag = Buffer.from(bytes.subarray(from, to));
      this.#recent.push({ words: new DataView(tag.buffer, tag.byteOffset, tag.length), length: tag.length, program });
    }
    return program;
  }
}
