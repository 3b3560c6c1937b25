/**
 * Whether transfers that stopped can have been stopped by chance: every transmission in vain is one loss, at the highest rate
 * that all other segments of the path leave possible. A window that the host keeps closed is no loss, so chance has no part.
 */

import { type SmallSegments, upperBound } from "./path-statistics.ts";
import type { Cliff } from "./payload-ladder.ts";

/** @param small segments beside the transfers. @returns the probability that chance stops them all, 0 to 1 */
export function cliffChance(stops: readonly Cliff[], small: SmallSegments): number {
  if (stops.some(({ windowClosed }) => windowClosed)) return 0;
  const all = [small, ...stops.map(({ before }) => before)];
  const sent = all.reduce((sum, segments) => sum + segments.sent, 0);
  const lost = all.reduce((sum, segments) => sum + segments.lost, 0);
  const vain = stops.reduce((sum, stop) => sum + stop.vain, 0);
  return upperBound(lost, sent) ** vain;
}
