/**
 * Message sizes of one peer as points: what was delivered and what stalled. Deliveries from before the first stall say nothing
 * about the fault, so they are points of their own. Pure.
 */
import { type LogPeer, sizeClassBounds } from "@mxray/contracts";

export type SizeOutcome = "delivered" | "stalled" | "before";

export interface SizePoint {
  /** Bytes: where it is drawn, and the bounds of its class. */
  readonly size: number;
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly outcome: SizeOutcome;
}

export function sizePoints({ sizes, firstStalled }: Pick<LogPeer, "sizes" | "firstStalled">): SizePoint[] {
  return sizes.flatMap(({ class: sizeClass, sent, sentSince, stalled }) => {
    const { from, to } = sizeClassBounds(sizeClass);
    const since = firstStalled === null ? sent : sentSince;
    const counts = { delivered: since, before: sent - since, stalled };
    return (Object.entries(counts) as [SizeOutcome, number][])
      .filter(([, count]) => count > 0)
      .map(([outcome, count]) => ({ from, to, size: Math.round((from + to) / 2), count, outcome }));
  });
}
