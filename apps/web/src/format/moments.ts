/** Times of day and spans, for a screen that is read at a glance. Formatters are made once: a wall runs for weeks. */

const DAY_MS = 24 * 3600 * 1000;
const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const TIME_WITH_SECONDS = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const LONG_DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });

const ZONED_TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" });

/** `UTC`, `CET`, `GMT+9`: of the reader's clock at that time. */
export function zoneName(time = Date.now()): string {
  return ZONED_TIME.formatToParts(time).find(({ type }) => type === "timeZoneName")?.value ?? "local time";
}

/** `14:03`; of yesterday `24 Nov 14:03`; of a time before that the day alone. */
export function formatMoment(timestamp: string, now: number): string {
  const then = new Date(timestamp);
  if (then.toDateString() === new Date(now).toDateString()) return TIME.format(then);
  return now - then.getTime() < 2 * DAY_MS ? `${DAY.format(then)} ${TIME.format(then)}` : DAY.format(then);
}

/** `14:03`, where the zone is named beside it. */
export function formatTimeOfDay(time: number): string {
  return TIME.format(time);
}

/** `14:03 CET`. */
export function formatZonedTimeOfDay(time: number): string {
  return ZONED_TIME.format(time);
}

/** `14:03:11`. */
export function formatTimeWithSeconds(time: number): string {
  return TIME_WITH_SECONDS.format(time);
}

/** `Thursday 24 November`. */
export function formatLongDay(time: number): string {
  return LONG_DAY.format(time);
}

/** `40 s`, `12 min`, `2 h 10 min`, `3 d`; nothing below a second, and nothing in the future. */
export function formatSpan(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 60) return `${seconds} s`;
  if (minutes < 60) return `${minutes} min`;
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d`;
}
