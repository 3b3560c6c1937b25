/** `mxray.scan/2`: a summary as `mxray scan --json` prints it. Each remedy is written once: many peers share one. */
import Type, { type Static } from "typebox";
import { Finding, Remedy } from "../finding.ts";
import { LOG_CAPS } from "./log-caps.ts";
import { ScanSummary } from "./scan-summary.ts";

export const ScanDocument = Type.Object({
  ...ScanSummary.properties,
  schema: Type.Literal("mxray.scan/2"),
  findings: Type.Array(
    Type.Object({ ...Finding.properties, remedies: Type.Array(Type.Object({ ref: Type.String({ description: "a key of `remedies`" }) })) }),
    { description: `the ${LOG_CAPS.findings} worst` },
  ),
  findingsLeftOut: Type.Integer(),
  remedies: Type.Record(Type.String(), Remedy),
});
export type ScanDocument = Static<typeof ScanDocument>;
