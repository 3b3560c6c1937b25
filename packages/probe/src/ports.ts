/**
 * Where the probe's algorithms meet the operating system. Each port is small enough to be played by a script in a test
 * and by the kernel in `node/`. Nothing here throws for what a peer or a network does: every outcome is a value.
 */
import type { Certificate, ConnectionRecord, FarConnection, LookupFailure, MxRecord } from "@mxray/contracts";

export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** The time of day, RFC 3339 in UTC with microseconds. */
  timestamp(): string;
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What the kernel knows of one TCP connection (`struct tcp_info`, linux/tcp.h). Sizes in bytes, counts in segments, times in ms. */
export interface TcpFacts {
  readonly options: { readonly timestamps: boolean; readonly sack: boolean; readonly windowScaling: boolean };
  /** Payload bytes of the largest segment that the kernel would send now. */
  readonly sendMss: number;
  /** Payload bytes of the largest segment seen from the peer, an estimate. */
  readonly receiveMss: number;
  /** Whether that includes segments that came out of order. */
  readonly measuresUnordered: boolean;
  /** The kernel's idea of the path MTU. */
  readonly pathMtu: number;
  readonly unacked: number;
  readonly sacked: number;
  /** Retransmitted segments since the connection began. */
  readonly retransmits: number;
  /** Retransmissions that turned out to be needless (the peer reported duplicates). */
  readonly duplicates: number;
  /** Retransmission timeouts since the last acknowledgement of new data. */
  readonly timeouts: number;
  readonly backoff: number;
  readonly rttMs: number;
  readonly minRttMs: number;
  readonly rtoMs: number;
  readonly bytesAcked: number;
  readonly bytesReceived: number;
  /** Bytes written but not yet sent at all. */
  readonly unsent: number;
  /** Bytes sent, retransmissions included; null on kernels that do not tell. */
  readonly bytesSent: number | null;
  /** Segments received out of order: something before them is missing. Null on kernels that do not tell. */
  readonly outOfOrder: number | null;
  /** The peer's receive window in bytes; null on kernels that do not tell. */
  readonly sendWindow: number | null;
  /** Time for which sending waited for the peer's window; null on kernels that do not tell. */
  readonly windowLimitedMs: number | null;
}

export type ReadEvent =
  | { readonly kind: "data"; readonly bytes: Uint8Array }
  | { readonly kind: "closed" }
  | { readonly kind: "reset" }
  | { readonly kind: "timeout" }
  | { readonly kind: "aborted" };

export type TlsOutcome =
  | {
      readonly ok: true;
      readonly protocol: string;
      readonly cipher: string;
      readonly authorizationError: string | null;
      readonly certificate: Certificate | null;
    }
  | { readonly ok: false; readonly cause: "timeout" | "closed" | "reset" | "tls" | "aborted"; readonly reason: string };

export type ConnectionEnd = ConnectionRecord["end"];

/** One TCP connection. After `reset` or `close` nothing is read or written any more. */
export interface Connection {
  readonly family: 4 | 6;
  readonly localAddress: string;
  readonly localPort: number;
  /** TCP_MAXSEG that was set before connecting, bytes; null when none was. */
  readonly clampedMss: number | null;
  /**
   * Hands bytes to the kernel in one write of their own: what fits one segment leaves as one. Resolves when the kernel has
   * them all (never, while its buffer is full) or the connection is gone.
   */
  write(bytes: Uint8Array): Promise<void>;
  /** Writes each as a segment of its own, one right behind the other: in clear the last leaves before the first can be acknowledged. */
  writeSegments(segments: readonly Uint8Array[]): Promise<void>;
  /** The next bytes from the peer, its end, or a time-out. */
  read(timeoutMs: number, signal?: AbortSignal): Promise<ReadEvent>;
  /** What has arrived or happened without waiting; null when nothing. */
  peek(): ReadEvent["kind"] | null;
  /** Null where the kernel does not report it (not Linux) or the connection is gone. */
  facts(): TcpFacts | null;
  /** What `facts` said last before this machine ended the connection; null where it said nothing. */
  lastFacts?(): TcpFacts | null;
  /** Whether segments leave with DF set; false also means "not possible here". IPv4 on Linux only. */
  setDontFragment(on: boolean): boolean;
  /**
   * Sends one byte as a small segment past TLS, whose state it breaks: only for a handshake that is given up, to see whether
   * small packets are still acknowledged. False where that is not possible.
   */
  poke(): boolean;
  /** Starts TLS; afterwards `write` and `read` are plaintext inside it. */
  secure(serverName: string | null, timeoutMs: number, signal?: AbortSignal): Promise<TlsOutcome>;
  /** Orderly end: FIN, then a moment for the peer's. A peer that does not answer is reset. */
  close(): void;
  /**
   * Ends at once with RST, so that a peer in DATA drops what it has. No effect on a connection that is being closed already.
   *
   * @param end what is said of it later; default `reset`
   */
  reset(end?: "reset" | "timeout"): void;
  /** Resolves when this machine has let go of the connection, whoever ended it. */
  readonly ended: Promise<ConnectionEnd>;
}

