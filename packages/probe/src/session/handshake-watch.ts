/**
 * Watches a TLS handshake from below. When the host's first flight does not come, the question is what is missing: the
 * kernel has later segments of the host's, an earlier one is not there, and it does not come although the host sends it
 * again and again (RFC 6298: after its time-out, then twice that, and so on).
 *
 * In between one small segment is sent past TLS. Its acknowledgement shows that small packets pass both ways while the large
 * one does not, so that no burst of losses explains what is missing.
 */
import type { Clock, Connection, TcpFacts } from "../ports.ts";

export interface HandshakeWatch {
  /** Aborts when it is clear that the handshake will not go on, or that its flight came after all. */
  readonly signal: AbortSignal;
  /** Ends the watch; what it saw. */
  stop(): WatchedHandshake;
}

/** What a host sends again in vain. */
export interface FlightRepeats {
  /** Once all that is missing, when our selective acknowledgement has shown the host what that is (RFC 6675, RFC 8985). */
  readonly whole: 0 | 1;
  /** After that the first missing segment alone, at each time-out. */
  readonly first: number;
}

export interface WatchedHandshake {
  /** As last read; null where the kernel does not report it. */
  readonly facts: TcpFacts | null;
  /** An earlier segment is missing and will not come. */
  readonly gap: boolean;
  /** What was missing came, but after TLS had been disturbed. */
  readonly recovered: boolean;
  /** How often the host sent its missing segment in vain while small packets passed; null where that is not known. */
  readonly losses: number | null;
  readonly repeated: FlightRepeats;
  /** Bytes that came from the host since the watch began. */
  readonly received: number;
  /** Payload bytes of the largest segment that came on this connection, out of order or not; null while that is the kernel's guess. */
  readonly largestPayload: number | null;
}

/** Linux repeats a segment after 200 ms at the earliest (tcp(7), TCP_RTO_MIN), others later. */
export const LEAST_RTO_MS = 200;
/** Within so many time-outs the host repeats its missing segment once, twice, three times, four times. */
export const HANDSHAKE_TIMEOUTS = { hasty: 1.3, patient: 3.2, thorough: 7.2, stubborn: 15.2 } as const;
export const HANDSHAKE_PATIENCES = ["hasty", "patient", "thorough", "stubborn"] as const;
export type HandshakePatience = (typeof HANDSHAKE_PATIENCES)[number];
/** Time-outs after which small packets are tried. */
const PROBE_AFTER = { wanted: 2.2, trial: 0.5 } as const;
/** A flight that took so much longer than another one is missing. */
const OVERDUE = 3;
/** A silence without small packets in between has to outlast any burst of losses. */
const LONGEST_BURST_MS = 1200;
const POLL_MS = 10;
/** Our acknowledgement to the host, a moment in which it allows for reordering, and its segment back to us. */
const REPEAT_ROUND_TRIPS = 1.5;
/** What Linux assumes of a peer's segments before it has seen any (TCP_MSS_DEFAULT), bytes. */
const ASSUMED_PAYLOAD = 536;

export interface HandshakeWatchRequest {
  /** How long a flight that came in full took, milliseconds: where nothing comes in three times that, it is missing. */
  readonly expectedMs?: number | null;
  /** Without a byte from the host for so long the watch ends, milliseconds. Default never. */
  readonly silenceMs?: number;
  /** Whether the handshake is wanted for itself: TLS is then disturbed only when it hardly goes on any more. */
  readonly wanted: boolean;
  readonly patience: HandshakePatience;
}

export function watchHandshake(connection: Connection, clock: Clock, request: HandshakeWatchRequest): HandshakeWatch {
  const flight = new WatchedFlight(connection, clock, request);
  const stopped = new AbortController();
  const watch = async (): Promise<void> => {
    while (!stopped.signal.aborted && !flight.signal.aborted) {
      if (!flight.look()) return;
      await clock.sleep(POLL_MS, stopped.signal);
    }
  };
  void watch();
  return {
    signal: flight.signal,
    stop() {
      stopped.abort();
      return flight.result();
    },
  };
}

class WatchedFlight {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #expectedMs: number | null;
  readonly #silenceMs: number;
  readonly #timeouts: number;
  readonly #probeAfter: number;
  readonly #over = new AbortController();
  readonly #first: TcpFacts | null;
  #facts: TcpFacts | null;
  /** Since when nothing has moved. */
  #since: number;
  /** Bytes acknowledged before our small segment; null while none was sent. */
  #probed: number | null = null;
  #smallPassed = false;
  #gap = false;
  #recovered = false;
  #largest: number;
  /** When a later segment came than the one that is missing; null while none did. */
  #reportedAt: number | null = null;

