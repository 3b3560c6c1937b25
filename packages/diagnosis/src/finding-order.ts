/** The order in which findings are shown and from which the worst is taken. */
import { CONFIDENCES, FINDING_CODES, type Finding, severityRank } from "@mxray/contracts";

/** Information that limits what was tested and says nothing bad: behind `healthy`, which is otherwise last. */
const LAST: ReadonlySet<string> = new Set(["envelope-refused", "rate-limited"]);

/** The worst first: by severity, then by the contract's order of codes, then the surer one. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) ||
    rank(a) - rank(b) ||
    CONFIDENCES.indexOf(a.confidence) - CONFIDENCES.indexOf(b.confidence)
  );
}

function rank({ code }: Finding): number {
  const place = FINDING_CODES.indexOf(code);
  return LAST.has(code) ? place + FINDING_CODES.length : place;
}
