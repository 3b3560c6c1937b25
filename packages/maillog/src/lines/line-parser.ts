/**
 * One line of a mail log after another, from bytes to entries. State is what shortens the work (names that were seen, the last
 * stamp) and the line before, for syslog's "last message repeated".
 *
 * Refuses nothing and throws nothing, whatever the bytes: a line that is of no known mail program gives null.
 */
import { Buffer } from "node:buffer";
import { asciiBytes, latin1, startsWith } from "../bytes/byte-text.ts";
import { LogEntry, type LogHost, NO_HOST } from "../entries/log-entry.ts";
import { PeerNames } from "../entries/log-peer-name.ts";
import { parseExim } from "../formats/exim/exim-parser.ts";
import { parsePostfix } from "../formats/postfix/postfix-parser.ts";
import { parseSendmail } from "../formats/sendmail/sendmail-parser.ts";
import { type JournalEntry, parseJsonEntry } from "./journal-entry.ts";
import { LinePrefix } from "./line-prefix.ts";
import type { LogClock } from "./log-clock.ts";

const OPEN_BRACE = 123;
const REPEATED = asciiBytes("message repeated ");
/** A number beyond it was not written by syslog, which reports at least every few hours. */
const MOST_REPETITIONS = 10_000;

export class LineParser {
  readonly #prefix: LinePrefix;
  readonly #peers = new PeerNames();
  /** Two in turn, so that the line before is still there when syslog says that it was repeated. */
  #entry = new LogEntry();
  #previous = new LogEntry();
  /** Whether `#previous` is the line that came before this one. */
  #hasPrevious = false;
  /** Whose line came before, if it was no mail program's. */
  #otherHost: LogHost = NO_HOST;

  constructor(clock: LogClock) {
    this.#prefix = new LinePrefix(clock);
  }

  /** The host of this name, as it will be in entries. */
  hostOf(name: string): LogHost {
    return name === "" ? NO_HOST : this.#prefix.hostOf(Buffer.from(name));
  }

  /**
   * @param from index of the line's first byte @param to index behind its last one, without line end
   * @returns the entry, good until the next line but one, or null for what is no line of a known mail program
   */
  parse(bytes: Buffer, from: number, to: number): LogEntry | null {
    if (bytes[from] === OPEN_BRACE) return this.parseJournal(parseJsonEntry(bytes, from, to));
    return this.#parseLine(bytes, from, to);
  }

  #parseLine(bytes: Buffer, from: number, to: number): LogEntry | null {
    const entry = this.#entry;
    entry.clear();
    const kind = this.#prefix.read(bytes, from, to, entry);
    if (kind === "program") return this.#parseText(entry);
    if (kind === "repetition") return this.#repeat(entry);
    if (kind === "exim" && parseExim(entry)) return this.#recognised(entry);
    entry.clear();
    const closer = this.#prefix.readLoosely(bytes, from, to, entry);
    if (closer === "program") return this.#parseText(entry);
    return closer === "exim" && parseExim(entry) ? this.#recognised(entry) : this.#unknown(entry);
  }

  /** An entry of the journal, from either of its formats; null is one that could not be read. */
  parseJournal(journal: JournalEntry | null): LogEntry | null {
    if (journal === null) return this.#unknown(null);
    const { message, identifier, host, pid, timeMs } = journal;
    const program = this.#prefix.programOf(identifier);
    if (program === null) return this.#parseContained(journal);
    const entry = this.#entry;
    entry.clear();
    entry.bytes = message;
    entry.textFrom = 0;
    entry.textTo = message.length;
    entry.timeMs = timeMs;
    entry.host = host === null ? NO_HOST : this.#prefix.hostOf(host);
    entry.program = program;
    entry.pid = pid;
    return this.#parseText(entry);
  }

  /** A container's output: the message is a whole line. */
  #parseContained({ message, timeMs, host }: JournalEntry): LogEntry | null {
    const entry = this.#parseLine(message, 0, message.length);
    if (entry === null) return null;
    if (Number.isNaN(entry.timeMs)) entry.timeMs = timeMs;
    if (entry.host === NO_HOST && host !== null) entry.host = this.#prefix.hostOf(host);
    return entry;
  }

  #parseText(entry: LogEntry): LogEntry | null {
    const { bytes, textFrom, textTo } = entry;
    if (bytes[textFrom] === REPEATED[0] && startsWith(bytes, textFrom, textTo, REPEATED)) unwrapRepetition(entry);
    switch (entry.program.role) {
      case "exim":
        if (!parseExim(entry)) return this.#unknown(entry);
        break;
      case "sendmail":
        parseSendmail(entry);
        break;
      case "unread":
        break;
      default:
        parsePostfix(entry, this.#peers);
    }
    return this.#recognised(entry);
  }

  #recognised(entry: LogEntry): LogEntry {
    this.#entry = this.#previous;
    this.#previous = entry;
    this.#hasPrevious = true;
    return entry;
  }

  #unknown(entry: LogEntry | null): null {
    this.#hasPrevious = false;
    this.#otherHost = entry?.host ?? NO_HOST;
    return null;
  }

  /** `last message repeated N times`: the event before, if that was this host's and a mail program's. */
  #repeat(entry: LogEntry): LogEntry | null {
    const { host, timeMs, bytes, textFrom, textTo } = entry;
    const previous = this.#previous;
    if (!this.#hasPrevious || previous.host !== host) return this.#otherHost === host ? null : this.#unknown(entry);
    const count = /repeated ([0-9]{1,9}) times?/.exec(latin1(bytes, textFrom, Math.min(textTo, textFrom + 60)))?.[1];
    previous.times = Math.min(Number(count ?? 0), MOST_REPETITIONS);
    previous.timeMs = timeMs;
    return previous;
  }
}

/** `message repeated 2 times: [ TEXT]` (rsyslog): the text is inside. */
function unwrapRepetition(entry: LogEntry): void {
  const text = latin1(entry.bytes, entry.textFrom, Math.min(entry.textTo, entry.textFrom + 60));
  const match = /^message repeated ([0-9]{1,9}) times?: \[ ?/.exec(text);
  if (match === null) return;
  entry.times = Math.min(Number(match[1]), MOST_REPETITIONS);
  entry.textFrom += match[0].length;
  if (entry.bytes[entry.textTo - 1] === 93) entry.textTo -= 1;
}
