/**
 * What a log's time stamps mean: the zone of those that name none, and the year of those that name none, which is the one that
 * makes them the most recent past time at the moment of reading, or the one that was given.
 */
import type { TimeZone } from "./time-zone.ts";

export interface LogClockOptions {
  /** For stamps without a zone. */
  readonly zone: TimeZone;
  /** For stamps without a year; null lets each be the most recent past. */
  readonly year: number | null;
  /** The moment of reading, ms UTC. */
  readonly now: () => number;
}

/** The machine that writes may be ahead of the one that reads by so much without its lines being a year old. */
const AHEAD_MS = 60_000;
const DAY_MS = 86_400_000;
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
/** February 29 may be missing for so long: around 1900 and 2100. */
const YEARS_BACK = 9;

export class LogClock {
  readonly #options: LogClockOptions;
  /** The last day (month * 32 + day) whose year was looked for, and that day's year where it is over for sure. */
  #knownDay = -1;
  #knownYear = 0;

  constructor(options: LogClockOptions) {
    this.#options = options;
  }

  /** @param month 1 to 12 @param secondOfDay with a fraction @returns ms UTC; NaN for a date that does not exist */
  dated(year: number, month: number, day: number, secondOfDay: number): number {
    return dayExists(year, month, day) ? this.#options.zone.toUtc(Date.UTC(year, month - 1, day) + secondOfDay * 1000) : Number.NaN;
  }

  /** @returns ms UTC; NaN for a date that does not exist */
  yearless(month: number, day: number, secondOfDay: number): number {
    const { year, now } = this.#options;
    if (year !== null) return this.dated(year, month, day, secondOfDay);
    const key = month * 32 + day;
    if (key === this.#knownDay) return this.dated(this.#knownYear, month, day, secondOfDay);
    const latest = now() + AHEAD_MS;
    const first = new Date(latest + DAY_MS).getUTCFullYear();
    for (let candidate = first; candidate > first - YEARS_BACK; candidate -= 1) {
      const time = this.dated(candidate, month, day, secondOfDay);
      if (!(time <= latest)) continue;
      if (time + DAY_MS <= latest) {
        this.#knownDay = key;
        this.#knownYear = candidate;
      }
      return time;
    }
    return Number.NaN;
  }
}

function dayExists(year: number, month: number, day: number): boolean {
  const days = DAYS_IN_MONTH[month - 1];
  if (days === undefined || day < 1 || day > days) return false;
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
}
