/**
 * Dates in the forms that people and programs write in front of a log line, besides the three that `TimeStamps` reads: the year
 * before or after the time, the weekday, RFC 5322, web server style, seconds since 1970. A date that can be read in two ways
 * (03/07/2026), a time without a date and a time since boot are read as stamps without a time (NaN): they are not guessed.
 */
import type { LogClock } from "./log-clock.ts";

export interface DateForm {
  /** ms UTC; NaN where the text does not say it without doubt. */
  readonly timeMs: number;
  /** Index behind the stamp. */
  readonly end: number;
}

const MONTH_NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAY = "(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +)?";
const MONTH = `(?<name>${MONTH_NAMES.join("|")})`;
const TIME = "(?<hour>\\d{1,2}):(?<minute>\\d{2}):(?<second>\\d{2})(?:[.,](?<fraction>\\d{1,9}))?";
/** Hours east of UTC, of the abbreviations that mean one offset only. */
const ZONE_HOURS: Readonly<Record<string, number>> = {
  Z: 0, UTC: 0, GMT: 0, WET: 0, WEST: 1, CET: 1, CEST: 2, EET: 2, EEST: 3, MSK: 3, JST: 9, EST: -5, EDT: -4, CDT: -5, MDT: -6, PST: -8, PDT: -7,
}; // biome-ignore format: one table
const ZONE = `(?: ?(?<zone>${Object.keys(ZONE_HOURS).join("|")}|[+-]\\d{2}:?\\d{2})(?![\\w:]))?`;

const FORMS: readonly RegExp[] = [
  `${WEEKDAY}${MONTH} +(?<day>\\d{1,2}),?(?: +(?<year>\\d{4}))? +${TIME}${ZONE}(?: +(?<late>\\d{4})(?=[\\s\\]]))?`,
  `(?<year>\\d{4}) +${MONTH} +(?<day>\\d{1,2}) +${TIME}${ZONE}`,
  `${WEEKDAY}(?<day>\\d{1,2})[ /-]${MONTH}[ /-](?<year>\\d{4})[: ] *${TIME}${ZONE}`,
  `${WEEKDAY}(?<year>\\d{4})(?<divider>[-/.])(?<month>\\d{2})\\k<divider>(?<day>\\d{2})[T _]${TIME}${ZONE}`,
  `(?<year>\\d{4})(?<month>\\d{2})(?<day>\\d{2})[T_ -](?<hour>\\d{2}):?(?<minute>\\d{2}):?(?<second>\\d{2})${ZONE}`,
  `(?<first>\\d{1,2})(?<divider>[./-])(?<other>\\d{1,2})\\k<divider>(?<year>\\d{4}),? +${TIME}(?: ?(?<half>[AP]M))?${ZONE}`,
  "(?<epoch>1\\d{9})(?:\\.(?<fraction>\\d{1,9}))?(?=\\s)",
  "\\[ *\\d{1,10}\\.\\d{3,6}\\]",
  `${TIME}(?=\\s)`,
].map((form) => new RegExp(form, "iy"));

/** The date that begins at `from`, in brackets or not; null where none does. */
export function readDateForm(text: string, from: number, clock: LogClock): DateForm | null {
  for (const form of FORMS) {
    form.lastIndex = from;
    const match = form.exec(text);
    if (match !== null) return { timeMs: timeOf(match.groups ?? {}, clock), end: from + match[0].length };
  }
  if (text[from] !== "[") return null;
  const inside = readDateForm(text, from + 1, clock);
  return inside !== null && text[inside.end] === "]" ? { ...inside, end: inside.end + 1 } : null;
}

type Parts = Readonly<Record<string, string | undefined>>;

function timeOf(parts: Parts, clock: LogClock): number {
  if (parts.epoch !== undefined) return Number(parts.epoch) * 1000 + millisecondsOf(parts);
  const second = secondOfDay(parts);
  const [month, day] = monthAndDay(parts);
  const year = parts.year ?? parts.late;
  if (Number.isNaN(second) || month < 1 || month > 12) return Number.NaN;
  if (year === undefined) return parts.zone === undefined ? clock.yearless(month, day, second) : Number.NaN;
  const minutes = zoneMinutes(parts.zone);
  if (minutes === null) return clock.dated(Number(year), month, day, second);
  const start = Date.UTC(Number(year), month - 1, day);
  return new Date(start).getUTCDate() === day ? Math.round(start + second * 1000 - minutes * 60_000) : Number.NaN;
}

/** NaN for a month that is not known. Dotted dates begin with the day; with slashes and hyphens the numbers must tell. */
function monthAndDay({ name, month, day, first, other, divider }: Parts): readonly [number, number] {
  if (name !== undefined) return [MONTH_NAMES.indexOf(name.toLowerCase()) + 1, Number(day)];
  if (month !== undefined) return [Number(month), Number(day)];
  const [one, two] = [Number(first), Number(other)];
  if (divider === "." || one > 12 || one === two) return [two, one];
  return two > 12 ? [one, two] : [Number.NaN, Number.NaN];
}

function secondOfDay(parts: Parts): number {
  const hours = Number(parts.hour);
  const half = parts.half?.toUpperCase();
  const hour = half === undefined ? hours : hours > 12 || hours === 0 ? Number.NaN : (hours % 12) + (half === "PM" ? 12 : 0);
  const valid = hour < 24 && Number(parts.minute) < 60 && Number(parts.second) < 61;
  return valid ? (hour * 60 + Number(parts.minute)) * 60 + Number(parts.second) + millisecondsOf(parts) / 1000 : Number.NaN;
}

function millisecondsOf({ fraction = "" }: Parts): number {
  return Math.floor(Number(`0.${fraction}0`) * 1000 + 0.001);
}

/** Minutes east of UTC; null where no zone is named. */
function zoneMinutes(zone: string | undefined): number | null {
  if (zone === undefined) return null;
  const hours = ZONE_HOURS[zone.toUpperCase()];
  if (hours !== undefined) return hours * 60;
  return (zone[0] === "-" ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)));
}
