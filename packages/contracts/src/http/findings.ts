/** The bodies of `/api/v1/findings`: findings that are kept, with their life. */
import Type, { type Static } from "typebox";
import { AnyFindingCode, Finding, Subject } from "../finding.ts";
import { Nullable, OneOf, Timestamp } from "../schema-parts.ts";
import { CONFIDENCES, FINDING_CHANGES, FINDING_SORTS, FINDING_STATES, SEVERITIES } from "../terms/finding-terms.ts";
import { ProbeSummary } from "./probes.ts";
import { WatchRequest } from "./watches.ts";

/** One address as one vantage sees it. A probe of another address, or from another vantage, does not close it. */
export const FindingSubject = Type.Interface([Subject], {
  vantage: Type.String(),
  lastSeenAt: Timestamp,
  fixedAt: Nullable(Timestamp),
});
export type FindingSubject = Static<typeof FindingSubject>;

/** Another finding, to link to. */
export const FindingReference = Type.Object({ id: Type.String(), code: AnyFindingCode, title: Type.String() });
export type FindingReference = Static<typeof FindingReference>;

export const FindingSummary = Type.Object({
  id: Type.String(),
  state: OneOf(FINDING_STATES),
  code: AnyFindingCode,
  severity: OneOf(SEVERITIES),
  confidence: OneOf(CONFIDENCES),
  subject: Subject,
  subjects: Type.Array(FindingSubject, { description: "all addresses that it is about; `subject` is the first" }),
  title: Type.String(),
  firstSeenAt: Type.String({ description: "RFC 3339 in UTC: when mxray first saw it" }),
  sinceAt: Type.String({ description: "RFC 3339 in UTC: earliest evidence after the last fix, of this finding and all that it absorbs" }),
  lastSeenAt: Timestamp,
  probeId: Nullable(Type.String({ description: "the probe that saw it last; null where only logs show it" })),
  fixedAt: Nullable(Timestamp),
  fixedBy: Nullable(Type.String({ description: "the probe that proved it gone; null where the logs fell silent" })),
  note: Nullable(Type.String({ description: "of the last acknowledgement" })),
  stalled: Type.Optional(
    Type.Integer({
      description: "in lists: how often mail stalled in the last 7 days with the hosts that it is about, in either direction",
    }),
  ),
  /** The finding that explains it, such as a fault on our side: the two are shown as one, and this one is in no list. */
  explainedBy: Nullable(FindingReference),
});
export type FindingSummary = Static<typeof FindingSummary>;

/** Which findings: all of these narrow the list. */
export const FindingQuery = Type.Object({
  /** `standing`: open or acknowledged. */
  state: Type.Optional(OneOf([...FINDING_STATES, "standing"])),
  severity: Type.Optional(OneOf(SEVERITIES)),
  code: Type.Optional(AnyFindingCode),
  /** Those that followed logs show, alone or beside a probe. */
  source: Type.Optional(OneOf(["log"])),
  peer: Type.Optional(Type.String({ maxLength: 255, description: "host name or address" })),
  text: Type.Optional(Type.String({ maxLength: 200, description: "part of title, code, host, address or note, without case" })),
  sort: Type.Optional(OneOf(FINDING_SORTS)),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  cursor: Type.Optional(Type.String({ maxLength: 200, description: "`next` of the page before" })),
  detail: Type.Boolean({ default: false, description: "each with its evidence and remedies" }),
});
export type FindingQuery = Static<typeof FindingQuery>;

export const FindingCounts = Type.Object({
  open: Type.Integer(),
  acknowledged: Type.Integer(),
  dismissed: Type.Integer(),
  fixed: Type.Integer(),
});
export type FindingCounts = Static<typeof FindingCounts>;

export const FindingList = Type.Object({
  findings: Type.Array(Type.Interface([FindingSummary], { finding: Type.Optional(Finding) })),
  next: Nullable(Type.String({ description: "cursor of the next page" })),
  /** How many there are in each state, whatever state was asked for. */
  counts: FindingCounts,
});
export type FindingList = Static<typeof FindingList>;

export const FindingChange = Type.Object({
  at: Timestamp,
  change: OneOf(FINDING_CHANGES),
  /** The probe that showed it or proved it gone; null where logs or a person did. */
  probeId: Nullable(Type.String()),
  note: Nullable(Type.String()),
});
export type FindingChange = Static<typeof FindingChange>;

export const FindingDetail = Type.Interface([FindingSummary], {
  /** As concluded last. */
  finding: Finding,
  /** The oldest first. */
  life: Type.Array(FindingChange),
  /** The newest probes that showed it, the newest first. */
  probes: Type.Array(ProbeSummary),
  /** What it explains: signs in logs, or what a fault on our side makes appear. One with it, and in no list. */
  absorbed: Type.Array(FindingSummary),
  /** What to watch, to see how it goes on; null where nothing can be probed. */
  watch: Nullable(WatchRequest),
});
export type FindingDetail = Static<typeof FindingDetail>;

/** With `acknowledge` and `dismiss`. */
export const FindingNote = Type.Object(
  { note: Type.Optional(Type.String({ maxLength: 2000, description: "who is informed, and what is being done" })) },
  { additionalProperties: false },
);
export type FindingNote = Static<typeof FindingNote>;
