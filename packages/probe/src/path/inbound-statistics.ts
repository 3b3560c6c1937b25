/**
 * How certain a verdict on the way from the host can be. Two kinds of chance compete with a size that never passes, and a
 * verdict has to stand against both.
 *
 * Chance that is blind to size: packets are lost at the highest rate that those which arrived leave possible, large ones and
 * the replies of the dialogue. Each stalled
 * handshake counts as many losses as the host sent its missing segment in vain, a time-out apart, while small packets
 * passed: one burst does not have two of them. Where a handshake stalled for as long at a size that passes, handshakes
 * stall by chance, too, and each stall counts for no more than that.
 *
 * Chance that only large packets meet: no packet that fits tells its rate, so it is taken to be the worst that is still
 * chance. Every full-size segment that the host sent in vain counts, those of one flight as well; a single one that arrives
 * raises the size that passes, and so refutes the verdict.
 */
import type { Confidence } from "@mxray/contracts";
import type { MtuBounds } from "./mtu-search.ts";
import { type SmallSegments, upperBound } from "./path-statistics.ts";

export interface InboundObservation {
  /** The IP packet size that the host was limited to, bytes. */
  readonly packet: number;
  readonly arrived: boolean;
  /** Segments that came while an earlier one was missing. */
  readonly outOfOrder: number;
  /** Of a stall: how often the host sent its missing segment in vain, a time-out apart; null where that cannot be known. */
  readonly losses: number | null;
  /** Of a stall: how often the host sent in vain again all that is missing, and then the first missing segment alone. */
  readonly repeated: { readonly whole: number; readonly first: number };
  /** Of what arrived: full-size segments, and those of them that came late. */
  readonly large: { readonly arrived: number; readonly late: number };
  /** Payload bytes that came in order: of a handshake that arrived, the host's flight. */
  readonly received: number;
  /** Of a stall: full-size segments behind the first one may have arrived without being seen. */
  readonly unseen: boolean;
}

/** Highest probability of the stalls by chance that is blind to size. */
const BLIND = { proven: 1e-6, likely: 1e-3 } as const;
/** Highest probability of the stalls by chance that only large packets meet. */
const LARGE_ONLY = { proven: 1e-3, likely: 1e-2 } as const;
/** A path that loses more large packets than this share is taken for one that carries none. */
const MOST_LARGE_LOST = 0.8;
/** Outages that only large packets meet, half of the time and up to 0.8 s long, cover a whole trial with this probability. */
const TRIAL_IN_OUTAGE = 0.25;
/** Packets of this part of the size that passes, and more, tell at which rate packets of that size are lost by chance. */
const ALIKE = 0.9;

export interface InboundChance {
  /** Probabilities of these stalls, 0 to 1. */
  readonly blind: number;
  readonly largeOnly: number;
  /** Full-size segments that were lost and none of which arrived. */
  readonly lost: number;
  /** The rate at which packets of any size are lost, 0 to 1. */
  readonly lossRate: LossRate;
}

interface LossRate {
  /** What arrived leaves no higher one possible. */
  readonly highest: number;
  readonly probable: number;
}

interface InboundMeans {
  /** Of IP and TCP without options, bytes. */
  readonly headers: number;
  /** Small packets of the host's, and those of them that came late. */
  readonly replies: SmallSegments;
}

export function inboundChance(seen: readonly InboundObservation[], bounds: MtuBounds, { headers, replies }: InboundMeans): InboundChance {
  const stalls = seen.filter(({ packet, arrived }) => !arrived && packet > bounds.passed);
  const lost = stalls.reduce((sum, stall) => sum + lostSegments(stall, fullSegments(seen, stall.packet - headers)), 0);
  const lossRate = lossRateOf(seen, bounds, replies);
  return {
    lossRate,
    blind: blindChance(seen, bounds, lossRate.highest),
    largeOnly: largeOnlyChance(seen, bounds, { stalls: stalls.length, lost }),
    lost,
  };
}

