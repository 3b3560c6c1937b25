/**
 * Connections to one mail host, compared: some lose every packet of a size, the others none. A packet counts as lost for its size
 * only where small packets behind it arrived; an outage takes those as well.
 */
import type { Confidence, Rung } from "@mxray/contracts";
import { isLoss } from "./observed-rung.ts";
import { binomialPeak } from "./path-fit.ts";

/** The packets of at least one size, by the connections that carried them. */
export interface ConnectionComparison {
  /** Connections that lost such a packet while small ones behind it arrived, and carried none. */
  readonly lossy: readonly number[];
  /** Connections that carried such packets and lost none. */
  readonly clear: readonly number[];
  readonly lost: number;
  readonly arrived: number;
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
    differ: lossy.length > 0 && clear.length > 0 && lossy.length + clear.length === all.length,
  };
}

/** Small packets behind it arrived: no outage that takes all packets did that. */
function isLostAlone(rung: Rung): boolean {
  return isLoss(rung) && rung.sacked;
}

/**
 * Chance would hardly take all packets of some connections and none of the others.
 *
 * @param hole how sure it was before that all large packets are lost: then one that arrives elsewhere is as sure
 */
export function comparisonConfidence({ lost, arrived, lossy, clear }: ConnectionComparison, hole: Confidence | null): Confidence {
  if (hole !== null) return hole;
  const fit = Math.exp(-binomialPeak(lost, arrived));
  if (lost >= 3 && fit >= 1000 && lossy.length + clear.length >= 3) return "proven";
  return lost >= 2 && fit >= 100 ? "likely" : "suspected";
}
