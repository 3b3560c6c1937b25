/**
 * Which part of the logs is looked at. It lives in the page's address, so that a view can be kept and sent; what is not
 * valid there is left out.
 */
import {
  DIRECTIONS,
  type Direction,
  type LogEventQuery,
  type LogQuery,
  MAIL_STAGES,
  type MailEvent,
  type MailStage,
} from "@mxray/contracts";

/** Up to now, in seconds. */
export const LOG_RANGES = { hour: 3600, day: 86_400, week: 7 * 86_400, month: 30 * 86_400, year: 365 * 86_400 } as const;
export type LogRange = keyof typeof LOG_RANGES;

export interface LogView {
  /** The last day where neither this nor `from` and `to` are given. */
  readonly range?: LogRange;
  /** RFC 3339 in UTC; both or none. They win over `range`. */
  readonly from?: string;
  readonly to?: string;
  readonly direction?: Direction;
  /** Name or address. */
  readonly peer?: string;
  readonly stage?: MailStage;
  /** Which of several findings is read, as the list of findings names it. */
  readonly finding?: string;
  /** Queue id: the lines of one message instead of all else. */
  readonly message?: string;
  /** Lines only, bytes with both ends: the size of their message, and how much of one had come before a loss. Both ends or none. */
  readonly minSize?: number;
  readonly maxSize?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
}

const LONGEST_FINDING = 400;
const LONGEST_QUEUE_ID = 64;
const LONGEST_PEER = 255;
const LINE_KEYS = ["minSize", "maxSize", "minBytes", "maxBytes"] as const;

export function parseLogView(search: Readonly<Record<string, unknown>>): LogView {
  const range = oneOf(Object.keys(LOG_RANGES) as LogRange[], search.range);
  const [from, to] = [timeOf(search.from), timeOf(search.to)];
  const direction = oneOf(DIRECTIONS, search.direction);
  const stage = oneOf(MAIL_STAGES, search.stage);
  // The router reads a peer that looks like a number as one.
  const peer = String(search.peer ?? "").trim();
  const finding = typeof search.finding === "string" ? search.finding : "";
  const message = String(search.message ?? "").trim();
  return {
    ...(range === undefined ? {} : { range }),
    ...(from === undefined || to === undefined || from >= to ? {} : { from, to }),
    ...(direction === undefined ? {} : { direction }),
    ...(peer === "" || peer.length > LONGEST_PEER ? {} : { peer }),
    ...(stage === undefined ? {} : { stage }),
    ...(finding === "" || finding.length > LONGEST_FINDING ? {} : { finding }),
    ...(message === "" || message.length > LONGEST_QUEUE_ID ? {} : { message }),
    ...rangeOf("minSize", "maxSize", search),
    ...rangeOf("minBytes", "maxBytes", search),
  };
}

/** The view without what narrows its lines alone. */
export function wholeView(view: LogView): Omit<LogView, (typeof LINE_KEYS)[number]> {
  return Object.fromEntries(Object.entries(view).filter(([key]) => !(LINE_KEYS as readonly string[]).includes(key)));
}

/** What charts zoom: the view's own time, in milliseconds; null where it has only a range up to now. */
export function zoomOfView(view: LogView, change: (view: LogView) => void) {
  const { from, to, ...rest } = view;
  return {
    range: from === undefined || to === undefined ? null : { from: Date.parse(from), to: Date.parse(to) },
    change: (range: { readonly from: number; readonly to: number } | null) =>
      change(range === null ? rest : { ...rest, from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString() }),
  };
}

/** What the charts are asked for. @param now milliseconds */
export function queryOfView(view: LogView, now: number): LogQuery {
  return linesQueryOfView(wholeView(view), now);
}

/** What the lines are asked for. @param now milliseconds */
export function linesQueryOfView({ range = "day", from, to, message: _of, finding: _read, ...rest }: LogView, now: number): LogEventQuery {
  if (from !== undefined && to !== undefined) return { from, to, ...rest };
  // To the end of this minute: what was just logged is counted in it.
  const end = Math.ceil(now / 60_000) * 60_000 + 60_000;
  return { from: new Date(end - LOG_RANGES[range] * 1000).toISOString(), to: new Date(end).toISOString(), ...rest };
}

/** Whether a line of a dropped file is in the part that `view` names; `range` says nothing of a file. */
export function isInView({ time, direction, peer, stage, size, bytes }: MailEvent, view: LogView): boolean {
  if (
    view.from !== undefined &&
    view.to !== undefined &&
    (time === null || !(Date.parse(time) >= Date.parse(view.from) && Date.parse(time) < Date.parse(view.to)))
  ) {
    return false;
  }
  if (view.direction !== undefined && direction !== view.direction) return false;
  if (view.peer !== undefined && peer?.name !== view.peer && peer?.address !== view.peer) return false;
  if (!isWithin(size, view.minSize, view.maxSize) || !isWithin(bytes, view.minBytes, view.maxBytes)) return false;
  return view.stage === undefined || stage === view.stage;
}

function isWithin(value: number | null, from: number | undefined, to: number | undefined): boolean {
  if (from === undefined || to === undefined) return true;
  return value !== null && value >= from && value <= to;
}

function rangeOf<K extends keyof LogView>(from: K, to: K, search: Readonly<Record<string, unknown>>): { readonly [key in K]?: number } {
  const [least, most] = [search[from], search[to]].map(Number);
  if (!Number.isSafeInteger(least) || !Number.isSafeInteger(most) || Number(least) < 0 || Number(least) > Number(most)) return {};
  return { [from]: least, [to]: most } as { readonly [key in K]?: number };
}

function oneOf<T extends string>(values: readonly T[], value: unknown): T | undefined {
  return values.find((each) => each === value);
}

function timeOf(value: unknown): string | undefined {
  const ms = typeof value === "string" && value.length <= 40 ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
