/** A line as an example, kept cheaply: its text becomes printable only when it is asked for. */
import { Buffer } from "node:buffer";
import { LOG_CAPS, type LogExample, logExampleOf, printable } from "@mxray/contracts";
import { latin1 } from "../bytes/byte-text.ts";
import type { LogEntry } from "../entries/log-entry.ts";
import { withoutLocalParts } from "../entries/mail-event.ts";

export interface EntryExample {
  readonly file: string;
  readonly line: number;
  readonly timeMs: number;
  readonly event: LogEntry["event"];
  /** One character per byte. */
  readonly reason: string;
}

export function entryExample(entry: LogEntry, file: string, line: number): EntryExample {
  const { bytes, reasonFrom, reasonTo, timeMs, event } = entry;
  return { file, line, timeMs, event, reason: latin1(bytes, reasonFrom, Math.min(reasonTo, reasonFrom + LOG_CAPS.exampleText)) };
}

/** The latest of many lines: in bytes of its own, since most are replaced by the next one before they are read. */
export class LatestExample {
  readonly #bytes = Buffer.alloc(LOG_CAPS.exampleText);
  #length = 0;
  #file = "";
  #line = 0;
  #timeMs = Number.NaN;
  #event: LogEntry["event"] = null;

  set({ bytes, reasonFrom, reasonTo, timeMs, event }: LogEntry, file: string, line: number): void {
    this.#length = bytes.copy(this.#bytes, 0, reasonFrom, Math.min(reasonTo, reasonFrom + LOG_CAPS.exampleText));
    this.#file = file;
    this.#line = line;
    this.#timeMs = timeMs;
    this.#event = event;
  }

  get(): EntryExample {
    const reason = latin1(this.#bytes, 0, this.#length);
    return { file: this.#file, line: this.#line, timeMs: this.#timeMs, event: this.#event, reason };
  }
}

export function logExample({ file, line, timeMs, event, reason }: EntryExample): LogExample {
  const text = reason === "" ? null : withoutLocalParts(isAscii(reason) ? printable(reason) : printable(Buffer.from(reason, "latin1")));
  return logExampleOf({ file, line, time: timeText(timeMs), event: event ?? "delivery", reason: text });
}

/** Then its bytes are its characters. */
function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

const DAY_MS = 86_400_000;
/** The day that was asked for last, with its text up to the hour: most times of a log are of few days. */
let latest = { day: Number.NaN, text: "" };

/** RFC 3339 in UTC; null where there is no time. */
export function timeText(timeMs: number): string | null {
  if (!Number.isFinite(timeMs)) return null;
  const whole = Math.trunc(timeMs);
  const day = Math.floor(whole / DAY_MS);
  if (day !== latest.day) latest = { day, text: new Date(whole).toISOString().slice(0, -13) };
  const inDay = whole - day * DAY_MS;
  const [hours, minutes] = [Math.floor(inDay / 3_600_000), Math.floor(inDay / 60_000) % 60];
  const [seconds, milliseconds] = [Math.floor(inDay / 1000) % 60, inDay % 1000];
  return `${latest.text}${twoDigits(hours)}:${twoDigits(minutes)}:${twoDigits(seconds)}.${milliseconds < 100 ? "0" : ""}${twoDigits(milliseconds)}Z`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
