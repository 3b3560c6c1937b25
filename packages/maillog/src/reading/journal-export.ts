/**
 * The journal's export format (`journalctl -o export`): `KEY=value` lines, an empty line between entries; a field with binary
 * content is its key alone on a line, then the length as 64 bits little-endian, the bytes and a line end.
 */
import { Buffer } from "node:buffer";
import { JOURNAL_FIELDS, type JournalEntry, type JournalField, journalEntryOf } from "../lines/journal-entry.ts";
import { LINE_CAP } from "./line-splitter.ts";

const LF = 10;
const EQUALS = 61;
const LENGTH_BYTES = 8;
const OPENINGS = ["__CURSOR=", "__REALTIME_TIMESTAMP="];

/** Whether a log that begins with these bytes is in this format; null while there are too few to tell. */
export function isJournalExport(head: Buffer): boolean | null {
  const begins = (opening: string) => head.toString("latin1", 0, opening.length);
  if (OPENINGS.some((opening) => begins(opening) === opening)) return true;
  return OPENINGS.some((opening) => opening.startsWith(begins(opening))) ? null : false;
}

export class JournalExport {
  readonly #onEntry: (entry: JournalEntry | null) => void;
  readonly #fields = new Map<string, Buffer>();
  /** The unfinished piece: a line, a length or binary content; capped, `#skipped` counts what is beyond. */
  #held: Buffer = Buffer.alloc(0);
  #expects: "line" | "length" | "content" = "line";
  #key = "";
  /** Bytes of binary content that are still to come, its line end included. */
  #left = 0;
  #begun = false;

  /** @param onEntry is given null for an entry without a message */
  constructor(onEntry: (entry: JournalEntry | null) => void) {
    this.#onEntry = onEntry;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      switch (this.#expects) {
        case "line":
          at = this.#readLine(chunk, at);
          break;
        case "length":
          at = this.#readLength(chunk, at);
          break;
        case "content":
          at = this.#readContent(chunk, at);
          break;
      }
    }
  }

  end(): void {
    if (this.#expects === "line" && this.#held.length > 0) this.#line();
    this.#finish();
  }

  #readLine(chunk: Buffer, from: number): number {
    const end = chunk.indexOf(LF, from);
    this.#hold(chunk, from, end === -1 ? chunk.length : end);
    if (end === -1) return chunk.length;
    this.#line();
    return end + 1;
  }

  #line(): void {
    const line = this.#held;
    this.#held = Buffer.alloc(0);
    if (line.length === 0) {
      this.#finish();
      return;
    }
    this.#begun = true;
    const equals = line.indexOf(EQUALS);
    if (equals === -1) {
      this.#key = line.toString("latin1", 0, 100);
      this.#expects = "length";
    } else {
      this.#keep(line.toString("latin1", 0, Math.min(equals, 100)), line.subarray(equals + 1));
    }
  }

  #readLength(chunk: Buffer, from: number): number {
    const to = Math.min(chunk.length, from + LENGTH_BYTES - this.#held.length);
    this.#hold(chunk, from, to);
    if (this.#held.length === LENGTH_BYTES) {
      const length = this.#held.readBigUInt64LE();
      this.#held = Buffer.alloc(0);
      this.#left = length > BigInt(Number.MAX_SAFE_INTEGER - 1) ? Number.MAX_SAFE_INTEGER : Number(length) + 1;
      this.#expects = "content";
    }
    return to;
  }

  #readContent(chunk: Buffer, from: number): number {
    const to = Math.min(chunk.length, from + this.#left);
    this.#left -= to - from;
    this.#hold(chunk, from, this.#left === 0 ? to - 1 : to);
    if (this.#left === 0) {
      this.#keep(this.#key, this.#held);
      this.#held = Buffer.alloc(0);
      this.#expects = "line";
    }
    return to;
  }

  #hold(chunk: Buffer, from: number, to: number): void {
    const room = LINE_CAP - this.#held.length;
    if (room > 0 && to > from) this.#held = Buffer.concat([this.#held, chunk.subarray(from, Math.min(to, from + room))]);
  }

  #keep(key: string, value: Buffer): void {
    if ((JOURNAL_FIELDS as readonly string[]).includes(key) && !this.#fields.has(key)) this.#fields.set(key, value);
  }

  #finish(): void {
    if (!this.#begun) return;
    this.#begun = false;
    const entry = journalEntryOf((name: JournalField) => this.#fields.get(name) ?? null);
    this.#fields.clear();
    this.#onEntry(entry);
  }
}
