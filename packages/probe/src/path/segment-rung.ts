/**
 * One rung: a full-size packet of exactly the wanted length, tiny segments behind it, and what the kernel then knows.
 *
 * In a black hole the tiny segments are selectively acknowledged while the large one is not: seen after one round trip,
 * without waiting for time-outs. The kernel's fast retransmission is lost as well, a second observation. Then DF is
 * cleared on the same socket (IPv4): the next retransmission may be fragmented, arrives, and the connection lives on.
 */
import type { RungOutcome } from "@mxray/contracts";
import type { Clock, Connection, TcpFacts } from "../ports.ts";
import type { SmallSegments } from "./path-statistics.ts";

export interface SegmentOffer {
  /** Sent as one segment. */
  readonly large: Uint8Array;
  /** Each sent as one tiny segment. */
  readonly tails: readonly Uint8Array[];
  /**
   * One more tiny segment for when DF was cleared: its acknowledgement makes the kernel send the large one again at once.
   * Null when DF is not to be cleared.
   */
  readonly trigger: Uint8Array | null;
}

export interface SegmentResult {
  readonly outcome: RungOutcome;
  /** Until acknowledged, or until given up. */
  readonly ms: number;
  readonly retransmits: number;
  /** Transmissions of the large segment with DF that were lost, those before it arrived included. */
  readonly losses: number;
  /** Some of the tails were selectively acknowledged while the large segment was not. */
  readonly sacked: boolean;
  /** Tails that left the machine, and those of them that were lost; of no interest unless the large one was lost. */
  readonly tails: SmallSegments;
  /** The kernel's path MTU afterwards. */
  readonly pathMtu: number;
  /** The trigger was sent. */
  readonly triggered: boolean;
}

/** A retransmission is taken for lost when its acknowledgement is this late. */
function patience(facts: TcpFacts): number {
  return 1.5 * facts.rttMs + 10;
}

export async function offerSegment(
  connection: Connection,
  offer: SegmentOffer,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<SegmentResult> {
  const before = connection.facts();
  if (before === null) return gone(connection, { ms: 0, pathMtu: 0 });
  const start = clock.now();
  const goal = before.bytesAcked + offer.large.length;
  const giveUpMs = Math.min(8000, 3000 + 4 * before.rtoMs);

  await connection.write(offer.large);
  for (const tail of offer.tails) await connection.write(tail);

  let facts = before;
  let sacked = 0;
  let inFlight = 0;
  let retransmittedAt: number | null = null;
  let seenRetransmits = 0;
  // The fast retransmission follows so soon that what took the packet may have taken it too. Where DF is cleared next, that
  // tells them apart; where not, the one after the time-out is waited for.
  const enough = offer.trigger === null ? 2 : 1;
  const elapsed = () => clock.now() - start;
  /** Retransmissions but those that the peer reported as duplicates: nothing was lost then. */
  const resent = () => Math.max(0, facts.retransmits - before.retransmits - (facts.duplicates - before.duplicates));

  const result = (outcome: RungOutcome, losses: number, triggered = false): SegmentResult => ({
    outcome,
    ms: elapsed(),
    retransmits: facts.retransmits - before.retransmits,
    losses,
    sacked: sacked > 0,
    tails: { sent: Math.max(0, inFlight - 1), lost: Math.max(0, inFlight - 1 - sacked) },
    pathMtu: facts.pathMtu,
    triggered,
  });

  const look = (): SegmentResult | null => {
    const now = connection.facts();
    const ended = connection.peek();
    if (now !== null) facts = now;
    if (facts.bytesAcked >= goal) return result(facts.pathMtu < before.pathMtu ? "resized" : "acked", resent());
    if (now === null || ended === "closed" || ended === "reset") return { ...gone(connection, { ms: elapsed(), pathMtu: facts.pathMtu }) };
    return null;
  };

  // Wait for the acknowledgement, or for the proof that small segments pass and this one does not.
  while (true) {
    const seen = look();
    if (seen !== null) return seen;
    if (signal.aborted || elapsed() > giveUpMs) return result("stalled", Math.max(1, facts.retransmits - before.retransmits));
    if (facts.pathMtu < before.pathMtu) {
      // The kernel was told of a smaller MTU and is cutting the segment smaller.
    } else {
      sacked = Math.max(sacked, facts.sacked);
      // On a very short path the kernel is in recovery before it has sent all tails, and holds the rest back.
      inFlight = Math.max(inFlight, facts.unacked);
      const retransmits = facts.retransmits - before.retransmits;
      if (retransmits > seenRetransmits) retransmittedAt = clock.now();
      seenRetransmits = retransmits;
      const lateBy = retransmittedAt === null ? 0 : clock.now() - retransmittedAt;
      if (sacked > 0 && retransmits >= enough && lateBy > patience(facts)) break;
      if (retransmits >= 3 && lateBy > patience(facts)) break;
    }
    await clock.sleep(pollMs(facts), signal);
  }

  const losses = 1 + (facts.retransmits - before.retransmits);
  if (offer.trigger === null || !connection.setDontFragment(false)) return result("stalled", losses);

  await connection.write(offer.trigger);
  const releaseUntil = clock.now() + Math.min(5000, 2 * facts.rtoMs * 2 ** Math.min(facts.backoff, 3) + 4 * facts.rttMs + 200);
  while (clock.now() < releaseUntil && !signal.aborted) {
    const seen = look();
    if (seen !== null) {
      connection.setDontFragment(true);
      return seen.outcome === "acked" ? { ...result("released", losses, true) } : { ...seen, losses, triggered: true };
    }
    await clock.sleep(pollMs(facts), signal);
  }
  return result("stalled", losses, true);
}

function gone(connection: Connection, { ms, pathMtu }: { ms: number; pathMtu: number }): SegmentResult {
  const outcome = connection.peek() === "reset" ? "reset" : "closed";
  return { outcome, ms, retransmits: 0, losses: 0, sacked: false, tails: { sent: 0, lost: 0 }, pathMtu, triggered: false };
}

/** Fine enough to time an acknowledgement, coarse enough to leave the processor alone on long paths. */
function pollMs(facts: TcpFacts): number {
  return Math.min(10, Math.max(1, facts.rttMs / 8));
}
