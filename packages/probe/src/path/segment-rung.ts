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
  /** The connection is not needed afterwards, and one retransmission that is lost shows enough. */
  readonly glance?: boolean;
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
  /** Payload bytes that the connection had sent before the large segment, and with it. */
  readonly stream?: { readonly from: number; readonly to: number };
}

/** A retransmission is taken for lost when its acknowledgement is this late. */
function patience(facts: TcpFacts): number {
  return 1.5 * facts.rttMs + SLACK_MS;
}

/**
 * DF is cleared when the acknowledgement is this late. It may still come: the kernel sends the large segment again only when
 * what was sent with the release is acknowledged, a round trip later.
 */
function releasePatience(facts: TcpFacts): number {
  return 0.4 * shortestRoundTrip(facts) + SLACK_MS;
}

/** An estimate that began with a lost SYN is much too long at first. */
function shortestRoundTrip({ rttMs, minRttMs }: TcpFacts): number {
  return Math.min(rttMs, minRttMs);
}

/** For delays that are not the path's. */
const SLACK_MS = 10;
/** Of a round trip: what is acknowledged sooner after it left was acknowledged for an earlier copy. */
const LEAST_ROUND_TRIP = 0.7;

interface RungContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export async function offerSegment(connection: Connection, offer: SegmentOffer, context: RungContext): Promise<SegmentResult> {
  const before = connection.facts();
  if (before === null) return gone(connection, { ms: 0, pathMtu: 0 });
  const watch = new SegmentWatch(connection, before, offer, context.clock);
  // Once the first tail is acknowledged the kernel holds back what it has not sent, and a trigger behind that would wait for its time-out.
  await connection.writeSegments([offer.large, ...offer.tails]);
  const result = (await acknowledgement(watch, context)) ?? (await release(watch, connection, offer.trigger, context));
  // The kernel counts the acknowledgement of our SYN as a byte.
  const from = before.bytesAcked - 1;
  return { ...result, stream: { from, to: from + offer.large.length } };
}

/** Waits for the acknowledgement. Null once it is proven that small segments pass and this one does not. */
async function acknowledgement(watch: SegmentWatch, { clock, signal }: RungContext): Promise<SegmentResult | null> {
  while (true) {
    const seen = watch.look();
    if (seen !== null) return seen;
    if (signal.aborted || watch.isOverdue) return watch.result("stalled", Math.max(1, watch.retransmits));
    if (watch.isLost()) return null;
    await clock.sleep(watch.pollMs, signal);
  }
}

/** Clears DF and waits until the segment arrives in fragments. */
async function release(
  watch: SegmentWatch,
  connection: Connection,
  trigger: Uint8Array | null,
  { clock, signal }: RungContext,
): Promise<SegmentResult> {
  const losses = 1 + watch.retransmits;
  if (trigger === null || !connection.setDontFragment(false)) return watch.result("stalled", losses);
  watch.noteRelease();
  await connection.write(trigger);
  const until = clock.now() + watch.releaseMs;
  while (clock.now() < until && !signal.aborted) {
    const seen = watch.look();
    if (seen !== null) {
      connection.setDontFragment(true);
      if (seen.outcome !== "acked") return { ...seen, losses, triggered: true };
      return watch.isReleased ? watch.result("released", losses, true) : { ...seen, triggered: true };
    }
    await clock.sleep(watch.pollMs, signal);
  }
  return watch.result("stalled", losses, true);
}

/** What the kernel knows of the segment as time goes on. */
class SegmentWatch {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #before: TcpFacts;
  readonly #start: number;
  /** Bytes acknowledged when the segment arrived. */
  readonly #goal: number;
  /** Retransmissions that must be lost. */
  readonly #enough: number;
  /** How late the acknowledgement of a retransmission must be to act on it, milliseconds. */
  readonly #patience: (facts: TcpFacts) => number;
  #facts: TcpFacts;
  #sacked = 0;
  #inFlight = 0;
  #retransmittedAt: number | null = null;
  #seenRetransmits = 0;
  #released: { readonly retransmits: number; nextAt: number | null } | null = null;

  constructor(connection: Connection, before: TcpFacts, { large, trigger, glance = false }: SegmentOffer, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
    this.#before = before;
    this.#facts = before;
    this.#start = clock.now();
    this.#goal = before.bytesAcked + large.length;
    // The fast retransmission follows so soon that what took the packet may have taken it too. Where DF is cleared next, that
    // tells them apart; where not, the one after the time-out is waited for.
    this.#enough = trigger === null && !glance ? 2 : 1;
    this.#patience = trigger === null ? patience : releasePatience;
  }

