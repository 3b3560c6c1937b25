import { randomBytes } from "node:crypto";

/** Microseconds of the last id, so that two ids of one millisecond still sort as they were made. */
let last = 0;

/** A new id of 19 lower-case letters and digits that sorts by the time it was made; 40 random bits keep several writers apart. */
export function newId(): string {
  last = Math.max(last + 1, Date.now() * 1000);
  return timePart(last) + randomBytes(5).readUIntBE(0, 5).toString(36).padStart(8, "0");
}

/** What sorts before every id that was made at this time (RFC 3339) or later, and after every older one. */
export function idOf(time: string): string {
  return timePart(Date.parse(time) * 1000);
}

function timePart(microseconds: number): string {
  return microseconds.toString(36).padStart(11, "0");
}
