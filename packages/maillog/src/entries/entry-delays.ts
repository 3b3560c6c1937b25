/** The delays of a delivery, read from an entry's text when they are asked for. */
import type { Buffer } from "node:buffer";
import { indexOfByte, isDigit, latin1 } from "../bytes/byte-text.ts";
import type { LogEntry } from "./log-entry.ts";

const DOT = 46;
const SLASH = 47;
const ZERO = 48;
/** More digits than a number holds exactly are converted as text. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10];

/** Seconds since the message came in; null where that is not logged. */
export function delayOf({ bytes, delay, delayFrom, delayTo }: LogEntry): number | null {
  if (delay >= 0) return delay;
  const seconds = decimalAt(bytes, delayFrom, Math.min(delayTo, delayFrom + 30));
  return seconds >= 0 ? seconds : null;
}

/** The four parts of `delays=`, seconds: before the queue manager, in it, connecting, transmitting; null where it is something else. */
export function delaysOf({ bytes, delaysFrom, delaysTo }: LogEntry): [number, number, number, number] | null {
  const to = Math.min(delaysTo, delaysFrom + 60);
  const delays: [number, number, number, number] = [0, 0, 0, 0];
  let from = delaysFrom;
  for (let part = 0; part < 4; part += 1) {
    const end = indexOfByte(bytes, from, to, SLASH);
    // The last one ends with the text, the others before a slash.
    if ((end === to) !== (part === 3)) return null;
    const seconds = decimalAt(bytes, from, end);
    if (Number.isNaN(seconds)) return null;
    delays[part] = seconds;
    from = end + 1;
  }
  return delays;
}

/** `1.2` or `3600`: at most 12 digits, and 10 behind the point; NaN for what is no number. */
function decimalAt(bytes: Buffer, from: number, to: number): number {
  let at = from;
  let value = 0;
  for (; at < to && isDigit(bytes[at]); at += 1) value = value * 10 + (bytes[at] as number) - ZERO;
  const whole = at - from;
  if (whole < 1 || whole > 12) return Number.NaN;
  if (at === to) return value;
  if (bytes[at] !== DOT) return Number.NaN;
  const point = at + 1;
  for (at = point; at < to && isDigit(bytes[at]); at += 1) value = value * 10 + (bytes[at] as number) - ZERO;
  const behind = at - point;
  if (at < to || behind < 1 || behind > 10) return Number.NaN;
  return whole + behind > EXACT_DIGITS ? Number(latin1(bytes, from, to)) : value / (POWERS_OF_TEN[behind] as number);
}
