/** A report of a target that shares a fault on our side has the finding, and a mark on what it explains. */
import { FINDING_CODES, type Finding, type ProbeReport } from "@mxray/contracts";
import { domainVerdictOf } from "../domain-verdict.ts";
import { compareFindings } from "../finding-order.ts";
import { ourSideOf } from "./our-side.ts";
import { sideWitnessOf } from "./side-witness.ts";

/** Several targets probed by one command: the same reports, each with the fault that it shares with others. */
export function findOurSide(reports: readonly ProbeReport[]): ProbeReport[] {
  const at = Math.min(...reports.map(({ startedAt }) => Date.parse(startedAt)));
  // One command is one time: a target that works speaks for all of it.
  const witnesses = reports.map((report) => sideWitnessOf(report, report.findings, at));
  const ours = ourSideOf(witnesses);
  if (ours === null) return [...reports];
  return reports.map((report, index) =>
    ours.witnesses.some((one) => one === witnesses[index]) ? withOurSide(report, ours.finding, ours.explains) : report,
  );
}

/** @param explains whether it accounts for a finding of the report */
export function withOurSide(report: ProbeReport, ours: Finding, explains: (finding: Finding) => boolean): ProbeReport {
  const marked = report.findings.map((finding): Finding => (explains(finding) ? { ...finding, explainedBy: "our-side" } : finding));
  const explained = new Set(marked.filter(({ explainedBy }) => explainedBy !== undefined).map(({ code }) => code));
  const finding = { ...ours, absorbs: FINDING_CODES.filter((code) => explained.has(code)) };
  const findings = [finding, ...marked].sort(compareFindings);
  return { ...report, findings, domain: domainVerdictOf(report, findings) };
}
