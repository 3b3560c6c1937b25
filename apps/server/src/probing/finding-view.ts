/** A kept finding as lists show it. */
import type { FindingSummary } from "@mxray/contracts";
import type { ListedFinding } from "@mxray/store";

export function findingSummaryOf({ finding, subjects, ...stored }: ListedFinding): FindingSummary {
  const { code, severity, confidence, title } = finding;
  return { ...stored, subjects: [...subjects], code, severity, confidence, title };
}
