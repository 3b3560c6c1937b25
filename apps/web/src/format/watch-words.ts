/** Watches in words for people. */
import { severityRank, type Watch, type WatchRound } from "@mxray/contracts";
import { formatZonedTimeOfDay } from "./moments.ts";
import { formatDuration } from "./numbers.ts";
import { type Tone, toneOf } from "./words.ts";

const SOON_MS = 5000;

/** `every 15 minutes`. */
export function everyWords(minutes: number): string {
  if (minutes === 1) return "every minute";
  return `every ${minutes < 90 ? `${Math.round(minutes)} minutes` : lengthWords(minutes)}`;
}

/** `90 min`, `2 h`: never rounded to the next unit. */
export function lengthWords(minutes: number): string {
  return minutes % 60 === 0 ? formatDuration(minutes * 60) : `${Math.round(minutes)} min`;
}

/** When the next round begins. */
export function nextWords({ probing, dueAt, paused }: Pick<Watch, "probing" | "dueAt" | "paused">, now: number): string {
  if (paused) return "paused";
  if (probing) return "is being probed now";
  const due = Date.parse(dueAt);
  return due - now < SOON_MS ? "next probe now" : `next probe ${formatZonedTimeOfDay(due)}`;
}

export function roundTone({ verdict }: WatchRound): Tone {
  return verdict === null ? "info" : toneOf(verdict);
}

/** `passes`, or what was found. */
export function roundWords({ status, verdict }: WatchRound): string {
  if (verdict?.code === "healthy") return "passes";
  return verdict?.title ?? (status === "failed" ? "the probe failed" : "no result");
}

/** Rounds of which two must agree before what rests on one connection is a finding. */
const AGREEING = 3;

/** The last round met something serious, and those before it did not: a second one is to confirm it. */
export function isUnconfirmed({ rounds }: Pick<Watch, "rounds">): boolean {
  const [last, ...before] = rounds.slice(0, AGREEING).map(({ verdict }) => verdict !== null && severityRank(verdict.severity) > 0);
  return last === true && !before.includes(true);
}

/** Why it is probed more rarely, or not at all; null where nothing is in the way. */
export function watchTrouble({ refusals, trouble, everyMinutes }: Pick<Watch, "refusals" | "trouble" | "everyMinutes">): string | null {
  if (trouble !== null) return trouble;
  if (refusals === 0) return null;
  return `It refuses us (421 or 554), so it is probed only ${everyWords(everyMinutes)} until it does not.`;
}
