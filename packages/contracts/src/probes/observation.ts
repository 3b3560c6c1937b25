/**
 * What a probe saw, as measured: the raw facts that findings are computed from, stored and shown as they are
 * (`mxray.probe/1` without its findings). Sizes are bytes; `packet` sizes are whole IP packets, what an MTU is compared with.
 */
import Type, { type Static } from "typebox";
import { Milliseconds, Nullable, OneOf, PacketSize, Timestamp } from "../schema-parts.ts";
import { CONFIDENCES } from "../terms/finding-terms.ts";
import {
  CONNECTION_PURPOSES,
  END_OF_DATA_OUTCOMES,
  GREETING_MASKS,
  HOP_ANSWERS,
  LOOKUP_FAILURES,
  PATH_VERDICTS,
  RESOLUTION_KINDS,
  RUNG_OUTCOMES,
  STAGE_CAUSES,
  STAGE_OUTCOMES,
  STAGES,
} from "../terms/probe-terms.ts";

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

export const Rung = Type.Object({
  connection: Type.Integer({ description: "counts from 1 within the mail host" }),
  size: Type.Integer({ description: "bytes: of the IP packet, or of the message body" }),
  unit: OneOf(["packet", "payload"]),
  /** `hello`: a TLS ClientHello. */
  ladder: OneOf(["noop", "data", "hello"]),
  outcome: OneOf(RUNG_OUTCOMES),
  ms: Milliseconds,
  retransmits: Type.Integer({ description: "segments that the kernel sent again during this rung" }),
  /** Milliseconds since the probe began. */
  at: Milliseconds,
  /** The small segment that followed was selectively acknowledged while this one was not. */
  sacked: Type.Boolean(),
  /** Sent inside TLS. */
  tls: Type.Boolean(),
  /** The largest segment was limited with TCP_MAXSEG on this connection; bytes, or null. */
  clampedMss: Nullable(Type.Integer()),
});
export type Rung = Static<typeof Rung>;

/** How sure a path verdict is, and the counts that it rests on. */
export const PathStatistics = Type.Object({
  /** Large packets (above `mtu`) that were lost with DF set. */
  lossesAbove: Type.Integer(),
  /** Distinct rungs of `mtu` or less that were acknowledged between two losses. */
  acksBetween: Type.Integer(),
  /** Large packets that were lost with DF and arrived without it, on the same connection. */
  releases: Type.Integer(),
  /** Small segments, by which random loss is measured. */
  smallSent: Type.Integer(),
  smallLost: Type.Integer(),
  /** Upper bound (95 %) of the random loss rate, 0 to 1. */
  lossUpperBound: Type.Number(),
  /** Probability of the losses if there were only random loss at that rate. Retransmissions of one packet are not independent. */
  chance: Type.Number(),
  /** Large packets that fit (`mtu` bytes), and those of them that were lost at first: loss is measured for large packets too. */
  largeSent: Type.Optional(Type.Integer()),
  largeLost: Type.Optional(Type.Integer()),
  /** How many times better "size decides" explains all that was seen than "chance decides, at whatever rate". */
  fit: Type.Optional(Type.Number()),
});
export type PathStatistics = Static<typeof PathStatistics>;

/** A link that is smaller than those before it. */
export const NarrowLink = Type.Object({
  mtu: PacketSize,
  /** TTLs of the hops at its ends; 0 is this machine. */
  between: Type.Tuple([Type.Integer(), Type.Integer()]),
  /** Whether packets too big for it drew the ICMP message that says so. */
  icmp: OneOf(["came", "at-times", "never"]),
});
export type NarrowLink = Static<typeof NarrowLink>;

export const OutboundPath = Type.Object({
  verdict: OneOf(PATH_VERDICTS),
  mtu: Nullable(PacketSize),
  confidence: Nullable(OneOf(CONFIDENCES)),
  rungs: Type.Array(Rung),
  /** How we know, in one sentence. */
  reason: Type.String(),
  statistics: Nullable(PathStatistics),
  /** The cliff (payload bytes) of verdict `cliff`. */
  cliffAt: Nullable(Type.Integer()),
  /** How a cliff stops: the peer keeps its receive window closed, or what was sent is not acknowledged. Null without a cliff. */
  cliffStop: Type.Optional(Nullable(OneOf(["window-closed", "unacknowledged"]))),
  /** What limits a clear path: our own interface, the peer's MSS, or nothing that was reached. */
  limitedBy: Nullable(OneOf(["local-mtu", "peer-mss", "cached-mtu", "ladder"])),
  /** Whether `mtu` is exact; false: a lower bound, so many bytes pass. Absent where nothing limits the path, and from older observations. */
  exact: Type.Optional(Type.Boolean()),
  /** Of `pmtud-works`: packets larger than `mtu` that got lost and drew no ICMP message. Absent from older observations. */
  unreported: Type.Optional(Type.Integer()),
  /** What became of lost packets that were sent again without DF. */
  release: Type.Optional(OneOf(["helps", "no-help", "not-tried"])),
  /** Of a black hole, in order from us; the last is where it loses packets. Absent where hops were not searched. */
  narrow: Type.Optional(Type.Array(NarrowLink)),
});
export type OutboundPath = Static<typeof OutboundPath>;

