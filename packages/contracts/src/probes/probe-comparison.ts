/** Two probes of one request side by side, as "check the fix" shows them: what became of the findings, and what changed. */
import Type, { type Static } from "typebox";
import { AnyFindingCode, Subject, Verdict } from "../finding.ts";
import { Milliseconds, Nullable, OneOf, PacketSize, Timestamp } from "../schema-parts.ts";
import { CONFIDENCES, FINDING_FATES, SEVERITIES } from "../terms/finding-terms.ts";
import { PATH_VERDICTS, STAGE_OUTCOMES, STAGES } from "../terms/probe-terms.ts";

export const CheckedFinding = Type.Object({
  code: AnyFindingCode,
  severity: OneOf(SEVERITIES),
  confidence: OneOf(CONFIDENCES),
  subject: Subject,
  title: Type.String(),
  fate: OneOf(FINDING_FATES),
  /** Of `unproven`: why the later probe proves nothing, in one sentence. */
  reason: Nullable(Type.String()),
});
export type CheckedFinding = Static<typeof CheckedFinding>;

/** Packets of one size: bytes of the whole IP packet, and whether any arrived and any was lost. */
const ComparedSize = Type.Object({ bytes: PacketSize, arrived: Type.Boolean(), lost: Type.Boolean() });

const ComparedPath = Type.Object({
  verdict: OneOf(PATH_VERDICTS),
  mtu: Nullable(PacketSize),
  confidence: Nullable(OneOf(CONFIDENCES)),
  sizes: Type.Optional(Type.Array(ComparedSize, { description: "ascending; those that were sent of a chosen size" })),
});
export type ComparedPath = Static<typeof ComparedPath>;

/** One mail host as one of the two probes saw it. */
export const ComparedHost = Type.Object({
  verdict: Nullable(Verdict),
  outbound: ComparedPath,
  inbound: ComparedPath,
  stages: Type.Array(Type.Object({ stage: OneOf(STAGES), outcome: OneOf(STAGE_OUTCOMES), ms: Milliseconds })),
});
export type ComparedHost = Static<typeof ComparedHost>;

export const HostComparison = Type.Object({
  name: Nullable(Type.String()),
  address: Type.String(),
  port: Type.Integer(),
  /** Null where that probe did not meet the host. */
  before: Nullable(ComparedHost),
  after: Nullable(ComparedHost),
  /** What is otherwise now, one sentence each. */
  changes: Type.Array(Type.String()),
});
export type HostComparison = Static<typeof HostComparison>;

const ComparedProbe = Type.Object({ startedAt: Timestamp, verdict: Nullable(Verdict) });

export const ProbeComparison = Type.Object({
  before: ComparedProbe,
  after: ComparedProbe,
  /** Those of severity warning and above: the earlier probe's in their order, then what is new. */
  findings: Type.Array(CheckedFinding),
  /** The earlier probe's hosts in their order, then those that only the later one met. */
  hosts: Type.Array(HostComparison),
});
export type ProbeComparison = Static<typeof ProbeComparison>;
