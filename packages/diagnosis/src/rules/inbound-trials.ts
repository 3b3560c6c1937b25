/** The TLS handshakes by which the way from a mail host was searched, as evidence. */
import type { InboundPath } from "@mxray/contracts";
import type { EvidenceLog } from "../finding-draft.ts";
import { countText, durationText } from "../number-text.ts";

export function addInboundTrials(evidence: EvidenceLog, { trials }: InboundPath): void {
  const stalled = trials.filter(({ outcome }) => outcome === "stalled");
  const arrived = trials.filter(({ outcome }) => outcome === "arrived");
  evidence.add(
    `${countText(trials.length, "TLS handshake")}, each with another segment size asked for: ${arrived.length} complete, ${stalled.length} without an answer.`,
    { trials: trials.map((trial) => ({ ...trial })) },
  );
  const gaps = stalled.filter(({ outOfOrder }) => outOfOrder > 0).length;
  if (gaps > 0) {
    evidence.add(`In ${countText(gaps, "stalled handshake")} later segments of the host's arrived while an earlier one was missing.`, {
      gaps,
    });
  }
  for (const { mss, outcome, ms } of trials) evidence.add(`${askedText(mss)}: ${OUTCOME_TEXT[outcome](ms)}.`, { mss, outcome });
}

const OUTCOME_TEXT = {
  arrived: (ms: number) => `the certificate arrived in ${durationText(ms)}`,
  stalled: () => "the certificate did not arrive",
  failed: () => "the connection failed",
} as const;

function askedText(mss: number | null): string {
  return `Asked for ${mss === null ? "no limit" : `segments of at most ${mss} bytes`}`;
}
