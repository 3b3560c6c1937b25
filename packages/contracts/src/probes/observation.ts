/**
 * What a probe saw, as measured: the raw facts that findings are computed from, stored and shown as they are
 * (`mxray.probe/1` without its findings). Sizes are bytes; `packet` sizes are whole IP packets, what an MTU is compared with.
 */
import Type, { type Static } from "typebox";
import { Milliseconds, Nullable, OneOf, PacketSize, Timestamp } from "../schema-parts.ts";
import {
  CONNECTION_PURPOSES,
  END_OF_DATA_OUTCOMES,
  GREETING_MASKS,
  LOOKUP_FAILURES,
  PATH_VERDICTS,
  RESOLUTION_KINDS,
  STAGE_CAUSES,
  STAGE_OUTCOMES,
  STAGES,
} from "../terms/probe-terms.ts";
import { BothEnds } from "./both-ends.ts";
import { HopOwner, PathObservation } from "./path-observation.ts";

export const MxRecord = Type.Object({ preference: Type.Integer(), exchange: Type.String() });
export type MxRecord = Static<typeof MxRecord>;

export const Resolution = Type.Object({
  kind: OneOf(RESOLUTION_KINDS),
  records: Type.Array(MxRecord),
  error: Nullable(Type.String()),
  /** Machine-readable form of `error`. */
  failure: Nullable(OneOf(LOOKUP_FAILURES)),
  /** Names among the MX records that have no address, each with what the DNS said. */
  unresolved: Type.Array(Type.Object({ exchange: Type.String(), failure: OneOf(LOOKUP_FAILURES) })),
});
export type Resolution = Static<typeof Resolution>;

export const Reply = Type.Object({
  code: Type.Integer({ description: "SMTP reply code, 200 to 599" }),
  /** RFC 3463, such as `4.7.1`. */
  enhanced: Nullable(Type.String()),
  /** All lines, printable, joined by line feeds. */
  text: Type.String(),
});
export type Reply = Static<typeof Reply>;

export const StageResult = Type.Object({
  stage: OneOf(STAGES),
  outcome: OneOf(STAGE_OUTCOMES),
  ms: Milliseconds,
  reason: Nullable(Type.String({ description: "one sentence for a person; null when ok and nothing is to say" })),
  cause: Nullable(OneOf(STAGE_CAUSES)),
  reply: Nullable(Reply),
  /** Connections on which the stage ended like this; absent where it was tried once. */
  attempts: Type.Optional(Type.Integer({ minimum: 1 })),
});
export type StageResult = Static<typeof StageResult>;

export const Greeting = Type.Object({ text: Nullable(Type.String()), mask: OneOf(GREETING_MASKS) });
export type Greeting = Static<typeof Greeting>;

export const Ehlo = Type.Object({
  keywords: Type.Array(Type.String()),
  masked: Type.Array(Type.String()),
  refused: Type.Boolean(),
  /** The server was spoken to with HELO after it refused EHLO. */
  helo: Type.Boolean(),
});
export type Ehlo = Static<typeof Ehlo>;

export const Certificate = Type.Object({
  subject: Type.String(),
  issuer: Type.String(),
  names: Type.Array(Type.String()),
  notBefore: Type.String(),
  notAfter: Type.String(),
  fingerprint256: Type.String(),
  /** Bytes of the whole chain as sent (DER). */
  chainBytes: Type.Integer(),
});
export type Certificate = Static<typeof Certificate>;

export const Tls = Type.Object({
  offered: Type.Boolean({ description: "STARTTLS among the EHLO keywords, in clear letters" }),
  /** STARTTLS was sent although it was not (legibly) offered, and this came back. */
  attempted: Type.Boolean(),
  protocol: Nullable(Type.String()),
  cipher: Nullable(Type.String()),
  /** Null when the chain verifies for the host's name; a fact, not a policy. */
  authorizationError: Nullable(Type.String()),
  certificate: Nullable(Certificate),
  handshakeMs: Nullable(Milliseconds),
});
export type Tls = Static<typeof Tls>;

export const EndOfData = Type.Object({
  whole: OneOf(END_OF_DATA_OUTCOMES),
  split: OneOf(END_OF_DATA_OUTCOMES),
  recipient: Nullable(Type.String()),
  messageIds: Type.Array(Type.String()),
});
export type EndOfData = Static<typeof EndOfData>;

export const TranscriptLine = Type.Object({
  at: Milliseconds,
  dir: OneOf(["<", ">", "*"]),
  text: Type.String(),
  connection: Type.Integer(),
});
export type TranscriptLine = Static<typeof TranscriptLine>;

export const CONNECTION_ENDS = ["quit", "reset", "closed-by-peer", "timeout"] as const;

