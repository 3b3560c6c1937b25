/** Of a ladder, the packets that a small link on the way took: larger than what gets through, and lost with DF set. */
import type { OutboundPath, Rung } from "../probes/path-observation.ts";

export interface LostPackets {
  readonly rungs: readonly Rung[];
  /** Bytes; null where none was lost. */
  readonly smallest: number | null;
  readonly largest: number | null;
}

export function lostPackets({ mtu, rungs }: Pick<OutboundPath, "mtu" | "rungs">): LostPackets {
  const lost = rungs.filter((rung) => isLost(rung) && rung.size > (mtu ?? 0));
  const sizes = lost.map(({ size }) => size);
  return lost.length === 0
    ? { rungs: [], smallest: null, largest: null }
    : { rungs: lost, smallest: Math.min(...sizes), largest: Math.max(...sizes) };
}

/** `1401 to 1500`, or the one size that was tried; null where none was lost. */
export function lostSizesText({ smallest, largest }: LostPackets): string | null {
  return smallest === largest ? (smallest?.toString() ?? null) : `${smallest} to ${largest}`;
}

function isLost({ unit, outcome }: Rung): boolean {
  return unit === "packet" && (outcome === "stalled" || outcome === "released");
}
