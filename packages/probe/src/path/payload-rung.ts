/**
 * One large payload within a message's data: 4 kB to 256 kB, to find limits that are no MTU. Distinguishes packets that
 * are lost from a window that the peer keeps closed, from an end of the connection and from a transfer that is merely slow:
 * as long as anything more is acknowledged it goes on, and a stall is longer than the kernel's own backed-off time-out.
 */
import type { RungOutcome } from "@mxray/contracts";
import type { Clock, Connection, TcpFacts } from "../ports.ts";

export const PAYLOAD_SIZES: readonly number[] = [4096, 16_384, 65_536, 262_144];
/** Above this size a payload is sent once per host and never in automatic probes. */
export const LARGE_PAYLOAD = 65_536;

export interface PayloadResult {
  /** `acked` also where time ran out while the transfer went on: `acknowledged` says how far it came. */
  readonly outcome: RungOutcome;
  readonly ms: number;
  readonly retransmits: number;
  /** Bytes of this payload that were acknowledged. */
  readonly acknowledged: number;
  /** The peer's window was closed when it stalled: it stopped reading. */
  readonly windowClosed: boolean;
  /** Segments that were sent again before the last progress, needlessly or not. */
  readonly resent: number;
  /** After the last progress: transmissions of one segment in vain, so far apart that no one outage had two of them. */
  readonly vain: number;
}

/** No progress for less than this is no stall, whatever the kernel's time-out. */
const SHORTEST_STALL_MS = 4000;
/** No path makes the kernel wait longer than this for the next sign of life. */
const LONGEST_STALL_MS = 15_000;
const LONGEST_OUTAGE_MS = 800;

/** @param limits `untilMs`: clock reading at which a transfer that goes on is cut off */
export async function offerPayload(
  connection: Connection,
  payload: Uint8Array,
  { clock, signal, untilMs }: { clock: Clock; signal: AbortSignal; untilMs: number },
): Promise<PayloadResult> {
  const before = connection.facts();
  const start = clock.now();
  if (before === null) {
    const ended = connection.peek();
    const outcome = ended === "data" ? "rejected" : ended === "reset" ? "reset" : "closed";
    return { outcome, ms: 0, retransmits: 0, acknowledged: 0, windowClosed: false, resent: 0, vain: 0 };
  }
  const goal = before.bytesAcked + payload.length;
  void connection.write(payload);

  let facts = before;
  let progressAt = start;
  let resent = 0;
  const result = (outcome: RungOutcome, windowClosed = false): PayloadResult => ({
    outcome,
    ms: clock.now() - start,
    retransmits: Math.max(0, facts.retransmits - before.retransmits - (facts.duplicates - before.duplicates)),
    acknowledged: Math.min(payload.length, facts.bytesAcked - before.bytesAcked),
    windowClosed,
    resent,
    vain: vainTransmissions(facts),
  });
  while (true) {
    const now = connection.facts();
    const ended = connection.peek();
    if (now !== null) {
      if (progresses(facts, now)) {
        progressAt = clock.now();
        resent = now.retransmits - before.retransmits;
      }
      facts = now;
    }
    if (facts.bytesAcked >= goal) return result("acked");
    // A last word first: the connection may have ended right after it.
    if (ended === "data") return result("rejected");
    if (now === null || ended !== null) return result(ended === "reset" ? "reset" : "closed");
    if (clock.now() - progressAt > stallMs(facts)) return result("stalled", isWindowClosed(facts));
    if (signal.aborted) return result("stalled");
    // A transfer that got on a moment ago is slow; one that did not is waited for.
    const slow = clock.now() > untilMs && clock.now() - progressAt < SHORTEST_STALL_MS / 2;
    if (slow) return result("acked");
    await clock.sleep(Math.min(20, Math.max(1, facts.rttMs / 4)), signal);
  }
}

/** More was acknowledged, also behind a gap. */
function progresses(before: TcpFacts, now: TcpFacts): boolean {
  return now.bytesAcked > before.bytesAcked || now.sacked > before.sacked;
}

/** The kernel's time-out doubles with each retransmission that is lost: one more of them has to pass. */
function stallMs({ rtoMs }: TcpFacts): number {
  return Math.min(LONGEST_STALL_MS, Math.max(SHORTEST_STALL_MS, 1.5 * rtoMs));
}

/** Nothing on its way and something still to send: it is the peer that does not want more. */
function isWindowClosed({ unacked, unsent, sendWindow }: TcpFacts): boolean {
  return (unacked === 0 && unsent > 0) || sendWindow === 0;
}

/** The first transmission, and those that a time-out of that length came before. */
function vainTransmissions({ backoff, rtoMs }: TcpFacts): number {
  const timeouts = Array.from({ length: backoff }, (_, back) => rtoMs / 2 ** (back + 1));
  return 1 + timeouts.filter((ms) => ms >= LONGEST_OUTAGE_MS).length;
}
