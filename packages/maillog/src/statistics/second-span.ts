/** Least and greatest time of what was counted, whole seconds UTC: what is shown of them, and small numbers need no box. */
import { timeText } from "./entry-example.ts";

/** Earlier than any second of a log. */
export const NO_TIME = -(2 ** 31);

export interface SecondSpan {
  first: number;
  /** `NO_TIME` while there is none. */
  last: number;
}

export function emptySpan(): SecondSpan {
  return { first: NO_TIME, last: NO_TIME };
}

/** @param timeMs NaN where the line has no time */
export function extendSpan(span: SecondSpan, timeMs: number): void {
  if (Number.isNaN(timeMs)) return;
  const second = Math.floor(timeMs / 1000);
  if (span.last === NO_TIME || second < span.first) span.first = second;
  if (second > span.last) span.last = second;
}

export function joinedSpan(spans: readonly Readonly<SecondSpan>[]): SecondSpan {
  const dated = spans.filter(({ last }) => last !== NO_TIME);
  if (dated.length === 0) return emptySpan();
  return { first: Math.min(...dated.map(({ first }) => first)), last: Math.max(...dated.map(({ last }) => last)) };
}

/** RFC 3339; null where there is none. */
export function spanText({ first, last }: Readonly<SecondSpan>): { readonly first: string | null; readonly last: string | null } {
  return last === NO_TIME ? { first: null, last: null } : { first: timeText(first * 1000), last: timeText(last * 1000) };
}
