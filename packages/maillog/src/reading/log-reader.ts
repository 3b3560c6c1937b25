/**
 * One log source from bytes to completed entries: cuts lines, parses, correlates, and counts. A source is one log however many
 * files it is in: what one file began the next may end. Text and the journal's JSON need no telling apart; the journal's
 * export format is recognised by its first bytes.
 */
import { Buffer } from "node:buffer";
import type { LogMemory } from "@mxray/contracts";
import { restoreMemories } from "../batch/memory-ledger.ts";
import { LogCorrelator } from "../entries/correlator.ts";
import type { LogEntry } from "../entries/log-entry.ts";
import type { QueuedMessage } from "../entries/queued-message.ts";
import { LineParser } from "../lines/line-parser.ts";
import type { LogClock } from "../lines/log-clock.ts";
import { isJournalExport, JournalExport } from "./journal-export.ts";
import { LineSplitter } from "./line-splitter.ts";

/** @param entry of a mail program, with an event or without; `times` is how often it counts @param line counts from 1 within its file */
export type EntryHandler = (entry: LogEntry, file: string, line: number) => void;

export interface LogCounts {
  /** Lines; of the journal's export format entries. */
  readonly lines: number;
  /** Those that a mail program wrote whose lines are read. */
  readonly recognised: number;
}

const NOTHING: Buffer = Buffer.alloc(0);

interface ByteSink {
  push(chunk: Buffer): void;
  end(): void;
}

export class LogReader {
  readonly #onEntry: EntryHandler;
  readonly #parser: LineParser;
  readonly #correlator = new LogCorrelator();
  #sink: ByteSink | null = null;
  /** The first bytes of a file, while they do not tell its format. */
  #head = NOTHING;
  #file = "-";
  #line = 0;
  #earlierLines = 0;
  #recognised = 0;

  constructor(clock: LogClock, onEntry: EntryHandler) {
    this.#parser = new LineParser(clock);
    this.#onEntry = onEntry;
  }

  get counts(): LogCounts {
    return { lines: this.#earlierLines + this.#line, recognised: this.#recognised };
  }

  /** Lines of the present file so far. */
  get line(): number {
    return this.#line;
  }

  /** Puts back what a former process knew of messages and sessions under way. @returns the messages, for `LogBatcher.resume` */
  restore(memories: Iterable<LogMemory>): QueuedMessage[] {
    return restoreMemories(this.#correlator, (name) => this.#parser.hostOf(name), memories);
  }

  /** @param file as it is named in events; "-" for stdin @param line lines of it that were read before */
  begin(file: string, line = 0): void {
    this.#earlierLines += this.#line;
    this.#file = file;
    this.#earlierLines -= line;
    this.#line = line;
    this.#sink = null;
    this.#head = NOTHING;
  }

  /** A chunk may be overwritten once the chunk after it was pushed. */
  push(chunk: Buffer): void {
    if (this.#sink !== null) {
      this.#sink.push(chunk);
      return;
    }
    const head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    const journal = isJournalExport(head);
    if (journal === null) this.#head = Buffer.from(head);
    else this.#open(journal).push(head);
  }

  /** The file is over; a last line without line end counts. */
  end(): void {
    if (this.#sink === null && this.#head.length > 0) this.#open(false).push(this.#head);
    this.#sink?.end();
  }

  #open(journal: boolean): ByteSink {
    this.#head = NOTHING;
    this.#sink = journal
      ? new JournalExport((entry) => this.#took(this.#parser.parseJournal(entry)))
      : new LineSplitter((bytes, from, to) => this.#took(this.#parser.parse(bytes, from, to)));
    return this.#sink;
  }

  #took(entry: LogEntry | null): void {
    this.#line += 1;
    if (entry === null) return;
    if (entry.program.role !== "unread") this.#recognised += 1;
    this.#correlator.complete(entry);
    this.#onEntry(entry, this.#file, this.#line);
  }
}
