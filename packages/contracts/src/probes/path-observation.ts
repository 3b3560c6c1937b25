/**
 * What a probe saw of the path, as measured: both directions, the hops between, and what this machine adds. Sizes are bytes;
 * `packet` sizes are whole IP packets, what an MTU is compared with.
 */
import Type, { type Static } from "typebox";
import { Milliseconds, Nullable, OneOf, PacketSize } from "../schema-parts.ts";
import { CONFIDENCES } from "../terms/finding-terms.ts";
import { HOP_ANSWERS, PATH_VERDICTS, RUNG_OUTCOMES } from "../terms/probe-terms.ts";

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
  /** Its place in what this connection sent; absent where it is not known. */
  stream: Type.Optional(
    Type.Object({
      from: Type.Integer({ description: "payload bytes of the connection before it" }),
      to: Type.Integer({ description: "and with it" }),
      lost: Type.Integer({ description: "transmissions with DF set that were lost" }),
    }),
  ),
  /** The largest segment was limited with TCP_MAXSEG on this connection; bytes, or null. */
  clampedMss: Nullable(Type.Integer()),
});
export type Rung = Static<typeof Rung>;

/** How certain a path verdict is, and the counts that it rests on. */
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
