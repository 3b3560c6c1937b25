/**
 * How sure a verdict on the way from the host can be. The question is the same as for the way to it: how probable is all
 * that was seen if packets were lost by chance alone, at the highest rate that the packets which arrived leave possible?
 *
 * A handshake that stalls is as many losses as the host has sent its missing segment in vain, and at the rate of large
 * packets: those of about the size that passes, since a path may lose large ones more often. Where a handshake stalled at a
 * size that passes, handshakes stall by chance, too, and each stall counts for no more than that.
 */
import type { Confidence } from "@mxray/contracts";
import type { MtuBounds } from "./mtu-search.ts";
import { upperBound } from "./path-statistics.ts";

export interface InboundObservation {
  /** The IP packet size that the host was limited to, bytes. */
  readonly packet: number;
  readonly arrived: boolean;
  /** Of a stall: how often the host sent its missing segment in vain; null where that cannot be known. */
  readonly losses: number | null;
  /** Of what arrived: full-size segments, and those of them that came late. */
  readonly large: { readonly arrived: number; readonly late: number };
}

const PROVEN = 1e-6;
const LIKELY = 1e-3;
/** Packets of this part of the size that passes, and more, tell at which rate packets of that size are lost by chance. */
const ALIKE = 0.9;

/** Probability, 0 to 1, of these stalls by chance alone. */
export function inboundChance(seen: readonly InboundObservation[], { passed }: MtuBounds): number {
  const fitting = seen.filter(({ packet }) => packet <= passed);
  const stallRate = upperBound(fitting.filter(({ arrived }) => !arrived).length, fitting.length);
  const alike = fitting.filter(({ packet, arrived }) => arrived && packet >= ALIKE * passed);
  const sent = alike.reduce((sum, { large }) => sum + large.arrived, 0);
  const late = alike.reduce((sum, { large }) => sum + Math.min(large.late, large.arrived), 0);
  const lossRate = upperBound(late, sent);
  const leastChance = fitting.some(({ arrived }) => !arrived) ? stallRate : 0;
  const chance = seen
    .filter(({ packet, arrived }) => !arrived && packet > passed)
    .reduce((product, { losses }) => product * (losses === null ? stallRate : Math.max(leastChance, lossRate ** losses)), 1);
  // Any of the sizes tried could have become the verdict.
  return Math.min(1, seen.length * chance);
}

/** @param sure the size that fits and its successor are confirmed */
export function inboundConfidence(chance: number, sure: boolean): Confidence {
  if (sure && chance < PROVEN) return "proven";
  return chance < LIKELY ? "likely" : "suspected";
}
