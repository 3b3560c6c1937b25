/** From rungs to a verdict on the outbound path, with the reason in one sentence and the counts that it rests on. */
import type { Confidence, OutboundPath, PathStatistics } from "@mxray/contracts";
import type { MtuBounds } from "./mtu-search.ts";
import { isLoss, type ObservedRung } from "./observed-rung.ts";
import type { PathPrior } from "./path-fit.ts";
import { boundsOf, type PathSearch } from "./path-search.ts";
import { blackHoleSentence, clearSentence, isFallback, lossySentence, reducedSentence, unsureSentence } from "./path-sentences.ts";
import { confidenceOf, isConfirmedSize, pathStatistics, type SmallSegments } from "./path-statistics.ts";
import { unreportedLosses } from "./unreported-losses.ts";

export interface PathFacts extends PathPrior {
  readonly localMtu: number | null;
  readonly cachedMtu: number | null;
  /** Null unless it limits us. */
  readonly peerMss: number | null;
  /** The host's receive window, bytes; null unless a full-size packet does not fit it. */
  readonly peerWindow?: number | null;
  readonly tcpMtuProbing: number | null;
  readonly blind: boolean;
}

/** What the ladders counted beside the rungs. */
interface CountedSegments {
  readonly small: SmallSegments;
  /** Segments of payloads: full-size packets that fit. */
  readonly payload: SmallSegments;
}

/** Segments lost at random from which on a path is called lossy. */
const LOSSY_SEGMENTS = 2;
const LOSSY_RATE = 0.01;
/** A sender in slow start fills queues until they drop: that much loss within a payload is no fault. */
const LOSSY_PAYLOAD_SEGMENTS = 4;
const LOSSY_PAYLOAD_RATE = 0.04;
const ETHERNET_MTU = 1500;
/** `tcp_mtu_probing`: every connection begins with small packets. */
const ALWAYS_PROBING = 2;
const NO_SEGMENTS: SmallSegments = { sent: 0, lost: 0 };

export function notTested(reason: string): OutboundPath {
  return { verdict: "not-tested", mtu: null, confidence: null, rungs: [], reason, statistics: null, cliffAt: null, limitedBy: null };
}

type Base = Pick<OutboundPath, "rungs" | "cliffAt" | "limitedBy" | "release">;

export function pathVerdict(
  search: Pick<PathSearch, "rungs" | "end" | "resizedTo">,
  small: SmallSegments,
  facts: PathFacts,
  payload: SmallSegments = NO_SEGMENTS,
): OutboundPath {
  const base: Base = { rungs: search.rungs.map(({ rung }) => rung), cliffAt: null, limitedBy: null, release: releaseOf(search.rungs) };
  const bounds = boundsOf(search.rungs, facts.family, search.resizedTo);
  const largest = Math.max(0, ...search.rungs.filter(({ rung }) => rung.outcome === "acked").map(({ rung }) => rung.size));
  if (bounds === null) return open(search, { small, payload }, facts, largest, base);

  const counted = search.rungs.filter(({ rung }) => search.resizedTo === null || rung.size <= search.resizedTo);
  const statistics = pathStatistics(counted, bounds.passed, small, facts);
  if (largest === 0) {
    const reason = `No packet of ${bounds.lost} bytes or more arrived; smaller ones were not tried, since no link of today is that small.`;
    return { ...base, verdict: "inconclusive", mtu: null, confidence: null, statistics, reason };
  }
  return hole(counted, bounds, statistics, facts, base);
}

function hole(rungs: readonly ObservedRung[], bounds: MtuBounds, statistics: PathStatistics, facts: PathFacts, base: Base): OutboundPath {
  const { passed } = bounds;
  const adjacent = bounds.lost === passed + 1;
  const apart = isToldApart(rungs, passed);
  const computed = confidenceOf(statistics, adjacent);
  // Time-outs alone prove nothing: they could be the host's. Nor do lost commands: an inspection may drop them.
  const confidence: Confidence | null = computed === "proven" && (facts.blind || !apart) ? "likely" : computed;
  if (confidence === null) {
    const reason = unsureSentence(rungs, bounds, statistics);
    return { ...base, verdict: "lossy", mtu: passed, exact: false, confidence, statistics, reason };
  }
  return {
    ...base,
    verdict: "black-hole",
    mtu: passed,
    exact: adjacent && isConfirmedSize(rungs, passed),
    confidence,
    statistics,
    reason: blackHoleSentence(rungs, bounds, { blind: facts.blind, apart, release: base.release }),
  };
}

