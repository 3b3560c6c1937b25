/** Whether a mail host said that it wants no probes: 421 (RFC 5321 §3.8) or 554 (§3.1). */
import type { ProbeObservation } from "@mxray/contracts";

const UNWELCOME = new Set([421, 554]);

export function isUnwelcome({ hosts }: ProbeObservation): boolean {
  return hosts.some(({ stages }) => stages.some(({ reply }) => reply !== null && UNWELCOME.has(reply.code)));
}
