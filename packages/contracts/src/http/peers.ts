/** The bodies of `/api/v1/peers`: the other ends of mail, as logs and probes know them. */
import Type, { type Static } from "typebox";
import { AnyFindingCode, Verdict } from "../finding.ts";
import { StageResult, TranscriptLine } from "../probes/observation.ts";
import { InboundPath, OutboundPath } from "../probes/path-observation.ts";
import { Milliseconds, Nullable, OneOf, PacketSize, Timestamp } from "../schema-parts.ts";
import { CONFIDENCES, FINDING_STATES, SEVERITIES } from "../terms/finding-terms.ts";
import { PEER_SORTS, PEER_TROUBLES } from "../terms/peer-terms.ts";
import { PATH_VERDICTS } from "../terms/probe-terms.ts";
import { FindingSummary } from "./findings.ts";

/** Of the last `PEER_MAIL_DAYS` days. */
const PeerMail = Type.Object({ delivered: Type.Integer(), deferred: Type.Integer(), stalled: Type.Integer() });
export type PeerMail = Static<typeof PeerMail>;

export const PeerSummary = Type.Object({
  peer: Type.String({ description: "by what it is called here: its name, else its address" }),
  addresses: Type.Array(Type.String(), { description: "the first few" }),
  addressCount: Type.Integer(),
  /** The worst finding that is not fixed; one that somebody has taken note of comes after one that nobody has. */
  trouble: Nullable(
    Type.Object({
      findingId: Type.String(),
      state: OneOf(FINDING_STATES),
      code: AnyFindingCode,
      severity: OneOf(SEVERITIES),
      confidence: OneOf(CONFIDENCES),
      title: Type.String(),
      sinceAt: Timestamp,
    }),
  ),
  troubleCount: Type.Integer({ description: "findings that are not fixed" }),
  /** The way to it, as it was measured last. */
  path: Nullable(Type.Object({ mtu: PacketSize, verdict: OneOf(PATH_VERDICTS), probeId: Type.String(), at: Timestamp })),
  outbound: PeerMail,
  inbound: PeerMail,
  loggedAt: Nullable(Type.String({ description: "last mention in a log, by the minute; by the hour or the day for older times" })),
  probedAt: Nullable(Timestamp),
});
export type PeerSummary = Static<typeof PeerSummary>;

/** Which peers: all of these narrow the list. */
export const PeerQuery = Type.Object({
  text: Type.Optional(Type.String({ maxLength: 200, description: "part of a name or an address, without case" })),
  trouble: Type.Optional(OneOf(PEER_TROUBLES)),
  code: Type.Optional(AnyFindingCode),
  sort: Type.Optional(OneOf(PEER_SORTS)),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
  cursor: Type.Optional(Type.String({ maxLength: 400, description: "`next` of the page before" })),
});
export type PeerQuery = Static<typeof PeerQuery>;

export const PeerCounts = Type.Object({
  some: Type.Integer(),
  none: Type.Integer(),
  bots: Type.Integer({ description: "clients that delivered nothing and behave as only bots do" }),
});
export type PeerCounts = Static<typeof PeerCounts>;

export const PeerList = Type.Object({
  peers: Type.Array(PeerSummary),
  next: Nullable(Type.String({ description: "cursor of the next page" })),
  /** How many have some trouble, how many none, and how many are bots, whichever were asked for. */
  counts: PeerCounts,
});
export type PeerList = Static<typeof PeerList>;

/** What one probe saw of the peer at one of its addresses. */
export const PeerProbe = Type.Object({
  probeId: Type.String(),
  target: Type.String(),
  at: Timestamp,
  address: Type.String(),
  port: Type.Integer(),
  /** The worst that was found of this peer; null where nothing was, though something may be wrong with others. */
  verdict: Nullable(Verdict),
  stages: Type.Array(Type.Object({ ...Type.Pick(StageResult, ["stage", "outcome"]).properties, ms: Milliseconds })),
  outbound: Type.Pick(OutboundPath, ["verdict", "mtu"]),
  inbound: Type.Pick(InboundPath, ["verdict", "mtu"]),
});
export type PeerProbe = Static<typeof PeerProbe>;

export const PeerDetail = Type.Object({
  /** As in the list. */
  peer: Type.String(),
  names: Type.Array(Type.String()),
  addresses: Type.Array(Type.String()),
  /** Those that are not fixed first, then by harm. */
  findings: Type.Array(FindingSummary),
  /** The newest first; none of the practice lab. */
  probes: Type.Array(PeerProbe),
  /** Of the newest of these probes. */
  transcripts: Type.Array(
    Type.Object({ probeId: Type.String(), address: Type.String(), port: Type.Integer(), lines: Type.Array(TranscriptLine) }),
  ),
});
export type PeerDetail = Static<typeof PeerDetail>;