  get retransmits(): number {
    return this.#facts.retransmits - this.#before.retransmits;
  }

  get isOverdue(): boolean {
    return this.#elapsed() > Math.min(8000, 3000 + 4 * this.#before.rtoMs);
  }

  /** Fine enough to time an acknowledgement, coarse enough to leave the processor alone on long paths. */
  get pollMs(): number {
    return Math.min(10, Math.max(1, this.#facts.rttMs / 8));
  }

  /** Until the next retransmission has had the time to be acknowledged. */
  get releaseMs(): number {
    const { rtoMs, rttMs, backoff } = this.#facts;
    return Math.min(5000, 2 * rtoMs * 2 ** Math.min(backoff, 3) + 4 * rttMs + 200);
  }

  /** Reads the kernel's facts. @returns the result once the segment arrived or the connection ended */
  look(): SegmentResult | null {
    const now = this.#connection.facts();
    const ended = this.#connection.peek();
    if (now !== null) this.#facts = now;
    if (this.#released !== null && this.retransmits > this.#released.retransmits) this.#released.nextAt ??= this.#clock.now();
    if (this.#facts.bytesAcked >= this.#goal) return this.result(this.#isResized() ? "resized" : "acked", this.#resent());
    if (now !== null && ended !== "closed" && ended !== "reset") return null;
    return gone(this.#connection, { ms: this.#elapsed(), pathMtu: this.#facts.pathMtu });
  }

  /** Whether small segments pass and this one, sent again, does not. */
  isLost(): boolean {
    // The kernel knows of a smaller MTU and is cutting the segment smaller.
    if (this.#isResized()) return false;
    this.#sacked = Math.max(this.#sacked, this.#facts.sacked);
    // On a very short path the kernel is in recovery before it has sent all tails, and holds the rest back.
    this.#inFlight = Math.max(this.#inFlight, this.#facts.unacked);
    const { retransmits } = this;
    if (retransmits > this.#seenRetransmits) this.#retransmittedAt = this.#clock.now();
    this.#seenRetransmits = retransmits;
    return this.#lateBy > this.#patience(this.#facts) && (retransmits >= 3 || (this.#sacked > 0 && retransmits >= this.#enough));
  }

  /** DF is cleared; retransmissions that follow may be fragmented. */
  noteRelease(): void {
    this.#released = { retransmits: this.retransmits, nextAt: null };
  }

  /** The segment was acknowledged after a retransmission without DF, and long enough after it to be due to that. */
  get isReleased(): boolean {
    const nextAt = this.#released?.nextAt ?? null;
    if (nextAt === null) return false;
    const shortest = shortestRoundTrip(this.#facts);
    return this.#clock.now() - nextAt >= LEAST_ROUND_TRIP * shortest || this.#lateBy > 1.5 * shortest + SLACK_MS;
  }

  get #lateBy(): number {
    return this.#retransmittedAt === null ? 0 : this.#clock.now() - this.#retransmittedAt;
  }

  result(outcome: RungOutcome, losses: number, triggered = false): SegmentResult {
    const small = Math.max(0, this.#inFlight - 1);
    return {
      outcome,
      ms: this.#elapsed(),
      retransmits: this.retransmits,
      losses,
      sacked: this.#sacked > 0,
      tails: { sent: small, lost: Math.max(0, small - this.#sacked) },
      pathMtu: this.#facts.pathMtu,
      triggered,
    };
  }

  #elapsed(): number {
    return this.#clock.now() - this.#start;
  }

  #isResized(): boolean {
    return this.#facts.pathMtu < this.#before.pathMtu;
  }

  /** Retransmissions but those that the peer reported as duplicates: nothing was lost then. */
  #resent(): number {
    return Math.max(0, this.retransmits - (this.#facts.duplicates - this.#before.duplicates));
  }
}

function gone(connection: Connection, { ms, pathMtu }: { ms: number; pathMtu: number }): SegmentResult {
  const outcome = connection.peek() === "reset" ? "reset" : "closed";
  return { outcome, ms, retransmits: 0, losses: 0, sacked: false, tails: { sent: 0, lost: 0 }, pathMtu, triggered: false };
}
