/**
 * Packets that were too big for the path, got lost, and drew no ICMP message. Routers limit how often they send one, and some
 * messages get lost; the next packet may draw one all the same.
 */
import { isLoss, type ObservedRung } from "./observed-rung.ts";
import type { SmallSegments } from "./path-statistics.ts";

/** Bytes of IP and TCP headers. */
const HEADERS = { 4: 40, 6: 60 } as const;

/** @param mtu what the message says, bytes */
export function unreportedLosses(
  rungs: readonly ObservedRung[],
  mtu: number,
  { small, family }: { small: SmallSegments; family: 4 | 6 },
): number {
  const larger = rungs.filter(({ rung }) => rung.size > mtu);
  const lost = larger.filter(({ rung }) => isLoss(rung)).length;
  // On a path that loses packets of any size, what was sent again may have been a piece that fits.
  if (small.lost > 0 || rungs.some(({ rung, losses }) => rung.outcome === "acked" && losses > 0)) return lost;
  const pieces = (size: number) => Math.ceil((size - HEADERS[family]) / (mtu - HEADERS[family]));
  // The message makes the kernel send the packet again in pieces that fit; what it sent again before that drew none.
  const again = larger.filter(({ rung }) => rung.outcome === "resized").map(({ rung, losses }) => losses - pieces(rung.size));
  return lost + again.reduce((sum, more) => sum + Math.max(0, more), 0);
}
