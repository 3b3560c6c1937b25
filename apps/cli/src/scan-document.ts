/** What `mxray scan --json` prints: the worst findings, with each remedy written once, since many peers share one. */
import { LOG_CAPS, type Remedy, type ScanDocument, type ScanSummary } from "@mxray/contracts";

/** @param summary its findings in order, the worst first */
export function scanDocument(summary: ScanSummary): ScanDocument {
  const refs = new Map<string, string>();
  const remedies: Record<string, Remedy> = {};
  const refOf = (remedy: Remedy): string => {
    const text = JSON.stringify(remedy);
    const known = refs.get(text);
    if (known !== undefined) return known;
    const ref = `r${refs.size + 1}`;
    refs.set(text, ref);
    remedies[ref] = remedy;
    return ref;
  };
  const listed = summary.findings.slice(0, LOG_CAPS.findings);
  return {
    ...summary,
    schema: "mxray.scan/2",
    findings: listed.map((finding) => ({ ...finding, remedies: finding.remedies.map((remedy) => ({ ref: refOf(remedy) })) })),
    findingsLeftOut: summary.findings.length - listed.length,
    remedies,
  };
}
