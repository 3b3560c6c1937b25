/** From the chance that something came about by itself to a confidence; the same bounds as for a path verdict. */
import type { Confidence } from "@mxray/contracts";

const PROVEN = 1e-6;
const LIKELY = 1e-3;
const SUSPECTED = 0.05;

/** @returns null where not even a suspicion stands */
export function confidenceOfChance(chance: number): Confidence | null {
  if (chance < PROVEN) return "proven";
  if (chance < LIKELY) return "likely";
  return chance < SUSPECTED ? "suspected" : null;
}

/** The weaker of two. */
export function atMost(confidence: Confidence, most: Confidence): Confidence {
  const order: readonly Confidence[] = ["suspected", "likely", "proven"];
  return order.indexOf(confidence) < order.indexOf(most) ? confidence : most;
}