/** One connection to a mail host, made or attempted. */
export const ConnectionRecord = Type.Object({
  /** Counts from 1 within the host, as in the transcript. */
  n: Type.Integer(),
  local: Nullable(Type.String({ description: "address:port of this machine; null when no connection was established" })),
  remote: Type.String({ description: "address:port of the mail host" }),
  startedAt: Timestamp,
  endedAt: Timestamp,
  /** `timeout`: nobody answered, or the probe's time was up. */
  end: OneOf(CONNECTION_ENDS),
  /** Payload bytes that arrived here in order, as this machine's kernel counted them; absent where it was not asked. */
  received: Type.Optional(Type.Integer()),
});
export type ConnectionRecord = Static<typeof ConnectionRecord>;

export const MailHostObservation = Type.Object({
  name: Nullable(Type.String()),
  address: Type.String(),
  family: Type.Union([Type.Literal(4), Type.Literal(6)]),
  port: Type.Integer(),
  preference: Nullable(Type.Integer()),
  stages: Type.Array(StageResult),
  greeting: Greeting,
  ehlo: Ehlo,
  tls: Nullable(Tls),
  path: PathObservation,
  endOfData: EndOfData,
  transcript: Type.Array(TranscriptLine),
  /** In the order in which they ended; absent from observations of before this was recorded. */
  connections: Type.Optional(Type.Array(ConnectionRecord)),
  /** What further connections would have been for: one probe opens only so many. Absent from older observations. */
  leftOut: Type.Optional(Type.Array(OneOf(CONNECTION_PURPOSES))),
  /** Where an agent runs on the mail host's machine and saw the connections. */
  bothEnds: Type.Optional(BothEnds),
});
export type MailHostObservation = Static<typeof MailHostObservation>;

export const Vantage = Type.Object({
  name: Type.String(),
  host: Type.String(),
  version: Type.String(),
  /** True in a practice lab: what is seen there says nothing about real mail. */
  practice: Type.Optional(Type.Boolean()),
});
export type Vantage = Static<typeof Vantage>;

/** A control host, unrelated to the target, probed up to EHLO to tell our own trouble from the target's. */
export const ControlResult = Type.Object({
  host: Type.String(),
  address: Nullable(Type.String()),
  stage: OneOf(STAGES),
  outcome: OneOf(STAGE_OUTCOMES),
  cause: Nullable(OneOf(STAGE_CAUSES)),
  ms: Milliseconds,
  outbound: Nullable(Type.Object({ verdict: OneOf(PATH_VERDICTS), mtu: Nullable(PacketSize) })),
  /** The TTL at which SYNs to the control's mail port end, when connecting to it failed. */
  blockedAt: Nullable(HopOwner),
});
export type ControlResult = Static<typeof ControlResult>;

/** Whether the DNS has a record; `unknown` where it did not say. */
const Presence = OneOf(["present", "absent", "unknown"]);

export const MtaStsPolicy = Type.Object({
  /** The TXT record `_mta-sts`. */
  record: Presence,
  /** Of the policy that is served by https; null where none was read. */
  mode: Nullable(OneOf(["enforce", "testing", "none"])),
  /** Names of mail hosts that the policy allows; `*.` stands for one label. */
  mx: Type.Array(Type.String()),
  /** Why the policy, or the record, is not known. */
  reason: Nullable(Type.String()),
});
export type MtaStsPolicy = Static<typeof MtaStsPolicy>;

/** TLSA records of one mail host's port. DNSSEC is not validated. */
export const TlsaDemand = Type.Object({ host: Type.String(), record: Presence });
export type TlsaDemand = Static<typeof TlsaDemand>;

/** What the domain demands of senders about TLS (RFC 7672, RFC 8461). */
export const TlsDemand = Type.Object({
  /** Null where the target is no domain. */
  mtaSts: Nullable(MtaStsPolicy),
  tlsa: Type.Array(TlsaDemand),
});
export type TlsDemand = Static<typeof TlsDemand>;

export const ProbeObservation = Type.Object({
  schema: Type.Literal("mxray.probe/1"),
  target: Type.String(),
  vantage: Vantage,
  startedAt: Timestamp,
  durationMs: Milliseconds,
  resolution: Resolution,
  hosts: Type.Array(MailHostObservation),
  controls: Type.Array(ControlResult),
  /** Looked up where STARTTLS is missing or failed; absent otherwise. */
  tlsDemand: Type.Optional(TlsDemand),
  /** Why the probe ended early, or null. */
  ended: Nullable(OneOf(["deadline", "cancelled"])),
});
export type ProbeObservation = Static<typeof ProbeObservation>;
