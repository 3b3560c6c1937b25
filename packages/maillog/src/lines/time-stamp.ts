/**
 * Time stamps at the beginning of a line: BSD syslog (`Jan  5 04:11:22`, day padded with a space or a zero; no year, no zone),
 * RFC 3339 (`2023-03-14T00:00:31.185246+01:00`) and the form with a space (`2023-03-14 00:00:31.185 +0100`; Exim's).
 * Neighbouring lines mostly carry the same stamp, or one of the same hour: those cost a comparison.
 */
import type { Buffer } from "node:buffer";
import { isDigit, SPACE } from "../bytes/byte-text.ts";
import type { LogClock } from "./log-clock.ts";

const MONTHS = new Map(
  ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].map((name, index) => [
    (name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2),
    index + 1,
  ]),
);
const BSD_LENGTH = 15;
/** `2023-03-14T00:00:31` */
const ISO_LENGTH = 19;
const HYPHEN = 45;
const COLON = 58;
const PLUS = 43;
const UPPER_T = 84;
const UPPER_Z = 90;

export class TimeStamps {
  readonly #clock: LogClock;
  readonly #lastBsd = new Uint8Array(BSD_LENGTH);
  #lastBsdMs = Number.NaN;
  /** Of the last stamp: ms UTC, NaN for a date that does not exist. */
  timeMs = Number.NaN;
  /** The last stamp had date and time apart, by a space. */
  spaced = false;

  constructor(clock: LogClock) {
    this.#clock = clock;
  }

  /** @returns where the stamp that begins at `from` ends, or -1 where there is none */
  read(bytes: Buffer, from: number, to: number): number {
    if (to - from < BSD_LENGTH) return -1;
    if (bytes[from + 4] === HYPHEN) return this.#readIso(bytes, from, to);
    return bytes[from + 3] === SPACE && bytes[from + 9] === COLON ? this.#readBsd(bytes, from) : -1;
  }

  #readBsd(bytes: Buffer, from: number): number {
    const last = this.#lastBsd;
    let same = 0;
    while (same < BSD_LENGTH && bytes[from + BSD_LENGTH - 1 - same] === last[BSD_LENGTH - 1 - same]) same += 1;
    this.spaced = false;
    if (same < BSD_LENGTH) {
      const month = MONTHS.get(((bytes[from] as number) << 16) | ((bytes[from + 1] as number) << 8) | (bytes[from + 2] as number));
      const tens = bytes[from + 4] === SPACE ? 0 : digit(bytes, from + 4);
      const second = secondOfDay(bytes, from + 7);
      const day = tens * 10 + digit(bytes, from + 5);
      if (month === undefined || !(day > 0) || !(second >= 0) || bytes[from + 6] !== SPACE) return -1;
      this.#lastBsdMs = this.#clock.yearless(month, day, second);
      last.set(bytes.subarray(from, from + BSD_LENGTH));
    }
    this.timeMs = this.#lastBsdMs;
    return from + BSD_LENGTH;
  }

  #readIso(bytes: Buffer, from: number, to: number): number {
    if (to - from < ISO_LENGTH) return -1;
    const divider = bytes[from + 10];
    if (bytes[from + 7] !== HYPHEN || (divider !== UPPER_T && divider !== SPACE)) return -1;
    const year = digits(bytes, from) * 100 + digits(bytes, from + 2);
    const month = digits(bytes, from + 5);
    const day = digits(bytes, from + 8);
    let second = secondOfDay(bytes, from + 11);
    if (!(year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 31 && second >= 0)) return -1;
    let at = from + ISO_LENGTH;
    if ((bytes[at] === 46 || bytes[at] === 44) && isDigit(bytes[at + 1])) {
      at += 1;
      for (let unit = 0.1; at < to && isDigit(bytes[at]); at += 1, unit /= 10) second += digit(bytes, at) * unit;
    }
    this.spaced = divider === SPACE;
    const zoneAt = this.spaced && bytes[at] === SPACE ? at + 1 : at;
    const sign = bytes[zoneAt];
    if (sign === UPPER_Z && !this.spaced) {
      this.timeMs = utcMs(year, month, day, second);
      return at + 1;
    }
    if ((sign === PLUS || sign === HYPHEN) && to - zoneAt >= 5) {
      const minutesAt = bytes[zoneAt + 3] === COLON ? zoneAt + 4 : zoneAt + 3;
      const minutes = digits(bytes, zoneAt + 1) * 60 + digits(bytes, minutesAt);
      if (minutes >= 0) {
        this.timeMs = utcMs(year, month, day, second) + (sign === PLUS ? -60_000 : 60_000) * minutes;
        return minutesAt + 2;
      }
    }
    this.timeMs = this.#clock.dated(year, month, day, second);
    return at;
  }
}

function utcMs(year: number, month: number, day: number, second: number): number {
  return Date.UTC(year, month - 1, day) + Math.floor(second * 1000 + 0.001);
}

function digit(bytes: Buffer, at: number): number {
  const value = (bytes[at] as number) - 48;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

function digits(bytes: Buffer, at: number): number {
  return digit(bytes, at) * 10 + digit(bytes, at + 1);
}

/** `04:11:22`, or NaN. A leap second is the next one. */
function secondOfDay(bytes: Buffer, at: number): number {
  const hours = digits(bytes, at);
  const minutes = digits(bytes, at + 3);
  const seconds = digits(bytes, at + 6);
  const valid = bytes[at + 2] === COLON && bytes[at + 5] === COLON && hours < 24 && minutes < 60 && seconds < 61;
  return valid ? (hours * 60 + minutes) * 60 + seconds : Number.NaN;
}
