/**
 * One entry of the systemd journal (`journalctl -o json`): the message in MESSAGE, the tag in SYSLOG_IDENTIFIER, the time in
 * microseconds as a string. Any field may be a string, an array of byte values (what is not UTF-8), null (too large) or an array
 * of several such values, of which the first is taken (docs/JOURNAL_EXPORT_FORMATS.md).
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

/** From a line of `journalctl -o json`; null for what is none. */
export function parseJournalJson(bytes: Buffer, from: number, to: number): JournalEntry | null {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8", from, to));
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const fields = value as Readonly<Record<string, unknown>>;
  return journalEntryOf((name) => (Object.hasOwn(fields, name) ? fieldBytes(fields[name]) : null));
}

function fieldBytes(value: unknown): Buffer | null {
  if (typeof value === "string") return Buffer.from(value);
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
