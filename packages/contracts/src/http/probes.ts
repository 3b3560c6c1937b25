/** The bodies of the HTTP API, `/api/v1/*`. */
import Type, { type Static } from "typebox";
import { FindingFix, Verdict } from "../finding.ts";
import { ProbeComparison } from "../probes/probe-comparison.ts";
import { ProbeEvent } from "../probes/probe-event.ts";
import { ProbeReport } from "../probes/probe-report.ts";
import { Nullable, OneOf, Timestamp } from "../schema.ts";
import { PROBE_STATUSES, VANTAGE_NAMES } from "../words.ts";
import { LogSource } from "./logs.ts";
import { Watch } from "./watches.ts";

export const ErrorBody = Type.Object({
  error: Type.Object({ code: Type.String(), message: Type.String(), details: Type.Optional(Type.Unknown()) }),
});
export type ErrorBody = Static<typeof ErrorBody>;

/** What to probe: the box of `/diagnose`. Unknown fields are an error. */
export const ProbeRequest = Type.Object(
  {
    target: Type.String({ minLength: 1, maxLength: 400, description: "domain, host, address, host:port, [IPv6]:port or mail address" }),
    recipient: Type.Optional(Type.String({ maxLength: 320, description: "recipient of the DATA ladder; nothing is delivered" })),
    noMx: Type.Optional(Type.Boolean({ description: "probe a bare name as a host, without an MX look-up" })),
    family: Type.Optional(Type.Union([Type.Literal(4), Type.Literal(6)])),
    allAddresses: Type.Optional(Type.Boolean({ description: "path search on every address" })),
    dataLadder: Type.Optional(Type.Boolean({ description: "false leaves out the envelope and the DATA ladder; default true" })),
    vantage: Type.Optional(OneOf(VANTAGE_NAMES)),
    controls: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 400 }), {
        maxItems: 3,
        description: "mail hosts that have nothing to do with the target, to tell our own trouble from its; default the configured ones",
      }),
    ),
    /** The end-of-data test: really delivers two labelled messages to this recipient. */
    deliverTo: Type.Optional(Type.String({ maxLength: 320 })),
    /** Must repeat `deliverTo`, typed by the person who confirms it. */
    deliverConfirmed: Type.Optional(Type.String({ maxLength: 320 })),
  },
  { additionalProperties: false },
);
export type ProbeRequest = Static<typeof ProbeRequest>;

export const ProbeSummary = Type.Object({
  id: Type.String(),
  target: Type.String(),
  vantage: OneOf(VANTAGE_NAMES),
  status: OneOf(PROBE_STATUSES),
  createdAt: Timestamp,
  startedAt: Nullable(Timestamp),
  finishedAt: Nullable(Timestamp),
  verdict: Nullable(Verdict),
  /** Of status `failed`: what went wrong with us, in one sentence. */
  error: Nullable(Type.String()),
  /** The earlier probe of which this one checks the fix; that one may have been forgotten since. */
  previousId: Nullable(Type.String()),
  /** Whom the end-of-data test writes to, when it was asked for. */
  deliverTo: Nullable(Type.String()),
  /** The watch that asked for it, which may have ended since; null where somebody else did. */
  watchId: Nullable(Type.String()),
});
export type ProbeSummary = Static<typeof ProbeSummary>;

export const ProbeDetail = Type.Interface([ProbeSummary], {
  request: ProbeRequest,
  report: Nullable(ProbeReport),
  /** This probe beside the one of which it checks the fix, once both have a report. */
  comparison: Nullable(ProbeComparison),
  /** Findings of this probe that a later one proved gone. */
  fixes: Type.Array(FindingFix),
  /** What happened so far, while it runs; empty afterwards. */
  events: Type.Array(ProbeEvent),
});
export type ProbeDetail = Static<typeof ProbeDetail>;

export const ProbeList = Type.Object({
  probes: Type.Array(ProbeSummary),
  next: Nullable(Type.String({ description: "cursor of the next page" })),
});
export type ProbeList = Static<typeof ProbeList>;

/** One message of `/api/v1/events` (SSE); `data` is this, `event` its `type`. */
export const LiveEvent = Type.Union([
  /** The first of a connection to everything: what this server is. A page that differs from `page` is from before an upgrade. */
  Type.Object({
    type: Type.Literal("hello"),
    version: Type.String(),
    page: Nullable(Type.String({ description: "changes whenever the page was built anew; null where it is not built" })),
  }),
  /** Every 15 s: who hears nothing has lost the connection. */
  Type.Object({ type: Type.Literal("beat") }),
  Type.Object({ type: Type.Literal("probe"), probe: ProbeSummary }),
  Type.Object({ type: Type.Literal("probe-forgotten"), id: Type.String() }),
  Type.Object({ type: Type.Literal("probe-event"), id: Type.String(), sequence: Type.Integer(), event: ProbeEvent }),
  /** How a followed log stands, at most once a second. */
  Type.Object({ type: Type.Literal("log-source"), source: LogSource }),
  /** Followed logs brought new lines, at most once a second. */
  Type.Object({ type: Type.Literal("logs") }),
  /** Kept findings changed: one was seen, proven gone, acknowledged, opened again or forgotten. */
  Type.Object({ type: Type.Literal("findings") }),
  /** How far an uploaded log was read; `id` is the uploader's. */
  Type.Object({ type: Type.Literal("log-scan"), id: Type.String(), bytes: Type.Integer(), lines: Type.Integer() }),
  /** How a watch stands; null when it has ended. Findings may have changed with it. */
  Type.Object({ type: Type.Literal("watch"), id: Type.String(), watch: Nullable(Watch) }),
  /** Settings were changed: what stands in `/api/v1/settings` holds from now on. */
  Type.Object({ type: Type.Literal("settings") }),
]);
export type LiveEvent = Static<typeof LiveEvent>;

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

/** `GET /api/v1/session`: who is signed in, and what the page needs to know of the server. */
export const SessionInfo = Type.Object({
  version: Type.String(),
  publicUrl: Type.String(),
  loopback: Type.Boolean({ description: "the public URL leads to this machine only" }),
  allowedPorts: Type.Array(Type.Integer()),
  contact: Nullable(Type.String()),
});
export type SessionInfo = Static<typeof SessionInfo>;
