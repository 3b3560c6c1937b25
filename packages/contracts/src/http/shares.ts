/** Shared diagnoses: links that show one probe to a reader without account. */
import Type, { type Static } from "typebox";
import { ProbeComparison } from "../probes/probe-comparison.ts";
import { ProbeReport } from "../probes/probe-report.ts";
import { Nullable, Timestamp } from "../schema-parts.ts";
import { LinkMaker } from "./given-link.ts";

export const ShareRequest = Type.Object(
  {
    probeId: Type.String(),
    /** Days until the link stops working. */
    expiresInDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 365, default: 30 })),
    /** A word to the reader. */
    note: Type.Optional(Type.String({ maxLength: 2000 })),
    /** Keep the recipient and internal host names, which are taken out otherwise. */
    includePrivate: Type.Optional(Type.Boolean({ default: false })),
  },
  { additionalProperties: false },
);
export type ShareRequest = Static<typeof ShareRequest>;

export const ShareSummary = Type.Object({
  id: Type.String(),
  probeId: Type.String(),
  target: Type.String(),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  revokedAt: Nullable(Timestamp),
  lastOpenedAt: Nullable(Timestamp),
  opened: Type.Integer(),
  /** Null where it was made before that was noted. */
  madeBy: Nullable(LinkMaker),
});
export type ShareSummary = Static<typeof ShareSummary>;

/** Told once, when the share is made: the token is kept only as a hash. */
export const ShareCreated = Type.Interface([ShareSummary], {
  token: Type.String(),
  url: Type.String(),
  /** The link leads to this machine only. */
  loopback: Type.Boolean(),
});
export type ShareCreated = Static<typeof ShareCreated>;

export const ShareList = Type.Object({ shares: Type.Array(ShareSummary) });
export type ShareList = Static<typeof ShareList>;

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
});
export type SharedDiagnosis = Static<typeof SharedDiagnosis>;
