/** Quiet hours of a channel. Pure. */
import type { QuietHours } from "@mxray/contracts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

/** @param at milliseconds since 1970 @returns when the quiet hours that hold then end; `at` itself outside them */
export function quietHoursEnd(quiet: QuietHours | null, at: number): number {
  if (quiet === null) return at;
  const from = minuteOf(quiet.from);
  const length = (minuteOf(quiet.to) - from + DAY_MINUTES) % DAY_MINUTES;
  const since = (minuteOf(timeIn(quiet.timezone, at)) - from + DAY_MINUTES) % DAY_MINUTES;
  if (since >= length) return at;
  const end = Math.floor(at / MINUTE_MS) * MINUTE_MS + (length - since) * MINUTE_MS;
  // Where the clocks are set back in between, an hour is left.
  return quietHoursEnd(quiet, end);
}

function timeIn(timezone: string, at: number): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: timezone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}