  constructor(connection: Connection, clock: Clock, { expectedMs = null, silenceMs, wanted, patience }: HandshakeWatchRequest) {
    this.#connection = connection;
    this.#clock = clock;
    this.#expectedMs = expectedMs;
    this.#silenceMs = silenceMs ?? Number.POSITIVE_INFINITY;
    this.#timeouts = HANDSHAKE_TIMEOUTS[patience];
    this.#probeAfter = wanted ? PROBE_AFTER.wanted : PROBE_AFTER.trial;
    this.#first = connection.facts();
    this.#facts = this.#first;
    this.#since = clock.now();
    this.#largest = this.#first?.receiveMss ?? 0;
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** @returns whether the kernel shows anything */
  look(): boolean {
    const now = this.#connection.facts();
    if (now === null) return false;
    this.#note(now);
    if (this.#waited > this.#silenceMs && now.bytesReceived === this.#first?.bytesReceived) this.#over.abort();
    if (isOutOfOrder(now) || this.#isOverdue) this.#judgeSilence(now);
    return true;
  }

  result(): WatchedHandshake {
    const facts = this.#connection.facts() ?? this.#facts;
    this.#facts = facts;
    const largest = Math.max(this.#largest, facts?.receiveMss ?? 0);
    return {
      facts,
      gap: this.#gap,
      recovered: this.#recovered,
      received: facts === null || this.#first === null ? 0 : facts.bytesReceived - this.#first.bytesReceived,
      losses: this.#losses(),
      repeated: this.#repeated(),
      largestPayload: largest > ASSUMED_PAYLOAD ? largest : null,
    };
  }

  get #waited(): number {
    return this.#clock.now() - this.#since;
  }

  get #isOverdue(): boolean {
    return this.#expectedMs !== null && this.#waited > OVERDUE * this.#expectedMs;
  }

  #note(now: TcpFacts): void {
    const moved = this.#facts === null || now.bytesReceived !== this.#facts.bytesReceived;
    this.#facts = now;
    this.#largest = Math.max(this.#largest, now.receiveMss);
    if (moved) this.#reportedAt = null;
    else if (isOutOfOrder(now)) this.#reportedAt ??= this.#clock.now();
    if (moved && this.#probed !== null) {
      this.#recovered = true;
      this.#over.abort();
    }
    if (moved || (now.unacked > 0 && this.#probed === null)) this.#since = this.#clock.now();
    if (this.#probed !== null && now.bytesAcked > this.#probed) this.#smallPassed = true;
  }

  /** Tries small packets first; where those do not pass either, it takes a longer silence to mean anything. */
  #judgeSilence({ rtoMs, bytesAcked }: TcpFacts): void {
    const rto = Math.max(LEAST_RTO_MS, rtoMs);
    const waited = this.#waited;
    if (this.#probed === null && waited > this.#probeAfter * rto && this.#connection.poke()) this.#probed = bytesAcked;
    const uncertain = this.#probed !== null && !this.#smallPassed;
    if (waited <= (uncertain ? Math.max(LONGEST_BURST_MS, 2 * this.#timeouts * rto) : this.#timeouts * rto)) return;
    this.#gap = true;
    this.#over.abort();
  }

  #losses(): number | null {
    if (this.#facts === null) return null;
    const waited = this.#waited;
    // If nothing came at all, and nothing is known of how long it takes, the host may be slow.
    const missing = isOutOfOrder(this.#facts) || this.#expectedMs !== null;
    return missing && (this.#smallPassed || waited > LONGEST_BURST_MS) ? 1 + timeoutsIn(waited, this.#facts) : null;
  }

  #repeated(): FlightRepeats {
    const facts = this.#facts;
    if (facts === null) return { whole: 0, first: 0 };
    const now = this.#clock.now();
    // What is sent again has its time to arrive.
    const reported = this.#reportedAt !== null && facts.options.sack && now - this.#reportedAt > REPEAT_ROUND_TRIPS * facts.rttMs;
    return { whole: reported ? 1 : 0, first: timeoutsIn(now - (this.#reportedAt ?? this.#since), facts) };
  }
}

/** A segment came later than one that is missing. */
function isOutOfOrder({ outOfOrder }: TcpFacts): boolean {
  return (outOfOrder ?? 0) > 0;
}

/** Time-outs of a host whose segment is not acknowledged for so long: after one, three, seven of them, as each doubles the next. */
function timeoutsIn(waitedMs: number, { rtoMs }: TcpFacts): number {
  return Math.floor(Math.log2(waitedMs / Math.max(LEAST_RTO_MS, rtoMs) + 1));
}
