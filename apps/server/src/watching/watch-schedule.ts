/** When rounds of a watch begin. Pure: times in milliseconds since 1970, chance as a number from 0 up to 1. */

const DAY_MS = 86_400_000;
/** Of an interval: so far may a round be early or late, so that many watches do not probe in step. */
const JITTER = 0.1;
/** A round that is in somebody's way tries again within this time. */
const PUT_OFF_MS = 60_000;

/** Milliseconds between two rounds: twice as many for each round in a row that was refused, a day at most. */
export function watchInterval(configuredMs: number, refusals: number): number {
  return Math.min(configuredMs * 2 ** Math.min(refusals, 30), Math.max(DAY_MS, configuredMs));
}

/** An interval later, a tenth of it less or more. */
export function nextRound(now: number, intervalMs: number, chance: number): number {
  return Math.round(now + intervalMs * (1 - JITTER + 2 * JITTER * chance));
}

/**
 * After the server was away, or the interval was changed: missed rounds are not made up for, one begins within a tenth of an
 * interval. A round that is still to come stays where it is, unless the interval was made shorter.
 */
export function plannedRound(dueAt: number, now: number, intervalMs: number, chance: number): number {
  if (dueAt <= now) return Math.round(now + intervalMs * JITTER * chance);
  return Math.min(dueAt, nextRound(now, intervalMs, chance));
}

/** Where there was no room for it, or the target is being probed. */
export function roundPutOff(now: number, intervalMs: number, chance: number): number {
  return Math.round(now + Math.min(PUT_OFF_MS, intervalMs) * (0.5 + chance / 2));
}
