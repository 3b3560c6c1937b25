/** From rungs to a verdict on the outbound path, with the reason in one sentence and the counts that it rests on. */
import type { OutboundPath } from "@mxray/contracts";
import { boundsOf, type PathSearch } from "./path-search.ts";
import { confidenceOf, isLoss, type ObservedRung, pathStatistics, type SmallSegments, upperBound } from "./path-statistics.ts";

export interface PathFacts {
  readonly family: 4 | 6;
  readonly localMtu: number | null;
  readonly cachedMtu: number | null;
  /** Null unless it limits us. */
  readonly peerMss: number | null;
  readonly tcpMtuProbing: number | null;
  readonly blind: boolean;
}

/** Segments lost at random from which on a path is called lossy. */
const LOSSY_SEGMENTS = 2;
const LOSSY_RATE = 0.01;

export function notTested(reason: string): OutboundPath {
  return { verdict: "not-tested", mtu: null, confidence: null, rungs: [], reason, statistics: null, cliffAt: null, limitedBy: null };
}

export function pathVerdict(search: PathSearch, small: SmallSegments, facts: PathFacts): OutboundPath {
  const base = { rungs: search.rungs.map(({ rung }) => rung), cliffAt: null, limitedBy: null };
  const bounds = boundsOf(search.rungs, facts.family);
  const largest = Math.max(0, ...search.rungs.filter(({ rung }) => rung.outcome === "acked").map(({ rung }) => rung.size));

  if (bounds === null) return open(search, small, facts, largest, base);

  const statistics = pathStatistics(search.rungs, bounds.passed, small);
  if (largest === 0) {
    return {
      ...base,
      verdict: "inconclusive",
      mtu: null,
      confidence: null,
      statistics,
      reason: `No packet of ${bounds.lost} bytes or more arrived; smaller ones were not tried, since no link of today is that small.`,
    };
  }
  const exact = bounds.lost === bounds.passed + 1;
  const computed = confidenceOf(statistics, exact);
  // Time-outs alone prove nothing: they could be the host's.
  const confidence = facts.blind && computed === "proven" ? "likely" : computed;
  if (confidence === null) {
    return { ...base, verdict: "lossy", mtu: largest, confidence: null, statistics, reason: lossySentence(small, search.rungs) };
  }
  return {
    ...base,
    verdict: "black-hole",
    mtu: bounds.passed,
    confidence,
    statistics,
    reason: blackHoleSentence(search.rungs, bounds.passed, bounds.lost, facts.blind),
  };
}

function open(
  search: PathSearch,
  small: SmallSegments,
  facts: PathFacts,
  largest: number,
  base: Pick<OutboundPath, "rungs" | "cliffAt" | "limitedBy">,
): OutboundPath {
  const statistics = search.rungs.length === 0 ? null : pathStatistics(search.rungs, largest, small);
  if (largest === 0) {
    const reason =
      search.end === "rejected"
        ? "The connection was ended when the first full-size packet was sent, so nothing can be said about the path."
        : "No full-size packet could be sent.";
    return { ...base, verdict: search.end === "rejected" ? "inconclusive" : "not-tested", mtu: null, confidence: null, statistics, reason };
  }
  const oversizedLost = search.rungs.filter(({ rung }) => isLoss(rung)).length;
  if (
    small.lost + oversizedLost >= LOSSY_SEGMENTS &&
    (small.lost + oversizedLost) / Math.max(1, small.sent + search.rungs.length) >= LOSSY_RATE
  ) {
    return { ...base, verdict: "lossy", mtu: largest, confidence: null, statistics, reason: lossySentence(small, search.rungs) };
  }
  if (facts.blind) {
    const reason = "A long command line arrived; into how many packets it was cut cannot be seen on this machine.";
    return { ...base, verdict: "clear", mtu: null, confidence: "likely", statistics, reason };
  }
  if (search.resized) {
    return {
      ...base,
      verdict: "pmtud-works",
      mtu: largest,
      confidence: "proven",
      statistics,
      reason: `A router said that packets may have ${largest} bytes at most, this machine obeyed, and they arrive.`,
    };
  }
  if (facts.cachedMtu !== null && largest >= facts.cachedMtu) {
    return {
      ...base,
      limitedBy: "cached-mtu",
      verdict: "pmtud-works",
      mtu: largest,
      confidence: "likely",
      statistics,
      reason: `This machine already knew that packets to this address may have ${facts.cachedMtu} bytes at most (learned within the last ten minutes, or set on the route), and packets of that size arrive.`,
    };
  }
  const limitedBy =
    facts.peerMss !== null && largest >= facts.peerMss + (facts.family === 4 ? 40 : 60)
      ? "peer-mss"
      : facts.localMtu !== null && largest >= facts.localMtu
        ? "local-mtu"
        : "ladder";
  const why =
    limitedBy === "peer-mss"
      ? `, the largest that the host's own MSS of ${facts.peerMss} bytes allows`
      : limitedBy === "local-mtu"
        ? ", the largest that this machine's interface allows"
        : facts.tcpMtuProbing === 2
          ? ", the largest that this machine sends while its tcp_mtu_probing is 2"
          : "";
  return {
    ...base,
    limitedBy,
    verdict: "clear",
    mtu: largest,
    confidence: "proven",
    statistics,
    reason: `A packet of ${largest} bytes arrived${why}.`,
  };
}

function lossySentence(small: SmallSegments, rungs: readonly ObservedRung[]): string {
  const lost = small.lost + rungs.filter(({ rung }) => isLoss(rung)).length;
  const bound = Math.round(upperBound(small.lost, small.sent) * 100);
  return `Packets get lost whatever their size (${lost} of ${small.sent + rungs.length}; at most ${bound} % of the small ones), so size is not the cause.`;
}

function blackHoleSentence(rungs: readonly ObservedRung[], passed: number, lost: number, blind: boolean): string {
  const released = rungs.some(({ rung }) => rung.outcome === "released" && rung.size > passed);
  const sizes =
    lost === passed + 1
      ? `Packets of ${passed} bytes arrive and of ${lost} bytes vanish`
      : `Packets of ${passed} bytes arrive, of ${lost} bytes vanish`;
  const how = blind
    ? " (told by time-outs alone, since this machine's kernel does not tell more)"
    : released
      ? ", every time; sent again without the DF bit, the same bytes arrive on the same connection"
      : ", every time, while small packets behind them arrive";
  return `${sizes}${how}.`;
}