/** Something but a long command in clear was lost, or the same command arrived without DF: no inspection of commands does that. */
function isToldApart(rungs: readonly ObservedRung[], mtu: number): boolean {
  return rungs.some(({ rung }) => {
    const lost = isLoss(rung) && rung.size > mtu;
    return lost && (rung.outcome === "released" || rung.ladder !== "noop" || rung.tls);
  });
}

function releaseOf(rungs: readonly ObservedRung[]): NonNullable<OutboundPath["release"]> {
  if (rungs.some(({ rung }) => rung.outcome === "released")) return "helps";
  return rungs.some(({ releaseTried }) => releaseTried === true) ? "no-help" : "not-tried";
}

function open(
  search: Pick<PathSearch, "rungs" | "end" | "resizedTo">,
  counted: CountedSegments,
  facts: PathFacts,
  largest: number,
  base: Base,
): OutboundPath {
  const { rungs, end, resizedTo } = search;
  const statistics = rungs.length === 0 ? null : pathStatistics(rungs, largest, counted.small, facts);
  if (largest === 0) {
    const reason =
      end === "rejected"
        ? "The connection was ended when the first full-size packet was sent, so nothing can be said about the path."
        : "No full-size packet could be sent.";
    return { ...base, verdict: end === "rejected" ? "inconclusive" : "not-tested", mtu: null, confidence: null, statistics, reason };
  }
  if (resizedTo !== null) {
    const unreported = unreportedLosses(rungs, resizedTo, { small: counted.small, family: facts.family });
    const reason = reducedSentence(largest, unreported, facts.family);
    const exact = !isFallback(largest, facts.family);
    return { ...base, verdict: "pmtud-works", mtu: largest, exact, unreported, confidence: "proven", statistics, reason };
  }
  if (isLossy(rungs, counted)) {
    const reason = lossySentence(rungs, counted, largest);
    return { ...base, verdict: "lossy", mtu: largest, confidence: null, statistics, reason };
  }
  if (facts.blind) {
    const reason = "A long command line arrived; into how many packets it was cut cannot be seen on this machine.";
    return { ...base, verdict: "clear", mtu: null, confidence: "likely", statistics, reason };
  }
  if (facts.cachedMtu !== null && largest >= facts.cachedMtu) {
    const reason = `This machine already knew that packets to this address may have ${facts.cachedMtu} bytes at most (learned within the last ten minutes, or set on the route), and packets of that size arrive.`;
    return { ...base, limitedBy: "cached-mtu", verdict: "pmtud-works", mtu: largest, confidence: "likely", statistics, reason };
  }
  const limitedBy = limitOf(largest, facts);
  if (limitedBy === "ladder" && largest < largestToTest(facts)) {
    const reason = `A packet of ${largest} bytes arrived, and no larger one was sent, although the path may have to carry ${largestToTest(facts)} bytes.`;
    return { ...base, limitedBy, verdict: "inconclusive", mtu: largest, confidence: null, statistics, reason };
  }
  const reason = clearSentence(largest, limitedBy, facts);
  return { ...base, limitedBy, verdict: "clear", mtu: largest, confidence: "proven", statistics, reason };
}

function limitOf(largest: number, { peerMss, localMtu, family }: PathFacts): "peer-mss" | "local-mtu" | "ladder" {
  if (peerMss !== null && largest >= peerMss + (family === 4 ? 40 : 60)) return "peer-mss";
  return localMtu !== null && largest >= localMtu ? "local-mtu" : "ladder";
}

/** The packet without which a path is not called clear, bytes; what the peer or a setting of this machine rules out is not asked for. */
function largestToTest({ localMtu, peerWindow, tcpMtuProbing }: PathFacts): number {
  const ruledOut = typeof peerWindow === "number" || tcpMtuProbing === ALWAYS_PROBING;
  return ruledOut ? 0 : Math.min(ETHERNET_MTU, localMtu ?? ETHERNET_MTU);
}

function isLossy(rungs: readonly ObservedRung[], { small, payload }: CountedSegments): boolean {
  const lost = small.lost + rungs.filter(({ rung, losses }) => isLoss(rung) || losses > 0).length;
  if (lost >= LOSSY_SEGMENTS && lost / Math.max(1, small.sent + rungs.length) >= LOSSY_RATE) return true;
  return payload.lost >= LOSSY_PAYLOAD_SEGMENTS && payload.lost / payload.sent >= LOSSY_PAYLOAD_RATE;
}
