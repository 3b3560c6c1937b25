/** A kept finding as lists show it. */
import type { FindingSummary } from "@mxray/contracts";
import type { StoredFinding } from "@mxray/store";

export function findingSummaryOf({ finding, ...stored }: StoredFinding): FindingSummary {
  const { code, severity, confidence, title } = finding;
  return { ...stored, code, severity, confidence, title };
}
