/** Shared diagnoses: what a link to one shows. */
import Type, { type Static } from "typebox";
import { ProbeComparison } from "../probes/probe-comparison.ts";
import { ProbeReport } from "../probes/probe-report.ts";
import { VantageComparison } from "../probes/vantage-comparison.ts";
import { Nullable, Timestamp } from "../schema-parts.ts";

/** What a reader without account gets: `/d/<token>.json`, and the data inlined in the page. */
export const SharedDiagnosis = Type.Object({
  schema: Type.Literal("mxray.diagnosis/1"),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  note: Nullable(Type.String()),
  /** True where mail addresses and internal names were taken out. */
  redacted: Type.Boolean(),
  report: ProbeReport,
  /** Where the shared probe checks the fix of an earlier one. */
  comparison: Nullable(ProbeComparison),
  /** Where the target was probed from several vantages. */
  vantages: Nullable(VantageComparison),
});
export type SharedDiagnosis = Static<typeof SharedDiagnosis>;
