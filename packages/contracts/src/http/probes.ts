/** The bodies of the HTTP API, `/api/v1/*`. */
import Type, { type Static } from "typebox";
import { FindingFix, Verdict } from "../finding.ts";
import { ProbeComparison } from "../probes/probe-comparison.ts";
import { ProbeEvent } from "../probes/probe-event.ts";
import { ProbeReport } from "../probes/probe-report.ts";
import { VantageComparison } from "../probes/vantage-comparison.ts";
import { Milliseconds, Nullable, OneOf, PacketSize, Timestamp } from "../schema-parts.ts";
import { PROBE_STATUSES } from "../terms/probe-terms.ts";
import { VantageName } from "./vantages.ts";

/** What to probe: the box of `/diagnose`. Unknown fields are an error. */
export const ProbeRequest = Type.Object(
  {
    target: Type.String({ minLength: 1, maxLength: 400, description: "domain, host, address, host:port, [IPv6]:port or mail address" }),
    recipient: Type.Optional(Type.String({ maxLength: 320, description: "recipient of the DATA ladder; nothing is delivered" })),
    noMx: Type.Optional(Type.Boolean({ description: "probe a bare name as a host, without an MX look-up" })),
    family: Type.Optional(Type.Union([Type.Literal(4), Type.Literal(6)])),
    allAddresses: Type.Optional(Type.Boolean({ description: "path search on every address" })),
    dataLadder: Type.Optional(Type.Boolean({ description: "false leaves out the envelope and the DATA ladder; default true" })),
    vantage: Type.Optional(VantageName),
    vantages: Type.Optional(
      Type.Array(VantageName, {
        minItems: 2,
        maxItems: 8,
        uniqueItems: true,
        description: "probe from all of these at once and compare the results; `vantage` has no effect then",
      }),
    ),
    controls: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 400 }), {
        maxItems: 3,
        description:
          "mail hosts unrelated to the target, to distinguish a fault on our side from one on its side; default the configured ones",
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
  vantage: VantageName,
  practice: Type.Boolean({ description: "made in a practice lab, for learning; it says nothing about real mail" }),
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
  /** The same for probes that were asked for together, from several vantages; null for every other. */
  groupId: Nullable(Type.String()),
});
export type ProbeSummary = Static<typeof ProbeSummary>;

/** What a round of a watch measured of one mail host, in short. */
export const RoundMeasures = Type.Object({
  outboundMtu: Nullable(PacketSize),
  inboundMtu: Nullable(PacketSize),
  stagesMs: Type.Array(Milliseconds, { description: "in the order of the report's stages, three digits each" }),
  connections: Type.Integer(),
  rungs: Type.Integer(),
});
export type RoundMeasures = Static<typeof RoundMeasures>;

/** A round that changed nothing: its report is that of the round which it repeats. */
export const UnchangedRound = Type.Object({
  sameAs: Nullable(Type.String({ description: "the round that has the measurements; null where it was deleted since" })),
  sameAt: Nullable(Timestamp),
  hosts: Type.Array(RoundMeasures, { description: "in the order of the report's hosts" }),
});
export type UnchangedRound = Static<typeof UnchangedRound>;

export const ProbeDetail = Type.Interface([ProbeSummary], {
  request: ProbeRequest,
  report: Nullable(ProbeReport),
  /** Of a round that changed nothing; null for every other probe. */
  unchanged: Nullable(UnchangedRound),
  /** This probe beside the one of which it checks the fix, once both have a report. */
  comparison: Nullable(ProbeComparison),
  /** The probes of its group side by side; null for a probe from one vantage. */
  vantages: Nullable(VantageComparison),
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