export const InboundPath = Type.Object({
  verdict: OneOf(PATH_VERDICTS),
  mtu: Nullable(PacketSize),
  confidence: Nullable(OneOf(CONFIDENCES)),
  /** Whether `mtu` is exact; false: a lower bound, so many bytes pass. Absent where nothing limits the path, and from older observations. */
  exact: Type.Optional(Type.Boolean()),
  clampedMss: Nullable(Type.Integer({ description: "bytes; the largest MSS we advertised with which the peer's large reply arrived" })),
  reason: Type.String(),
  /** One entry per connection of the search: the MSS we advertised, and whether the large reply came. */
  trials: Type.Array(
    Type.Object({
      mss: Nullable(Type.Integer()),
      outcome: OneOf(["arrived", "stalled", "failed"]),
      ms: Milliseconds,
      outOfOrder: Type.Integer(),
    }),
  ),
});
export type InboundPath = Static<typeof InboundPath>;

export const AutonomousSystem = Type.Object({ number: Type.Integer(), name: Type.String() });
export type AutonomousSystem = Static<typeof AutonomousSystem>;

export const HopOwner = Type.Object({
  ttl: Type.Integer(),
  address: Nullable(Type.String()),
  name: Nullable(Type.String()),
  as: Nullable(AutonomousSystem),
});
export type HopOwner = Static<typeof HopOwner>;

export const Hop = Type.Object({
  ttl: Type.Integer(),
  address: Nullable(Type.String()),
  /** All addresses that answered at this TTL (load-balanced paths have several). */
  addresses: Type.Array(Type.String()),
  small: OneOf(HOP_ANSWERS),
  large: OneOf(HOP_ANSWERS),
  largeMtu: Nullable(PacketSize),
  ms: Nullable(Milliseconds),
  name: Nullable(Type.String()),
  as: Nullable(AutonomousSystem),
  /** UDP pairs, or TCP SYN with rising TTL where UDP drew nothing. */
  method: OneOf(["udp", "tcp-syn"]),
  /** This answer came from the mail host itself. */
  final: Type.Boolean(),
});
export type Hop = Static<typeof Hop>;

/** What this machine's kernel says of itself; null where it could not be read. */
export const KernelFacts = Type.Object({
  /** TCP_INFO and its relatives are readable here. */
  available: Type.Boolean(),
  /** Why not, when not. */
  reason: Nullable(Type.String()),
  tcpMtuProbing: Nullable(Type.Integer({ minimum: 0, maximum: 2 })),
  ipNoPmtuDisc: Nullable(Type.Integer({ minimum: 0, maximum: 3 })),
  timestamps: Nullable(Type.Boolean()),
  sack: Nullable(Type.Boolean()),
});
export type KernelFacts = Static<typeof KernelFacts>;

/** Long commands are lost where other bytes in packets of the same size arrive. */
export const CommandInspection = Type.Object({
  confidence: OneOf(CONFIDENCES),
  /** Bytes of the IP packet that held the shortest command that was lost. */
  size: PacketSize,
  /** Commands that were lost. */
  lost: Type.Integer(),
  /** Packets of that size or more that held message data or TLS and arrived. */
  arrived: Type.Integer(),
  /** What became of such a command sent in small segments; null where it was not tried. */
  inPieces: Nullable(OneOf(["arrived", "lost"])),
});
export type CommandInspection = Static<typeof CommandInspection>;

/** Routers send connections different ways, and only some of those ways lose large packets. */
export const PathDifference = Type.Object({
  confidence: OneOf(CONFIDENCES),
  /** Connections that were compared, and those of them whose large packets were lost. */
  connections: Type.Integer(),
  lossy: Type.Integer(),
  /** The largest packet that gets through on the lossy ones; null where it was not searched for. */
  mtu: Nullable(PacketSize),
});
export type PathDifference = Static<typeof PathDifference>;

/** The receive window that the mail host offers. */
export const PeerWindow = Type.Object({
  /** Both sides agreed on window scaling (RFC 7323), as far as this machine saw. */
  scaling: Type.Boolean(),
  /** Bytes, when EHLO was answered. */
  bytes: Type.Integer(),
  /** Milliseconds for which message data waited for it; null where not measured. */
  waitedMs: Nullable(Milliseconds),
});
export type PeerWindow = Static<typeof PeerWindow>;

export const PathObservation = Type.Object({
  localMtu: Nullable(PacketSize),
  cachedMtu: Nullable(PacketSize),
  mss: Type.Object({ ours: Nullable(Type.Integer()), peer: Nullable(Type.Integer()) }),
  kernel: KernelFacts,
  outbound: OutboundPath,
  /** Absent from older observations. */
  commandInspection: Type.Optional(Nullable(CommandInspection)),
  window: Type.Optional(Nullable(PeerWindow)),
  differs: Type.Optional(Nullable(PathDifference)),
  inbound: InboundPath,
  lostBetween: Nullable(Type.Tuple([HopOwner, HopOwner])),
  hops: Type.Array(Hop),
  /** Frag-needed did come back to our UDP probes while TCP hung: from whom and which MTU it named. */
  fragNeededFrom: Nullable(Type.Object({ address: Type.String(), mtu: Nullable(PacketSize) })),
  /** The TTL at which SYNs to the mail port end, when connecting failed and the trace could tell. */
  portBlockedAt: Nullable(HopOwner),
});
export type PathObservation = Static<typeof PathObservation>;

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
