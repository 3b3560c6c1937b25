/**
 * How certain a path verdict can be: the losses against the rate of random loss that small segments show (`chance`), and how
 * much better size explains all that was seen than chance does (`fit`, see path-fit.ts). Both have to agree.
 */

import type { Confidence, PathStatistics } from "@mxray/contracts";
import type { ObservedRung } from "./observed-rung.ts";
import { isLoss } from "./observed-rung.ts";
import { type PathPrior, pathFit } from "./path-fit.ts";

export interface SmallSegments {
  readonly sent: number;
  readonly lost: number;
}

const PROVEN = { chance: 1e-6, fit: 1e3 } as const;
const LIKELY = { chance: 1e-3, fit: 1e2 } as const;
const SUSPECTED = { chance: 0.05, fit: 2 } as const;
/** The successor of the answer has to be lost so often before the answer is called exact. */
const LOSSES_OF_SUCCESSOR = 2;

/** @param mtu the largest packet that was acknowledged unfragmented, bytes */
export function pathStatistics(rungs: readonly ObservedRung[], mtu: number, small: SmallSegments, prior: PathPrior): PathStatistics {
  const above = rungs.filter(({ rung }) => isLoss(rung) && rung.size > mtu);
  const fitting = rungs.filter(({ rung }) => rung.size <= mtu && rung.outcome === "acked");
  const lossUpperBound = upperBound(small.lost, small.sent);
  const independent = above.reduce((sum, observed) => sum + independentLosses(observed), 0);
  return {
    lossesAbove: above.reduce((sum, { losses }) => sum + losses, 0),
    acksBetween: acknowledgedBetween(rungs, mtu),
    releases: above.filter(({ rung }) => rung.outcome === "released").length,
    smallSent: small.sent,
    smallLost: small.lost,
    lossUpperBound,
    // Any of the sizes tried could have become the verdict: count each chance that there was.
    chance: Math.min(1, rungs.length * lossUpperBound ** independent),
    largeSent: fitting.length,
    largeLost: fitting.filter(({ losses }) => losses > 0).length,
    fit: pathFit(rungs, mtu, prior),
  };
}

/** Null means that not even a suspicion stands. */
export function confidenceOf(statistics: PathStatistics, exact: boolean): Confidence | null {
  const { chance, lossesAbove, acksBetween, fit = 0 } = statistics;
  const beyond = (limit: { chance: number; fit: number }) => chance < limit.chance && fit >= limit.fit;
  if (exact && acksBetween > 0 && lossesAbove >= 3 && beyond(PROVEN)) return "proven";
  if (lossesAbove >= 3 && beyond(LIKELY)) return "likely";
  return beyond(SUSPECTED) ? "suspected" : null;
}

/** The answer is confirmed to the byte: its successor was lost more than once. */
export function isConfirmedSize(rungs: readonly ObservedRung[], mtu: number): boolean {
  return rungs.filter(({ rung }) => isLoss(rung) && rung.size === mtu + 1).length >= LOSSES_OF_SUCCESSOR;
}

/** A packet and its retransmission are two observations only where small packets arrived between them; else one burst may have had both. */
function independentLosses({ rung, losses }: ObservedRung): number {
  return Math.min(losses, rung.sacked ? 2 : 1);
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
