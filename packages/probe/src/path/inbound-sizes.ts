/**
 * Which packet size to ask a mail host for next. Pure: bounds in, size out. Every trial costs a connection, whatever becomes
 * of it, so each one halves what is probable: the sizes that real links have are, others less so, and those below what
 * IPv6 carries hardly.
 */
import { MTU_PLATEAUS, type MtuBounds } from "./mtu-search.ts";

const IPV6_LEAST = 1280;

/** How probable it is that a link has this MTU, in no particular unit. */
function weightOf(mtu: number): number {
  const weight = MTU_PLATEAUS.includes(mtu) ? 5 : 1;
  return mtu < IPV6_LEAST ? weight / 10 : weight;
}

/** The size whose fate halves the probability that is left; null when `lost` is the successor of `passed`. */
export function nextInboundSize({ passed, lost }: MtuBounds): number | null {
  if (lost - passed <= 1) return null;
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
