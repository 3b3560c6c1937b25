/** Where an axis has its marks: round values, each of them once, and no more than fit. Pure. */
import { formatTimeOfDay, formatTimeWithSeconds } from "../../format/moments.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTH = 30 * DAY;
const STEPS = [
  ...[1, 2, 5, 10, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 4, 7, 14].map((days) => days * DAY),
  ...[1, 2, 3, 6, 12].map((months) => months * MONTH),
];

export interface TimeMarks {
  /** Milliseconds, ascending. */
  readonly at: readonly number[];
  readonly format: (at: number) => string;
}

/** Round in local time. @param from,to milliseconds */
export function timeMarks(from: number, to: number, most = 7): TimeMarks {
  const span = to - from;
  // Beyond two days a time of day alone would be ambiguous.
  const least = span > 2 * DAY ? DAY : 0;
  const step = STEPS.find((each) => each >= least && span / each <= most) ?? STEPS.at(-1) ?? DAY;
  return { at: step >= MONTH ? monthMarks(from, to, step / MONTH) : evenMarks(from, to, step), format: timeFormat(step, span) };
}

/** From local midnight on; a day is as long as it is there. */
function evenMarks(from: number, to: number, step: number): number[] {
  const marks: number[] = [];
  const start = new Date(from);
  start.setHours(0, 0, 0, 0);
  if (step >= DAY) {
    for (const day = start; day.getTime() <= to; day.setDate(day.getDate() + step / DAY))
      if (day.getTime() >= from) marks.push(day.getTime());
    return marks;
  }
  const first = start.getTime() + Math.ceil((from - start.getTime()) / step) * step;
  for (let at = first; at <= to; at += step) marks.push(at);
  return marks;
}

function monthMarks(from: number, to: number, months: number): number[] {
  const marks: number[] = [];
  const month = new Date(from);
  month.setHours(0, 0, 0, 0);
  month.setDate(1);
  month.setMonth(Math.floor(month.getMonth() / months) * months);
  for (; month.getTime() <= to; month.setMonth(month.getMonth() + months)) if (month.getTime() >= from) marks.push(month.getTime());
  return marks;
}

function timeFormat(step: number, span: number): (at: number) => string {
  if (step < MINUTE) return formatTimeWithSeconds;
  if (step < DAY && span <= DAY) return formatTimeOfDay;
  const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
  if (step < DAY) return (at) => `${day.format(at)} ${formatTimeOfDay(at)}`;
  if (step < MONTH) return day.format;
  return new Intl.DateTimeFormat(undefined, { month: "short", year: "numeric" }).format;
}

/** Whole numbers from 0 to `top` or just below it. */
export function countMarks(top: number, most = 5): number[] {
  const step = roundStep(Math.max(1, top), most, 1);
  return Array.from({ length: Math.floor(Math.max(1, top) / step) + 1 }, (_, index) => index * step);
}

/** Round values within both bounds; fractions where the range is small. */
export function valueMarks(low: number, high: number, most = 5): number[] {
  const step = roundStep(high - low, most, 0);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** Powers of ten within both bounds. */
export function decadeMarks(low: number, high: number): number[] {
  const first = Math.ceil(Math.log10(low));
  return Array.from({ length: Math.max(0, Math.floor(Math.log10(high)) - first + 1) }, (_, index) => 10 ** (first + index));
}

/** 1, 2 or 5 times a power of ten. */
function roundStep(span: number, most: number, least: number): number {
  const size = 10 ** Math.floor(Math.log10(Math.max(span, Number.MIN_VALUE) / most));
  return Math.max(least, [1, 2, 5, 10].map((factor) => factor * size).find((step) => span / step <= most) ?? size * 10);
}
