/** `mxray.scan/2`: a summary as `mxray scan --json` prints it. Each remedy is written once: many peers share one. */
import Type, { type Static } from "typebox";
import { Finding, Remedy } from "../finding.ts";
import { ScanSummary } from "./scan-summary.ts";

/** More findings than anybody reads, and few enough to keep the document small. */
const FINDINGS_LISTED = 200;

export const ScanDocument = Type.Object({
  ...ScanSummary.properties,
  schema: Type.Literal("mxray.scan/2"),
  findings: Type.Array(
    Type.Object({ ...Finding.properties, remedies: Type.Array(Type.Object({ ref: Type.String({ description: "a key of `remedies`" }) })) }),
    { description: `the ${FINDINGS_LISTED} worst` },
  ),
  findingsLeftOut: Type.Integer(),
  remedies: Type.Record(Type.String(), Remedy),
});
export type ScanDocument = Static<typeof ScanDocument>;

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
  const listed = summary.findings.slice(0, FINDINGS_LISTED);
  return {
    ...summary,
    schema: "mxray.scan/2",
    findings: listed.map((finding) => ({ ...finding, remedies: finding.remedies.map((remedy) => ({ ref: refOf(remedy) })) })),
    findingsLeftOut: summary.findings.length - listed.length,
    remedies,
  };
}
