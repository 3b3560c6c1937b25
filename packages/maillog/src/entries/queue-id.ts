/**
 * Queue ids at the beginning of a message: `4F2D11B8A0: `, `3Pt2mN2VXxznjll: `, `NOQUEUE: ` (Postfix), `v8GABCde012345: ` and
 * `16ZCW1-0005MB-00` (Sendmail, Exim; read by their own parsers). Short Postfix ids are hexadecimal in upper case, at least six
 * digits; long ones are base 52 (no vowels) with a `z` in front of the inode number (global/mail_queue.h).
 */
import type { Buffer } from "node:buffer";
import { asciiBytes, COLON, startsWith } from "../bytes/byte-text.ts";

/** Longer than both kinds can become with 64 bits of inode number. */
const QUEUE_ID_CAP = 24;

const HEX = 1;
const BASE52 = 2;
const CLASSES = new Uint8Array(256);
for (const character of "0123456789ABCDEF") CLASSES[character.charCodeAt(0)] = HEX;
for (const character of "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz") {
  const code = character.charCodeAt(0);
  CLASSES[code] = (CLASSES[code] ?? 0) | BASE52;
}

const NOQUEUE = asciiBytes("NOQUEUE");
const LOWER_Z = 122;
const SHORTEST = 6;
/** Base-52 digits in front of the `z`: six of seconds or more, four of microseconds. */
const LONG_TIME_DIGITS = 10;

/** Where the id that begins at `from` ends (at its colon); `from` itself where there is none. */
export function queueIdEnd(bytes: Buffer, from: number, to: number): number {
  let kinds = HEX | BASE52;
  let lastZ = -1;
  const last = Math.min(to, from + QUEUE_ID_CAP + 1);
  for (let at = from; at < last; at += 1) {
    const byte = bytes[at] as number;
    if (byte === COLON) {
      const length = at - from;
      if ((kinds & HEX) !== 0 && length >= SHORTEST) return at;
      return (kinds & BASE52) !== 0 && lastZ >= LONG_TIME_DIGITS && lastZ < length - 1 ? at : from;
    }
    kinds &= CLASSES[byte] as number;
    if (byte === LOWER_Z) lastZ = at - from;
    if (kinds === 0) return from;
  }
  return from;
}

export function isNoQueue(bytes: Buffer, from: number, to: number): boolean {
  return startsWith(bytes, from, to, NOQUEUE) && bytes[from + NOQUEUE.length] === COLON;
}
