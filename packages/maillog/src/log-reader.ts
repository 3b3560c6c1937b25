/**
 * One log source from bytes to completed entries: cuts lines, parses, correlates, and counts. A source is one log however many
 * files it is in: what one file began the next may end. Text and the journal's JSON need no telling apart; the journal's
 * export format is recognised by its first bytes.
 */
import type { Buffer } from "node:buffer";
import { LogCorrelator } from "./correlator.ts";
import { isJournalExport, JournalExport } from "./journal-export.ts";
import { LineParser } from "./line-parser.ts";
import { LineSplitter } from "./line-splitter.ts";
import type { LogClock } from "./log-clock.ts";
import type { LogEntry } from "./log-entry.ts";

/** @param entry of a known mail program, with an event or without; `times` is how often it counts @param line counts from 1 within its file */
export type EntryHandler = (entry: LogEntry, file: string, line: number) => void;

export interface LogCounts {
  /** Lines; of the journal's export format entries. */
  readonly lines: number;
  /** Those that a known mail program wrote. */
  readonly recognised: number;
}

interface ByteSink {
  push(chunk: Buffer): void;
  end(): void;
}

export class LogReader {
  readonly #onEntry: EntryHandler;
  readonly #parser: LineParser;
  readonly #correlator = new LogCorrelator();
  #sink: ByteSink | null = null;
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

  /** @param file as it is named in events; "-" for stdin */
  begin(file: string): void {
    this.#earlierLines += this.#line;
    this.#file = file;
    this.#line = 0;
    this.#sink = null;
  }

  /** A chunk may be overwritten once the chunk after it was pushed. */
  push(chunk: Buffer): void {
    this.#sink ??= isJournalExport(chunk)
      ? new JournalExport((journal) => this.#took(this.#parser.parseJournal(journal)))
      : new LineSplitter((bytes, from, to) => this.#took(this.#parser.parse(bytes, from, to)));
    this.#sink.push(chunk);
  }

  /** The file is over; a last line without line end counts. */
  end(): void {
    this.#sink?.end();
  }

  #took(entry: LogEntry | null): void {
    this.#line += 1;
    if (entry === null) return;
    this.#recognised += 1;
    this.#correlator.complete(entry);
    this.#onEntry(entry, this.#file, this.#line);
  }
}
