/**
 * One entry of a log of JSON lines. The systemd journal's (`journalctl -o json`): the message in MESSAGE, the tag in SYSLOG_IDENTIFIER, the time in
 * microseconds as a string. Any field may be a string, an array of byte values (what is not UTF-8), null (too large) or an array
 * of several such values, of which the first is taken (docs/JOURNAL_EXPORT_FORMATS.md). Docker's json-file driver and collectors
 * wrap a whole line in `log` or `message`, with the time in RFC 3339.
 */
import { Buffer } from "node:buffer";
import { latin1 } from "../bytes/byte-text.ts";

export interface JournalEntry {
  readonly message: Buffer;
  readonly identifier: Buffer;
  readonly host: Buffer | null;
  /** -1 where there is none. */
  readonly pid: number;
  /** ms UTC; NaN where there is none. */
  readonly timeMs: number;
}

/** The fields that are looked at. */
export const JOURNAL_FIELDS = ["MESSAGE", "SYSLOG_IDENTIFIER", "_HOSTNAME", "SYSLOG_PID", "_PID", "__REALTIME_TIMESTAMP"] as const;
export type JournalField = (typeof JOURNAL_FIELDS)[number];

const NOTHING = Buffer.alloc(0);

/** From the bytes of its fields; null for an entry without a message. */
export function journalEntryOf(field: (name: JournalField) => Buffer | null): JournalEntry | null {
  const message = field("MESSAGE");
  if (message === null) return null;
  const micros = numberOf(field("__REALTIME_TIMESTAMP"), 17);
  return {
    message,
    identifier: field("SYSLOG_IDENTIFIER") ?? NOTHING,
    host: field("_HOSTNAME"),
    pid: numberOf(field("SYSLOG_PID"), 10) ?? numberOf(field("_PID"), 10) ?? -1,
    timeMs: micros === null ? Number.NaN : Math.floor(micros / 1000),
  };
}

/** Where collectors put what the journal has in fields of its own; the first that is there counts. */
const OTHER_NAMES: Readonly<Record<JournalField, readonly string[]>> = {
  MESSAGE: ["log", "message", "msg"],
  SYSLOG_IDENTIFIER: ["ident", "program"],
  _HOSTNAME: ["host", "hostname"],
  SYSLOG_PID: ["pid"],
  _PID: [],
  __REALTIME_TIMESTAMP: [],
};
const TIME_NAMES = ["time", "timestamp", "@timestamp"];

/** From a line that is one JSON object; null for what is none, or has no message. */
export function parseJsonEntry(bytes: Buffer, from: number, to: number): JournalEntry | null {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8", from, to));
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const fields = value as Readonly<Record<string, unknown>>;
  const ownField = (names: readonly string[]) => fields[names.find((name) => Object.hasOwn(fields, name)) ?? ""];
  const entry = journalEntryOf((name) => fieldBytes(ownField([name, ...OTHER_NAMES[name]])));
  if (entry === null) return null;
  const message = withoutLineEnd(entry.message);
  return Number.isNaN(entry.timeMs) ? { ...entry, message, timeMs: timeOfText(ownField(TIME_NAMES)) } : { ...entry, message };
}

function withoutLineEnd(message: Buffer): Buffer {
  let end = message.length;
  while (end > 0 && (message[end - 1] === 10 || message[end - 1] === 13)) end -= 1;
  return message.subarray(0, end);
}

/** RFC 3339 with its zone; anything else is no time. */
function timeOfText(value: unknown): number {
  return typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d)$/.test(value) ? Date.parse(value) : Number.NaN;
}

function fieldBytes(value: unknown): Buffer | null {
  if (typeof value === "string") return Buffer.from(value);
  // Beats: `"host": { "name": "mx1" }`.
  if (typeof value === "object" && value !== null && "name" in value) return fieldBytes(value.name);
  if (!Array.isArray(value)) return null;
  if (value.every((byte) => typeof byte === "number")) return Buffer.from(value as number[]);
  const [first] = value as unknown[];
  return Array.isArray(first) && Array.isArray(first[0]) ? null : fieldBytes(first);
}

function numberOf(bytes: Buffer | null, digits: number): number | null {
  if (bytes === null || bytes.length > digits) return null;
  const text = latin1(bytes, 0, bytes.length);
  return /^[0-9]+$/.test(text) ? Number(text) : null;
}
