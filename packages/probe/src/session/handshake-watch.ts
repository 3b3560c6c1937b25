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
  /** As last read; null where the kernel does not tell. */
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
const LEAST_RTO_MS = 200;
/** Within so many time-outs the host repeats its missing segment once, twice, three times, four times. */
const TIMEOUTS = { hasty: 1.3, patient: 3.2, thorough: 7.2, stubborn: 15.2 } as const;
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
  const { expectedMs = null, silenceMs = Number.POSITIVE_INFINITY } = request;
  const timeouts = TIMEOUTS[request.patience];
  const probeAfter = request.wanted ? PROBE_AFTER.wanted : PROBE_AFTER.trial;
  const controller = new AbortController();
  const stopped = new AbortController();
  const first = connection.facts();
  let facts = first;
  let since = clock.now();
  /** Bytes acknowledged before our small segment; null while none was sent. */
  let probed: number | null = null;
  let smallPassed = false;
  let gap = false;
  let recovered = false;
  let largest = first?.receiveMss ?? 0;
  /** When a later segment came than the one that is missing; null while none did. */
  let reportedAt: number | null = null;

  const look = (now: TcpFacts): void => {
    const moved = facts === null || now.bytesReceived !== facts.bytesReceived;
    facts = now;
    largest = Math.max(largest, now.receiveMss);
    if (moved) reportedAt = null;
    else if (now.outOfOrder) reportedAt ??= clock.now();
    if (moved || now.unacked > 0) {
      if (moved && probed !== null) {
        recovered = true;
        controller.abort();
      }
      if (moved || probed === null) since = clock.now();
    }
    if (probed !== null && now.bytesAcked > probed) smallPassed = true;
    const waited = clock.now() - since;
    const overdue = expectedMs !== null && waited > OVERDUE * expectedMs;
    if (waited > silenceMs && now.bytesReceived === first?.bytesReceived) controller.abort();
    if (!now.outOfOrder && !overdue) return;
    const rto = Math.max(LEAST_RTO_MS, now.rtoMs);
    if (probed === null && waited > probeAfter * rto && connection.poke()) probed = now.bytesAcked;
    // Where small packets do not pass either, it takes a longer silence to mean anything.
    const enough = probed !== null && !smallPassed ? Math.max(LONGEST_BURST_MS, 2 * timeouts * rto) : timeouts * rto;
    if (waited > enough) {
      gap = true;
      controller.abort();
    }
  };
  const watch = async (): Promise<void> => {
    while (!stopped.signal.aborted && !controller.signal.aborted) {
      const now = connection.facts();
      if (now === null) return;
      look(now);
      await clock.sleep(POLL_MS, stopped.signal);
    }
  };
  const repeated = (): FlightRepeats => {
    if (facts === null) return { whole: 0, first: 0 };
    // What is sent again has its time to arrive.
    const reported = reportedAt !== null && facts.options.sack && clock.now() - reportedAt > REPEAT_ROUND_TRIPS * facts.rttMs;
    return { whole: reported ? 1 : 0, first: timeoutsIn(clock.now() - (reportedAt ?? since), facts) };
  };
  void watch();
  return {
    signal: controller.signal,
    stop() {
      stopped.abort();
      facts = connection.facts() ?? facts;
      largest = Math.max(largest, facts?.receiveMss ?? 0);
      const waited = clock.now() - since;
      const received = facts === null || first === null ? 0 : facts.bytesReceived - first.bytesReceived;
      // Where nothing came at all, and nothing is known of how long it takes, the host may be slow.
      const missing = (facts?.outOfOrder ?? 0) > 0 || expectedMs !== null;
      const told = missing && (smallPassed || waited > LONGEST_BURST_MS);
      const losses = told && facts !== null ? 1 + timeoutsIn(waited, facts) : null;
      const largestPayload = largest > ASSUMED_PAYLOAD ? largest : null;
      return { facts, gap, recovered, received, losses, repeated: repeated(), largestPayload };
    },
  };
}

/** Time-outs of a host whose segment is not acknowledged for so long: after one, three, seven of them, as each doubles the next. */
function timeoutsIn(waitedMs: number, { rtoMs }: TcpFacts): number {
  return Math.floor(Math.log2(waitedMs / Math.max(LEAST_RTO_MS, rtoMs) + 1));
}
