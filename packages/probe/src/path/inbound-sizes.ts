/**
 * Which packet size to ask a mail host for next. Pure: bounds in, size out. Every trial costs a connection, whatever becomes
 * of it, so each one halves what is probable: the sizes that real links have are, others less so, and those below what
 * IPv6 carries hardly. Stalls are what the certainty of a verdict rests on, so no size may need many trials that arrive.
 */
import { MTU_PLATEAUS, type MtuBounds } from "./mtu-search.ts";

const IPV6_LEAST = 1280;
/** Trials that are kept to confirm what was found. */
const CONFIRMATION = 1;
/** Trials that arrive between the first one, if that stalls, and the MTU. */
const FEW_ARRIVALS = 4;

/** How probable it is that a link has this MTU, in no particular unit. */
function weightOf(mtu: number): number {
  const weight = MTU_PLATEAUS.includes(mtu) ? 5 : 1;
  return mtu < IPV6_LEAST ? weight / 10 : weight;
}

/**
 * The size to ask for first. If it stalls, the next trial shows whether the least of IPv6 arrives, and the rest have to
 * find the MTU between the two.
 *
 * @param bounds the smallest size that is worth a trial, and one that stalled
 * @param trials that are left
 */
export function firstInboundSize({ passed, lost }: MtuBounds, trials: number): number {
  const most = IPV6_LEAST + distinguishable(trials - 2 - CONFIRMATION, FEW_ARRIVALS);
  return lost - passed <= 1 ? passed : Math.min(most, halvingSize({ passed, lost }));
}

/**
 * The size whose fate halves the probability that is left, as far as the trials allow; null when `lost` is the successor
 * of `passed`.
 *
 * @param trials that are left
 */
export function nextInboundSize({ passed, lost }: MtuBounds, trials: number): number | null {
  if (lost - passed <= 1) return null;
  const { least, most } = stallingMtus(lost - passed, trials - CONFIRMATION);
  return Math.max(passed + least, Math.min(passed + most, halvingSize({ passed, lost })));
}

/** How many of the trials that are left stall at least, if the sizes are chosen as here. */
export function leastStalls({ passed, lost }: MtuBounds, trials: number): number {
  if (lost - passed <= 1) return trials;
  return Math.max(1, trials - fewestArrivals(lost - passed, trials - CONFIRMATION));
}

function halvingSize({ passed, lost }: MtuBounds): number {
  // The MTU is one of passed … lost - 1; a packet of `size` arrives if the MTU is `size` or more.
  let total = 0;
  for (let mtu = passed; mtu < lost; mtu += 1) total += weightOf(mtu);
  let below = 0;
  for (let size = passed + 1; size < lost; size += 1) {
    const step = weightOf(size - 1);
    // The last size that leaves less than half below it, unless the next one is nearer to the half.
    if (below + step >= total / 2) return total / 2 - below < below + step - total / 2 && size - 1 > passed ? size - 1 : size;
    below += step;
  }
  return lost - 1;
}

/**
 * How many of so many MTUs may stall at the next size, if each of them is to be found with as few trials that arrive as
 * the number of trials allows.
 */
function stallingMtus(mtus: number, trials: number): { readonly least: number; readonly most: number } {
  const arrivals = fewestArrivals(mtus, trials);
  // Too many to be told apart: half of them each.
  if (distinguishable(trials, arrivals) < mtus) return { least: 1, most: mtus - 1 };
  return {
    least: Math.max(1, mtus - distinguishable(trials - 1, arrivals - 1)),
    most: Math.min(mtus - 1, distinguishable(trials - 1, arrivals)),
  };
}

/** Trials that have to arrive at most, if so many are to tell apart so many MTUs; all of them where they cannot. */
function fewestArrivals(mtus: number, trials: number): number {
  let arrivals = 0;
  while (arrivals < trials && distinguishable(trials, arrivals) < mtus) arrivals += 1;
  return arrivals;
}

/** How many MTUs so many trials can tell apart of which at most `arrivals` arrive: the sum of the binomial coefficients. */
function distinguishable(trials: number, arrivals: number): number {
  let sum = 0;
  let ways = 1;
  for (let each = 0; each <= Math.min(arrivals, trials); each += 1) {
    sum += ways;
    ways = (ways * (trials - each)) / (each + 1);
  }
  return sum;
}
