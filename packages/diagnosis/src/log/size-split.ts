/**
 * Whether messages above some size stall and smaller ones do not: the size at which the two part best, and how probable so
 * good a parting would be if size played no part.
 *
 * At each bound between two size classes Fisher's exact test (one-sided) gives the probability that, with the same number of
 * messages on each side, so few of the stalled ones lie below. The smallest of these, t, is the best split; but the best of
 * many is small by chance too. Its own chance is therefore bounded by the sum, over all bounds, of the largest probability
 * not above t which that bound's test can give at all (Tarone 1990: a test that cannot reach t costs nothing). Where all
 * stalled messages are larger than all others this is exactly 1 / C(n, k), the permutation test's value. Messages of one
 * class count as equal in size, which can only make the chance larger.
 */
import { sizeClassBounds } from "@mxray/contracts";
import { lnChoose } from "./probability.ts";

/** Messages of one size class, each counted once. */
export interface SizeSample {
  readonly class: number;
  readonly delivered: number;
  readonly stalled: number;
}

interface SideCounts {
  readonly delivered: number;
  readonly stalled: number;
}

export interface SizeSplit {
  /** Smallest size of the upper side, bytes. */
  readonly at: number;
  readonly below: SideCounts;
  readonly above: SideCounts;
  /** That sizes part at least as well by chance, 0 to 1. */
  readonly chance: number;
}

/** Null where there is nothing to compare: one class, or no message on one of the two lists. */
export function bestSizeSplit(samples: readonly SizeSample[]): SizeSplit | null {
  const filled = samples.filter(({ delivered, stalled }) => delivered + stalled > 0).toSorted((a, b) => a.class - b.class);
  const all = sumOf(filled);
  if (filled.length < 2 || all.delivered === 0 || all.stalled === 0) return null;
  const below = { delivered: 0, stalled: 0 };
  const splits = filled.slice(1).map((sample, index) => {
    below.delivered += filled[index]?.delivered ?? 0;
    below.stalled += filled[index]?.stalled ?? 0;
    const tail = new LowerTail(below.delivered + below.stalled, all.stalled, all.delivered + all.stalled);
    return { at: sizeClassBounds(sample.class).from, below: { ...below }, tail, chance: tail.atMost(below.stalled) };
  });
  const best = splits.reduce((least, split) => (split.chance < least.chance ? split : least));
  const chance = splits.reduce((sum, { tail }) => sum + tail.attainable(best.chance), 0);
  const above = { delivered: all.delivered - best.below.delivered, stalled: all.stalled - best.below.stalled };
  return { at: best.at, below: best.below, above, chance: Math.min(1, chance) };
}

function sumOf(samples: readonly SizeSample[]): SideCounts {
  return samples.reduce((sum, { delivered, stalled }) => ({ delivered: sum.delivered + delivered, stalled: sum.stalled + stalled }), {
    delivered: 0,
    stalled: 0,
  });
}

/** Rounding of logarithms must not part two probabilities that are equal. */
const ROUNDING = 1 + 1e-6;

/** How many of `stalled` among `all` messages fall among `drawn` of them, when chance decides (hypergeometric). */
class LowerTail {
  readonly #drawn: number;
  readonly #stalled: number;
  readonly #all: number;
  /** ln of the probability of the fewest. */
  readonly #first: number;

  constructor(drawn: number, stalled: number, all: number) {
    this.#drawn = drawn;
    this.#stalled = stalled;
    this.#all = all;
    this.#first = lnChoose(drawn, this.#fewest) + lnChoose(all - drawn, stalled - this.#fewest) - lnChoose(all, stalled);
  }

  /** The probability of `count` or fewer. */
  atMost(count: number): number {
    return this.#sum(count, Number.POSITIVE_INFINITY);
  }

  /** The largest probability of "so many or fewer" that is not above `bound`; 0 where already the fewest is. */
  attainable(bound: number): number {
    return this.#sum(this.#stalled, bound * ROUNDING);
  }

  get #fewest(): number {
    return Math.max(0, this.#stalled - (this.#all - this.#drawn));
  }

  /** Of the probabilities from the fewest to `last`, each from the one before, while their sum is not above `bound`. */
  #sum(last: number, bound: number): number {
    const end = Math.min(last, this.#drawn, this.#stalled);
    let logarithm = this.#first;
    let sum = 0;
    for (let k = this.#fewest; k <= end; k += 1) {
      const term = Math.exp(logarithm);
      if (sum + term > bound) break;
      sum += term;
      logarithm += Math.log(((this.#drawn - k) * (this.#stalled - k)) / ((k + 1) * (this.#all - this.#drawn - this.#stalled + k + 1)));
    }
    return sum;
  }
}
