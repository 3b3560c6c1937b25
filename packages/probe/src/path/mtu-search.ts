/**
 * Which packet size to try next. Pure: bounds in, size out.
 *
 * Real links sit on well-known sizes (RFC 1191 §7.1, and what tunnels leave today), so the search goes over those first
 * and over bytes last; a size that passes and is such a plateau is asked for its successor at once.
 */

/** Ascending; bytes of the whole IP packet. */
export const MTU_PLATEAUS: readonly number[] = [
  296, 508, 552, 576, 1006, 1200, 1240, 1280, 1300, 1320, 1340, 1358, 1380, 1390, 1400, 1412, 1420, 1428, 1438, 1440, 1446, 1450, 1454,
  1460, 1464, 1472, 1476, 1480, 1488, 1492, 1500, 2002, 4352, 8950, 9000,
];

/** Smallest packet that is ever tried: a link below it does not carry the internet (RFC 791, RFC 8200 §5). */
export const SMALLEST_PACKET = { 4: 296, 6: 1280 } as const;

export interface MtuBounds {
  /** The largest size that got through, or one below the smallest that may be tried. */
  readonly passed: number;
  /** The smallest size above it that did not. */
  readonly lost: number;
}

/** The size that halves what is left; null when `lost` is the successor of `passed`. */
export function nextSize({ passed, lost }: MtuBounds): number | null {
  if (lost - passed <= 1) return null;
  const plateaus = MTU_PLATEAUS.filter((size) => size > passed && size < lost);
  if (plateaus.length > 0) return middle(plateaus);
  if (MTU_PLATEAUS.includes(passed)) return passed + 1;
  return passed + Math.floor((lost - passed) / 2);
}

/** Trials that the sparing search may take: those that pass cost a round trip, those that are lost a connection. */
const SPARING_TRIALS = 12;

/**
 * The size to try when each further loss costs a connection and only `losses` may still happen: the one with which, in the
 * worst case, the fewest trials are left (the egg-drop problem), with as few losses as a dozen trials allow. Null when
 * `lost` is the successor of `passed` or no loss may happen any more.
 */
export function nextSizeWithLosses({ passed, lost }: MtuBounds, losses: number): number | null {
  const candidates = lost - passed - 1;
  if (candidates < 1 || losses < 1) return null;
  let spared = 1;
  while (spared < losses && reach(SPARING_TRIALS, spared) < candidates) spared += 1;
  let trials = 1;
  while (reach(trials, spared) < candidates) trials += 1;
  // The lower part must be within reach of one loss and one trial less.
  return passed + Math.min(candidates, reach(trials - 1, spared - 1) + 1);
}

/** How many sizes can be distinguished with so many trials of which so many may be lost. */
function reach(trials: number, losses: number): number {
  let sum = 0;
  let binomial = 1;
  for (let i = 1; i <= Math.min(trials, losses); i += 1) {
    binomial = (binomial * (trials - i + 1)) / i;
    sum += binomial;
  }
  return sum;
}

function middle(sizes: readonly number[]): number {
  return sizes[Math.floor(sizes.length / 2)] ?? 0;
}