export interface DialRequest {
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
  /** TCP_MAXSEG, 88 to 32767 bytes: limits what we send and what we advertise. */
  readonly mss?: number;
  /** The local port of an earlier connection, so that routers that hash ports take the same way; another where it is not free. */
  readonly localPort?: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export type DialOutcome =
  | { readonly ok: true; readonly connection: Connection }
  | {
      readonly ok: false;
      readonly cause: "timeout" | "refused" | "unreachable" | "reset" | "local" | "aborted";
      readonly reason: string;
      /** What the SYN left from; null where none did. */
      readonly local: { readonly address: string; readonly port: number } | null;
    };

export interface Dialer {
  dial(request: DialRequest): Promise<DialOutcome>;
}

export type Lookup<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: LookupFailure };

export interface Resolver {
  mx(domain: string, signal?: AbortSignal): Promise<Lookup<readonly MxRecord[]>>;
  addresses(name: string, family: 4 | 6, signal?: AbortSignal): Promise<Lookup<readonly string[]>>;
  txt(name: string, signal?: AbortSignal): Promise<Lookup<readonly string[]>>;
  /** How many TLSA records there are. */
  tlsa(name: string, signal?: AbortSignal): Promise<Lookup<number>>;
  reverse(address: string, signal?: AbortSignal): Promise<Lookup<readonly string[]>>;
}

export type PolicyAnswer = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/** Reads a text by https from one address, under a name that its certificate must have. */
export interface PolicyFetcher {
  fetch(request: { name: string; address: string; path: string; signal: AbortSignal }): Promise<PolicyAnswer>;
}

/** This machine's own part of a path. */
export interface LocalHost {
  /** MTU of the interface that holds this local address, bytes; null when unknown. */
  interfaceMtu(localAddress: string): number | null;
  /** `net.ipv4.NAME`, or null when it cannot be read. */
  sysctl(name: string): number | null;
  /** Why the kernel's facts are missing here, or null when they are there. */
  readonly kernelMissing: string | null;
}

/** What came back to one packet with a limited TTL. */
export type HopReply =
  | { readonly kind: "time-exceeded"; readonly from: string; readonly ms: number }
  | { readonly kind: "frag-needed"; readonly from: string; readonly mtu: number | null; readonly ms: number }
  /** Port unreachable, another unreachable, a SYN-ACK or a RST: the packet went past the last router. */
  | { readonly kind: "arrived"; readonly from: string; readonly ms: number }
  /** A firewall on the way says that it does not let this through. */
  | { readonly kind: "prohibited"; readonly from: string; readonly ms: number }
  /** A router on the way knows no way on, or the last one finds nobody at that address. */
  | { readonly kind: "unreachable"; readonly from: string; readonly ms: number }
  /** Our own kernel would not send so large a packet (a learned or configured MTU). */
  | { readonly kind: "too-large-here"; readonly mtu: number | null }
  | { readonly kind: "silent" };

export interface HopProber {
  /** One UDP datagram of `size` bytes (whole IP packet, DF set) with this TTL. */
  udp(request: { address: string; family: 4 | 6; ttl: number; size: number; timeoutMs: number; signal?: AbortSignal }): Promise<HopReply>;
  /** One TCP SYN to the port with this TTL; a connection that comes about is reset at once. */
  syn(request: { address: string; family: 4 | 6; port: number; ttl: number; timeoutMs: number; signal?: AbortSignal }): Promise<HopReply>;
  /** Null when hops can be searched here, else why not. */
  readonly missing: string | null;
}

export interface ProbePorts {
  readonly clock: Clock;
  readonly dialer: Dialer;
  readonly resolver: Resolver;
  readonly policies: PolicyFetcher;
  readonly localHost: LocalHost;
  readonly hopProber: HopProber;
}

/** What arrives at this machine of a probe made elsewhere, and what leaves. */
export interface FarWatch {
  /** Ends it. @param flows of the probe, `address:port` of its machine; other connections are not reported */
  stop(flows: readonly string[]): FarConnection[];
}

/** Null for an address that is not this machine's, and where connections cannot be watched. */
export type FarWatcher = (address: string, port: number) => FarWatch | null;
