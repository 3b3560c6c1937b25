/** Shorthands for what a diagnosis found. */
import type { Finding, FindingCode, MailHostObservation, ProbeObservation } from "@mxray/contracts";
import { diagnoseProbe } from "../src/index.ts";
import { host, probe } from "./observation.ts";

export function codesOf(observation: ProbeObservation): FindingCode[] {
  return diagnoseProbe(observation).map(({ code }) => code);
}

/** The finding with that code, or a failed test that names what was found instead. */
export function findingOf(observation: ProbeObservation, code: FindingCode): Finding {
  const findings = diagnoseProbe(observation);
  const finding = findings.find((each) => each.code === code);
  if (finding === undefined) throw new Error(`no ${code} among ${findings.map((each) => each.code).join(", ") || "no findings"}`);
  return finding;
}

/** Everything that a finding says to a person. */
export function wordsOf({ title, summary, evidence }: Finding): string {
  return [title, summary, ...evidence.map(({ text }) => text)].join("\n");
}

/** A probe of one host that differs so from a healthy one. */
export function probeOf(other: Partial<MailHostObservation>): ProbeObservation {
  return probe([host(other)]);
}
