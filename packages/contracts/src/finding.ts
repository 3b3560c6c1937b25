/** What mxray concluded: a finding with its evidence and what to do about it. */
import Type, { type Static } from "typebox";
import { Nullable, OneOf, Timestamp } from "./schema-parts.ts";
import { AUDIENCES, CONFIDENCES, FINDING_CODES, type FindingCode, REMEDY_KINDS, SEVERITIES } from "./terms/finding-terms.ts";

export const Evidence = Type.Object({
  at: Timestamp,
  source: OneOf(["probe", "log", "host"]),
  text: Type.String(),
  data: Type.Record(Type.String(), Type.Unknown()),
});
export type Evidence = Static<typeof Evidence>;

export const Remedy = Type.Object({
  id: Type.String({ description: "stable, such as linux-mtu-probing" }),
  kind: OneOf(REMEDY_KINDS),
  audience: OneOf(AUDIENCES),
  platform: Type.String({ description: "linux, postfix, cisco-asa, …" }),
  title: Type.String(),
  steps: Type.String({ description: "text to paste" }),
  undo: Type.String(),
  check: Type.String(),
  reference: Type.String(),
  /** What else it changes; empty when nothing is known. */
  sideEffects: Type.String(),
});
export type Remedy = Static<typeof Remedy>;

export const AnyFindingCode = OneOf([...FINDING_CODES] as [FindingCode, ...FindingCode[]]);

export const Subject = Type.Object({ host: Nullable(Type.String()), address: Nullable(Type.String()), port: Nullable(Type.Integer()) });
export type Subject = Static<typeof Subject>;

export const Finding = Type.Object({
  code: AnyFindingCode,
  severity: OneOf(SEVERITIES),
  confidence: OneOf(CONFIDENCES),
  subject: Subject,
  title: Type.String(),
  summary: Type.String(),
  absorbs: Type.Array(AnyFindingCode),
  /** Earliest evidence after the last fix, of the finding and of all that it absorbs. */
  since: Timestamp,
  /** When mxray first saw it. */
  firstSeen: Timestamp,
  subjects: Type.Array(Subject, { minItems: 1, description: "all addresses that it is about; `subject` is the first" }),
  evidence: Type.Array(Evidence),
  remedies: Type.Array(Remedy),
  /** The block list that a rejection names. */
  list: Type.Optional(Type.String()),
  /** The finding that accounts for this one, where a fault of our own does. */
  explainedBy: Type.Optional(AnyFindingCode),
});
export type Finding = Static<typeof Finding>;

/** The worst finding of a probe, for lists. */
export const Verdict = Type.Object({
  code: AnyFindingCode,
  severity: OneOf(SEVERITIES),
  confidence: OneOf(CONFIDENCES),
  title: Type.String(),
});
export type Verdict = Static<typeof Verdict>;

/** A finding that a later probe proved gone. */
export const FindingFix = Type.Object({
  code: AnyFindingCode,
  subject: Subject,
  at: Timestamp,
  probeId: Type.String({ description: "the probe that proved it" }),
});
export type FindingFix = Static<typeof FindingFix>;