/** @param sure the size that fits and its successor are confirmed */
export function inboundConfidence({ blind, largeOnly }: InboundChance, sure: boolean): Confidence {
  const below = (level: "proven" | "likely") => blind < BLIND[level] && largeOnly < LARGE_ONLY[level];
  if (sure && below("proven")) return "proven";
  return below("likely") ? "likely" : "suspected";
}

/** Large packets that are still to be lost before the verdict is so sure, in a search of so many trials. */
export function lackingLosses({ lost }: InboundChance, level: "proven" | "likely", trials: number): number {
  return Math.max(0, Math.log(LARGE_ONLY[level] / trials) / Math.log(MOST_LARGE_LOST) - lost);
}

/**
 * Transmissions in vain, each a time-out after the one before, that are probably lacking before chance that is blind to size is
 * ruled out: what arrives later brings the highest rate of loss down.
 */
export function lackingBlindLosses({ blind, lossRate: { probable } }: InboundChance): number {
  return blind < BLIND.proven ? 0 : Math.log(BLIND.proven / blind) / Math.log(probable);
}

/** As large packets show it, or all packets, whichever says more: the replies of a slow host say nothing. */
function lossRateOf(seen: readonly InboundObservation[], { passed }: MtuBounds, replies: SmallSegments): LossRate {
  const alike = seen.filter(({ packet, arrived }) => arrived && packet <= passed && packet >= ALIKE * passed);
  const sent = alike.reduce((sum, { large }) => sum + large.arrived, 0);
  const late = alike.reduce((sum, { large }) => sum + Math.min(large.late, large.arrived), 0);
  const all = { sent: sent + replies.sent, lost: late + replies.lost };
  return {
    highest: Math.min(upperBound(late, sent), upperBound(all.lost, all.sent)),
    probable: Math.min((late + 1) / (sent + 2), (all.lost + 1) / (all.sent + 2)),
  };
}

function blindChance(seen: readonly InboundObservation[], { passed }: MtuBounds, lossRate: number): number {
  const fitting = seen.filter(({ packet }) => packet <= passed);
  const chance = seen
    .filter(({ packet, arrived }) => !arrived && packet > passed)
    .reduce((product, { losses }) => {
      const asLong = fitting.filter((fits) => !fits.arrived && (fits.losses ?? Number.POSITIVE_INFINITY) >= (losses ?? 0)).length;
      const stallRate = upperBound(asLong, fitting.length);
      const lost = losses === null ? stallRate : lossRate ** losses;
      return product * (asLong > 0 ? Math.max(stallRate, lost) : lost);
    }, 1);
  // Any of the sizes tried could have become the verdict.
  return Math.min(1, seen.length * chance);
}

function largeOnlyChance(
  seen: readonly InboundObservation[],
  { passed }: MtuBounds,
  { stalls, lost }: { stalls: number; lost: number },
): number {
  // A handshake that stalls at a size that passes shows chance at work.
  const contradicted = 1 + seen.filter(({ packet, arrived }) => !arrived && packet <= passed).length;
  // The first stall is why there is a search at all.
  const outages = contradicted * TRIAL_IN_OUTAGE ** (stalls - 1);
  // Any of the sizes tried could have become the verdict.
  return Math.min(1, Math.max(seen.length * MOST_LARGE_LOST ** lost, outages));
}

/** Full-size segments in the host's flight, as far as it arrived; at least one. @param payload of such a segment, bytes */
export function fullSegments(seen: readonly InboundObservation[], payload: number): number {
  const flights = seen.filter(({ arrived, received }) => arrived && received > 0).map(({ received }) => received);
  return flights.length === 0 ? 1 : Math.max(1, Math.floor(Math.min(...flights) / payload));
}

/** Full-size segments that the host sent in vain: its flight, each time, and more often the first one of it. */
function lostSegments({ losses, outOfOrder, repeated, unseen }: InboundObservation, full: number): number {
  // Later segments that came show that the earlier ones were sent.
  if (losses === null && outOfOrder === 0) return 0;
  return (unseen ? 1 : full) * (1 + repeated.whole) + repeated.first;
}
