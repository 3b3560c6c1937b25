/** A finding's own columns: whoever writes one writes them all. */
import { type Finding, severityRank } from "@mxray/contracts";

export function findingColumns(finding: Finding): { finding: string; title: string; severity_rank: number } {
  return { finding: JSON.stringify(finding), title: finding.title, severity_rank: severityRank(finding.severity) };
}
