/** The TLS handshakes by which the way from a mail host was searched, as evidence. */
import type { InboundPath } from "@mxray/contracts";
import type { EvidenceLog } from "../finding-draft.ts";
import { countText, listText } from "../number-text.ts";

export function addInboundTrials(evidence: EvidenceLog, { trials }: InboundPath): void {
  const stalled = trials.filter(({ outcome }) => outcome === "stalled");
  const arrived = trials.filter(({ outcome }) => outcome === "arrived");
  evidence.add(
    `${countText(trials.length, "TLS handshake")} with various limits for the host's segments: ${arrived.length} completed, ${stalled.length} got no answer.`,
    { trials: trials.map((trial) => ({ ...trial })) },
  );
  const gaps = stalled.filter(({ outOfOrder }) => outOfOrder > 0).length;
  if (gaps > 0) {
    evidence.add(`In ${countText(gaps, "stalled handshake")} later segments of the host's arrived while an earlier one was missing.`, {
      gaps,
    });
  }
  for (const outcome of ["arrived", "stalled", "failed"] as const) {
    const same = trials.filter((trial) => trial.outcome === outcome);
    if (same.length > 0) evidence.add(`${OUTCOME_TEXT[outcome]} ${limitsText(same)}.`, { outcome, mss: same.map(({ mss }) => mss) });
  }
}

const OUTCOME_TEXT = {
  arrived: "The certificate arrived",
  stalled: "The certificate did not arrive",
  failed: "The connection failed",
} as const;

/** `segments of at most 1361 (twice) and 1404 bytes, and without a limit`. */
function limitsText(trials: InboundPath["trials"]): string {
  const limits = Map.groupBy(trials, ({ mss }) => mss);
  const sizes = [...limits.keys()].filter((mss) => mss !== null).toSorted((a, b) => a - b);
  const texts = sizes.map((mss) => `${mss}${timesText(limits.get(mss)?.length ?? 1)}`);
  const limited = texts.length === 0 ? [] : [`with segments of at most ${listText(texts)} bytes`];
  const free = limits.get(null)?.length;
  return [...limited, ...(free === undefined ? [] : [`without a limit${timesText(free)}`])].join(", and ");
}

function timesText(count: number): string {
  if (count < 2) return "";
  return count === 2 ? " (twice)" : ` (${count} times)`;
}
