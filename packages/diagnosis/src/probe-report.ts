/** An observation with all that is concluded from it. Pure: an improved rule can be run again over old observations. */
import type { ProbeObservation, ProbeReport } from "@mxray/contracts";
import { diagnoseProbe } from "./diagnose-probe.ts";
import { domainVerdictOf } from "./domain-verdict.ts";

export function probeReportOf(observation: ProbeObservation): ProbeReport {
  const findings = diagnoseProbe(observation);
  return { ...observation, findings, domain: domainVerdictOf(observation, findings) };
}
