/** The delays of a delivery, read from an entry's text when they are asked for. */
import { latin1 } from "../bytes/byte-text.ts";
import type { LogEntry } from "./log-entry.ts";

/** Seconds since the message came in; null where that is not logged. */
export function delayOf({ bytes, delay, delayFrom, delayTo }: LogEntry): number | null {
  if (delay >= 0) return delay;
  const seconds = decimalOf(latin1(bytes, delayFrom, Math.min(delayTo, delayFrom + 30)));
  return seconds >= 0 ? seconds : null;
}

/** `1.2` or `3600`; NaN for what is no number. */
function decimalOf(text: string): number {
  return /^[0-9]{1,12}(?:\.[0-9]{1,10})?$/.test(text) ? Number(text) : Number.NaN;
}

/** The four parts of `delays=`, seconds: before the queue manager, in it, connecting, transmitting; null where it is something else. */
export function delaysOf(entry: LogEntry): [number, number, number, number] | null {
  if (entry.delaysTo <= entry.delaysFrom) return null;
  const parts = latin1(entry.bytes, entry.delaysFrom, Math.min(entry.delaysTo, entry.delaysFrom + 60)).split("/");
  const [a, b, c, d] = parts.map(decimalOf);
  if (parts.length !== 4 || a === undefined || b === undefined || c === undefined || d === undefined) return null;
  return a + b + c + d >= 0 ? [a, b, c, d] : null;
}
