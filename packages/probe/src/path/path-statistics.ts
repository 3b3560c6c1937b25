/**
 * How sure a path verdict can be. Loss is measured on the segments that fit; the question is how probable everything that
 * was seen would be if there were nothing but random loss at the upper bound of that rate.
 */
import type { Confidence, PathStatistics, Rung } from "@mxray/contracts";

/** One rung with the number of times its packet was sent with DF and lost. */
export interface ObservedRung {
  readonly rung: Rung;
  /** Transmissions of the full-size packet with DF set that were lost: the first and each retransmission. */
  readonly losses: number;
}

export interface SmallSegments {
  readonly sent: number;
  readonly lost: number;
}

const PROVEN = 1e-6;
const LIKELY = 1e-3;
const SUSPECTED = 0.05;

/** @param mtu the largest packet that was acknowledged unfragmented, bytes */
export function pathStatistics(rungs: readonly ObservedRung[], mtu: number, small: SmallSegments): PathStatistics {
  const above = rungs.filter(({ rung }) => isLoss(rung) && rung.size > mtu);
  const lossUpperBound = upperBound(small.lost, small.sent);
  const losses = above.reduce((sum, { losses }) => sum + losses, 0);
  return {
    lossesAbove: losses,
    acksBetween: acknowledgedBetween(rungs, mtu),
    releases: above.filter(({ rung }) => rung.outcome === "released").length,
    smallSent: small.sent,
    smallLost: small.lost,
    lossUpperBound,
    // Any of the sizes tried could have become the verdict: count each chance that there was.
    chance: Math.min(1, rungs.length * lossUpperBound ** losses),
  };
}

/** Null means that not even a suspicion stands. */
export function confidenceOf(statistics: PathStatistics, exact: boolean): Confidence | null {
  const { chance, lossesAbove, acksBetween } = statistics;
  if (exact && acksBetween > 0 && lossesAbove >= 3 && chance < PROVEN) return "proven";
  if (lossesAbove >= 3 && chance < LIKELY) return "likely";
  return chance < SUSPECTED ? "suspected" : null;
}

export function isLoss(rung: Rung): boolean {
  return rung.outcome === "stalled" || rung.outcome === "released";
}

/** Acknowledged rungs of exactly `mtu` bytes with a loss of `mtu + 1` both before and after them. */
function acknowledgedBetween(rungs: readonly ObservedRung[], mtu: number): number {
  const lostAbove = rungs.map(({ rung }, index) => (isLoss(rung) && rung.size === mtu + 1 ? index : -1)).filter((index) => index >= 0);
  const first = lostAbove[0];
  const last = lostAbove.at(-1);
  if (first === undefined || last === undefined) return 0;
  return rungs.filter(({ rung }, index) => rung.outcome === "acked" && rung.size === mtu && index > first && index < last).length;
}

/**
 * Upper 95 % bound of a rate of which `hits` of `trials` were seen (Clopper and Pearson 1934), 0 to 1; 1 without trials.
 */
export function upperBound(hits: number, trials: number): number {
  if (trials <= 0 || hits >= trials) return 1;
  let low = hits / trials;
  let high = 1;
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (atMost(hits, trials, middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

/** Probability of at most `hits` in `trials` at this rate. */
function atMost(hits: number, trials: number, rate: number): number {
  let term = (1 - rate) ** trials;
  let sum = term;
  for (let k = 0; k < hits; k += 1) {
    term *= ((trials - k) / (k + 1)) * (rate / (1 - rate));
    sum += term;
  }
  return sum;
}
