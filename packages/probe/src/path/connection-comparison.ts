/**
 * Connections to one mail host, compared: some lose every packet of a size, the others none. A packet counts as lost for its size
 * only where small packets behind it arrived; an outage takes those as well.
 */
import type { Confidence, Rung } from "@mxray/contracts";
import { isLoss } from "./observed-rung.ts";
import { binomialPeak } from "./path-fit.ts";
import { type SmallSegments, upperBound } from "./path-statistics.ts";

/** Of each packet that is lost while small ones behind it arrive: the first, and one more behind those. */
const TRANSMISSIONS = 2;

/** The packets of at least one size, by the connections that carried them. */
export interface ConnectionComparison {
  /** Connections that lost such a packet while small ones behind it arrived, and carried none. */
  readonly lossy: readonly number[];
  /** Connections that carried such packets and lost none. */
  readonly clear: readonly number[];
  readonly lost: number;
  readonly arrived: number;
  /** Of those that arrived, such as were lost at first. */
  readonly late: number;
  /** Connections did not all fare alike, and each one always did. */
  readonly differ: boolean;
}

export function compareConnections(rungs: readonly Rung[], size: number): ConnectionComparison {
  const large = rungs.filter((rung) => rung.unit === "packet" && rung.size >= size && (isLoss(rung) || rung.outcome === "acked"));
  const groups = Map.groupBy(large, ({ connection }) => connection);
  const all = [...groups].map(([connection, own]) => ({
    connection,
    lost: own.filter(isLoss).length,
    alone: own.filter(isLostAlone).length,
    of: own.length,
  }));
  const lossy = all.filter(({ lost, of, alone }) => lost === of && alone > 0).map(({ connection }) => connection);
  const clear = all.filter(({ lost }) => lost === 0).map(({ connection }) => connection);
  const whole = rungs.filter(
    ({ unit, outcome, connection, clampedMss }) =>
      unit === "payload" && outcome === "acked" && clampedMss === null && clear.includes(connection),
  );
  return {
    lossy,
    clear,
    // What such a connection lost of smaller packets speaks against chance as well.
    lost: rungs.filter((rung) => rung.unit === "packet" && isLostAlone(rung) && lossy.includes(rung.connection)).length,
    arrived: all.reduce((sum, { lost, of }) => sum + of - lost, 0) + whole.reduce((sum, rung) => sum + Math.floor(rung.size / size), 0),
    late: large.filter(({ outcome, retransmits }) => outcome === "acked" && retransmits > 0).length,
    differ: lossy.length > 0 && clear.length > 0 && lossy.length + clear.length === all.length,
  };
}

/** Small packets behind it arrived: no outage that takes all packets did that. */
function isLostAlone(rung: Rung): boolean {
  return isLoss(rung) && rung.sacked;
}

/**
 * Chance would hardly take all packets of some connections and none of the others. It is weighed as it takes large packets alone
 * (the fit), and at the rate at which packets of any size are lost; any of the connections could have been those that it takes.
 *
 * @param hole how sure it was before that all large packets are lost: then one that arrives elsewhere is as sure
 * @param small packets that fit, and those of them that were lost
 */
export function comparisonConfidence(
  { lost, arrived, late, lossy, clear }: ConnectionComparison,
  { hole, small }: { hole: Confidence | null; small: SmallSegments },
): Confidence {
  if (hole !== null) return hole;
  const connections = lossy.length + clear.length;
  const choices = choicesOf(connections, lossy.length);
  const fit = Math.exp(-binomialPeak(lost, arrived)) / choices;
  const rate = upperBound(late + small.lost, arrived + small.sent);
  const chance = choices * rate ** (TRANSMISSIONS * lost);
  if (lost >= 3 && fit >= 1000 && chance < 1e-6 && connections >= 3) return "proven";
  return lost >= 2 && fit >= 100 && chance < 1e-3 ? "likely" : "suspected";
}

/** In how many ways so many of `all` can be chosen. */
function choicesOf(all: number, chosen: number): number {
  let ways = 1;
  for (let each = 1; each <= chosen; each += 1) ways = (ways * (all - chosen + each)) / each;
  return ways;
}
