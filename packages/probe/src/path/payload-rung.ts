/**
 * One large payload within a message's data: 4 kB to 256 kB, to find limits that are no MTU. Distinguishes packets that
 * are lost from a window that the peer keeps closed and from an end of the connection.
 */
import type { RungOutcome } from "@mxray/contracts";
import type { Clock, Connection } from "../ports.ts";

export const PAYLOAD_SIZES: readonly number[] = [4096, 16_384, 65_536, 262_144];
/** Above this size a payload is sent once per host and never in automatic probes. */
export const LARGE_PAYLOAD = 65_536;

export interface PayloadResult {
  readonly outcome: RungOutcome;
  readonly ms: number;
  readonly retransmits: number;
  /** Bytes of this payload that were acknowledged. */
  readonly acknowledged: number;
  /** The peer's window was closed when it stalled: it stopped reading. */
  readonly windowClosed: boolean;
}

/** No progress for this long is a stall. */
const STALL_MS = 4000;
const LONGEST_MS = 20_000;

export async function offerPayload(
  connection: Connection,
  payload: Uint8Array,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<PayloadResult> {
  const before = connection.facts();
  const start = clock.now();
  if (before === null) {
    const ended = connection.peek();
    const outcome = ended === "data" ? "rejected" : ended === "reset" ? "reset" : "closed";
    return { outcome, ms: 0, retransmits: 0, acknowledged: 0, windowClosed: false };
  }
  const goal = before.bytesAcked + payload.length;
  void connection.write(payload);

  let facts = before;
  let progressAt = start;
  const result = (outcome: RungOutcome, windowClosed = false): PayloadResult => ({
    outcome,
    ms: clock.now() - start,
    retransmits: facts.retransmits - before.retransmits,
    acknowledged: Math.min(payload.length, facts.bytesAcked - before.bytesAcked),
    windowClosed,
  });
  while (true) {
    const now = connection.facts();
    const ended = connection.peek();
    if (now !== null) {
      if (now.bytesAcked > facts.bytesAcked) progressAt = clock.now();
      facts = now;
    }
    if (facts.bytesAcked >= goal) return result("acked");
    // A last word first: the connection may have ended right after it.
    if (ended === "data") return result("rejected");
    if (now === null || ended !== null) return result(ended === "reset" ? "reset" : "closed");
    const stalled = clock.now() - progressAt > Math.max(STALL_MS, 5 * facts.rtoMs);
    if (stalled || signal.aborted || clock.now() - start > LONGEST_MS) {
      // Nothing on its way and something still to send: it is the peer that does not want more.
      return result("stalled", (facts.unacked === 0 && facts.unsent > 0) || facts.sendWindow === 0);
    }
    await clock.sleep(Math.min(20, Math.max(1, facts.rttMs / 4)), signal);
  }
}
