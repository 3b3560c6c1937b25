/** Several targets probed by one command: the fault that they share is said in each document concerned, and marked on what it explains. */
import { FINDING_CODES, type Finding, type ProbeReport } from "@mxray/contracts";
import { domainVerdictOf } from "../domain-verdict.ts";
import { compareFindings } from "../finding-order.ts";
import { type OurSide, ourSideOf } from "./our-side.ts";
import { sideWitnessOf } from "./side-witness.ts";

/** The same reports; those that share a fault of ours have the finding first, and a mark on what it explains. */
export function findOurSide(reports: readonly ProbeReport[]): ProbeReport[] {
  const at = Math.min(...reports.map(({ startedAt }) => Date.parse(startedAt)));
  // One command is one time: a target that works speaks for all of it.
  const witnesses = reports.map((report) => sideWitnessOf(report, report.findings, at));
  const ours = ourSideOf(witnesses);
  if (ours === null) return [...reports];
  return reports.map((report, index) => (ours.witnesses.some((one) => one === witnesses[index]) ? withOurSide(report, ours) : report));
}

function withOurSide(report: ProbeReport, ours: OurSide): ProbeReport {
  const marked = report.findings.map(
    (finding): Finding => (ours.explains(finding, report.target) ? { ...finding, explainedBy: "our-side" } : finding),
  );
  const explained = new Set(marked.filter(({ explainedBy }) => explainedBy !== undefined).map(({ code }) => code));
  const finding = { ...ours.finding, absorbs: FINDING_CODES.filter((code) => explained.has(code)) };
  const findings = [finding, ...marked].sort(compareFindings);
  return { ...report, findings, domain: domainVerdictOf(report, findings) };
}
