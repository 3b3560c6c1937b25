/**
 * Finds the largest packet that gets through, to the byte, and confirms it until chance is ruled out or the means are
 * used up. Knows nothing of SMTP: a carrier puts packets of a wanted size on the wire, in NOOP lines or in message data.
 *
 * First the largest packet that the kernel would send. If it arrives, that is all. If it is lost and DF could be released,
 * the same connection goes on and the search halves. If not (IPv6, a router that does not fragment), each loss costs a
 * connection, and the search spares losses instead of trials.
 */
import type { Rung } from "@mxray/contracts";
import type { HostContext } from "../session/host-context.ts";
import type { ReplyOutcome, SmtpSession } from "../session/smtp-session.ts";
import type { LossMeter } from "./loss-meter.ts";
import { type MtuBounds, nextSize, nextSizeWithLosses, SMALLEST_PACKET } from "./mtu-search.ts";
import { isLoss, type ObservedRung } from "./observed-rung.ts";
import { confidenceOf, pathStatistics } from "./path-statistics.ts";

export interface CarriedRung extends ObservedRung {
  /** The connection may carry more. */
  readonly usable: boolean;
  /** The host said 421 or 554: leave it alone. */
  readonly sentAway: boolean;
  /** What came instead of the reply that was due once the packet had arrived; null when all was well. */
  readonly trouble: ReplyOutcome | null;
  /** The largest packet that the kernel would send now, after a router reported a smaller MTU. */
  readonly resizedTo: number | null;
}

/** How packets of a wanted size are put on the wire. */
export interface RungCarrier {
  readonly ladder: Rung["ladder"];
  /** Offers that one connection may carry. */
  readonly perConnection: number;
  /** The largest packet that may be offered on this connection, bytes. */
  largest(session: SmtpSession): number;
  /** The largest packet for which the peer's receive window has room, bytes; absent where that is no matter. */
  room?(session: SmtpSession): number;
  /**
   * @param size bytes of the whole IP packet
   * @param release whether a lost packet is sent again without DF, where that is possible
   */
  offer(session: SmtpSession, size: number, release: boolean): Promise<CarriedRung>;
  /** So many packets that fit, without waiting for each; absent where each needs an answer. Ends with the first that does not arrive. */
  offerFitting?(session: SmtpSession, size: number, count: number): Promise<CarriedRung[]>;
  /** Further connections that the budget allows. */
  reopens(): number;
  /**
   * A further connection, ready for offers; null when the budget or the host forbids it.
   *
   * @param elsewhere from a port of its own: what the first connection showed has to be true of others, too
   */
  reopen(elsewhere: boolean): Promise<SmtpSession | null>;
}

type SearchEnd =
  /** The answer is confirmed, or nothing is lost. */
  | "settled"
  /** Connections, rungs or time ran out first. */
  | "exhausted"
  /** As far as the task asked. */
  | "stopped"
  /** The host or something before it ends the connection on large packets, instead of losing them. */
  | "rejected"
  | "sent-away";

export interface PathSearch {
  readonly rungs: readonly ObservedRung[];
  readonly end: SearchEnd;
  /** A router reported a smaller MTU, and the kernel sends no larger packets than this since; bytes. */
  readonly resizedTo: number | null;
  /** The first reply that was missing or not a good one, although its packet had arrived. */
  readonly trouble: ReplyOutcome | null;
  /** The connection that is still good for more, if one is. */
  readonly session: SmtpSession | null;
}

export interface PathSearchTask {
  /** What was found before, perhaps by another carrier. */
  readonly known?: PathSearch;
  /** The MTU of the other direction where that has a hole, bytes. */
  readonly likely?: number | null;
  /**
   * Ends sooner than with a confirmed answer. `data`: where message data do the rest, at the first loss that could not be
   * released (it may be due to what the packet carried) and when nothing but packets that fit are still needed.
   * `adjacent`: when the size that passes and the one that does not are neighbours, and the first has passed several times.
   */
  readonly stopAt?: "data" | "adjacent";
}

/** A search that spares losses goes up in small steps, and needs packets that fit afterwards. */
const MOST_RUNGS = 120;
/** Resending without DF is given up after it did not help so often. */
const MOST_RELEASES_IN_VAIN = 2;
/** The size that fits and its successor in an order that no rhythm of a policer or of a burst follows; true is the successor. */
const CONFIRMING_ORDER = [true, false, false, true, true, false, true, false, false, false, true, true, false, true, false, false];
/** Where a loss costs a connection: packets that fit, before their successor is risked. */
const FITTING_BEFORE_LOSS = 10;
/** Commands that fit, before another carrier takes over. */
const FITTING_WHERE_ADJACENT = 8;
/** So many more packets that fit are rather sent than a connection given up. */
export const FITTING_INSTEAD_OF_LOSS = 30;
/** Losses of the successor that are spared for confirming the answer. */
const SPARED_LOSSES = 2;

export const NO_SEARCH: PathSearch = { rungs: [], end: "exhausted", resizedTo: null, trouble: null, session: null };

export async function searchPath(
  context: Pick<HostContext, "host" | "signal">,
  carrier: RungCarrier,
  first: SmtpSession | null,
  meter: Pick<LossMeter, "total">,
  task: PathSearchTask = {},
): Promise<PathSearch> {
  return await new Search(context, carrier, first, meter, task).run();
}

class Search {
  readonly #context: Pick<HostContext, "host" | "signal">;
  readonly #carrier: RungCarrier;
  readonly #meter: Pick<LossMeter, "total">;
  readonly #task: PathSearchTask;
  readonly #rungs: ObservedRung[];
  #session: SmtpSession | null;
  #offered = 0;
  #resizedTo: number | null;
  #sentAway = false;
  #trouble: ReplyOutcome | null = null;

  constructor(
    context: Pick<HostContext, "host" | "signal">,
    carrier: RungCarrier,
    first: SmtpSession | null,
    meter: Pick<LossMeter, "total">,
    task: PathSearchTask,
  ) {
    this.#context = context;
    this.#carrier = carrier;
    this.#session = first;
    this.#meter = meter;
    this.#task = task;
    this.#rungs = [...(task.known?.rungs ?? [])];
    this.#resizedTo = task.known?.resizedTo ?? null;
  }

  async run(): Promise<PathSearch> {
    let size = this.#nextSize();
    if (this.#task.known === undefined || size === null) {
      const open = await this.#ready();
      if (open === null) return this.#done("exhausted");
      size = this.#carrier.largest(open);
    }
    while (true) {
      const carried = await this.#offer(size);
      if (carried === null) return this.#done("exhausted");
      if (carried.rung.outcome === "resized") {
        // The kernel has cut the packet smaller and it arrived in parts: now the largest that it still sends.
        if (carried.resizedTo === null || carried.resizedTo >= carried.rung.size) return this.#done("settled");
        this.#resizedTo = carried.resizedTo;
        size = carried.resizedTo;
        continue;
      }
      if (!isLoss(carried.rung) && carried.rung.outcome !== "acked") return this.#done("rejected");
      if (this.#task.stopAt === "data" && carried.rung.outcome === "stalled") return this.#done("stopped");
      const bounds = this.#bounds();
      // Nothing was lost, or what was lost got through later.
      if (bounds === null || this.#isSettled(bounds)) return this.#done("settled");
      if (this.#task.stopAt === "data" && this.#lacksOnlyFitting(bounds)) return this.#done("settled");
      if (this.#task.stopAt === "adjacent" && this.#isAdjacent(bounds)) return this.#done("stopped");
      const next = this.#nextSize();
      if (next === null) return this.#done("exhausted");
      size = next;
    }
  }

  #done(end: SearchEnd): PathSearch {
    return {
      rungs: this.#rungs,
      end: this.#sentAway ? "sent-away" : end,
      resizedTo: this.#resizedTo,
      trouble: this.#trouble,
      session: this.#session,
    };
  }

  #bounds(): MtuBounds | null {
    return boundsOf(this.#rungs, this.#context.host.family, this.#resizedTo);
  }

  /** @param further packets that fit, as if they had arrived too */
  #isSettled(bounds: MtuBounds, further: readonly ObservedRung[] = []): boolean {
    const rungs = [...this.#rungs, ...further];
    const { likely = null } = this.#task;
    const statistics = pathStatistics(rungs, bounds.passed, this.#meter.total, { family: this.#context.host.family, likely });
    return confidenceOf(statistics, bounds.lost === bounds.passed + 1) === "proven";
  }

  #isAdjacent({ passed, lost }: MtuBounds): boolean {
    const fitting = this.#rungs.filter(({ rung }) => rung.outcome === "acked" && rung.size === passed).length;
    return lost === passed + 1 && fitting >= FITTING_WHERE_ADJACENT;
  }

  /** Enough was lost: packets that fit are all that is missing for a proof. */
  #lacksOnlyFitting(bounds: MtuBounds): boolean {
    const last = this.#rungs.findLast(({ rung }) => rung.outcome === "acked" && rung.size === bounds.passed);
    if (last === undefined) return false;
    // They are lost as often as small packets are.
    const { sent, lost } = this.#meter.total;
    const late = Math.ceil((FITTING_INSTEAD_OF_LOSS * lost) / Math.max(1, sent));
    return this.#isSettled(
      bounds,
      Array.from({ length: FITTING_INSTEAD_OF_LOSS }, (_, index) => ({ ...last, losses: index < late ? 1 : 0 })),
    );
  }

  /** Null when nothing was lost, or when the connections do not suffice for more. */
  #nextSize(): number | null {
    const bounds = this.#bounds();
    if (bounds === null) return null;
    const released = this.#rungs.some(({ rung }) => rung.outcome === "released");
    if (bounds.lost > bounds.passed + 1) {
      const { likely = null } = this.#task;
      if (likely !== null && likely >= bounds.passed && likely < bounds.lost) return likely === bounds.passed ? likely + 1 : likely;
      const affordable = (this.#session === null ? 0 : 1) + this.#carrier.reopens() - SPARED_LOSSES;
      return released ? nextSize(bounds) : nextSizeWithLosses(bounds, affordable);
    }
    return released ? this.#nextByTurns(bounds) : this.#nextSparing(bounds);
  }

  #nextByTurns({ passed, lost }: MtuBounds): number {
    const turns = this.#rungs.filter(({ rung }) => rung.size === passed || rung.size === lost).length;
    return CONFIRMING_ORDER[turns % CONFIRMING_ORDER.length] ? lost : passed;
  }

  /** Each loss costs a connection: first many packets that fit, then the one that does not. */
  #nextSparing(bounds: MtuBounds): number | null {
    const { passed, lost } = bounds;
    const own = this.#rungs.slice(this.#task.known?.rungs.length ?? 0);
    const last = own.at(-1)?.rung;
    if (this.#session === null && this.#carrier.reopens() === 0) return null;
    if (this.#task.stopAt === "adjacent") return passed;
    // What another carrier lost is first of all to be lost by this one.
    if (!own.some(({ rung }) => isLoss(rung))) return lost;
    if (this.#session === null) return last?.size === passed && last.outcome === "acked" ? lost : passed;
    if (this.#offered >= this.#carrier.perConnection - 1) return lost;
    const since = this.#rungs.slice(this.#rungs.findLastIndex(({ rung }) => isLoss(rung)) + 1);
    const fitting = since.filter(({ rung }) => rung.size === passed);
    if (fitting.length < FITTING_BEFORE_LOSS) return passed;
    return this.#lacksOnlyFitting(bounds) ? passed : lost;
  }

  /** A connection that may carry one more offer. */
  async #ready(): Promise<SmtpSession | null> {
    if (this.#context.signal.aborted || this.#sentAway) return null;
    if (this.#session !== null && this.#offered < this.#carrier.perConnection) return this.#session;
    this.#session?.connection.close();
    this.#session = await this.#carrier.reopen(this.#isConfirming());
    this.#offered = 0;
    return this.#session;
  }

  async #offer(size: number): Promise<CarriedRung | null> {
    const open = await this.#ready();
    if (open === null || this.#rungs.length >= MOST_RUNGS) return null;
    this.#offered += 1;
    // A smaller MTU may have been learned between two connections.
    const largest = this.#carrier.largest(open);
    if (largest < size) this.#resizedTo = largest;
    const room = this.#carrier.room?.(open) ?? largest;
    const carried = await this.#carrier.offer(open, Math.min(size, largest, room), this.#mayRelease());
    this.#rungs.push(carried);
    this.#sentAway ||= carried.sentAway;
    this.#trouble ??= carried.trouble;
    if (!carried.usable) {
      this.#session?.connection.reset();
      this.#session = null;
    }
    return carried;
  }

  /** The size is found; from here on packets only confirm it. */
  #isConfirming(): boolean {
    const bounds = this.#bounds();
    if (bounds === null || bounds.lost > bounds.passed + 1) return false;
    return this.#rungs.some(({ rung }) => isLoss(rung) && rung.size === bounds.lost);
  }

  #mayRelease(): boolean {
    const lost = this.#rungs.filter(({ rung }) => isLoss(rung));
    return lost.length < MOST_RELEASES_IN_VAIN || lost.some(({ rung }) => rung.outcome === "released");
  }
}

/**
 * Null when nothing above the largest packet that arrived was lost.
 *
 * @param limit what is larger does not count, since the kernel sends it no longer; bytes
 */
export function boundsOf(rungs: readonly ObservedRung[], family: 4 | 6, limit: number | null): MtuBounds | null {
  const counted = rungs.filter(({ rung }) => limit === null || rung.size <= limit);
  const arrived = counted.filter(({ rung }) => rung.outcome === "acked").map(({ rung }) => rung.size);
  const passed = Math.max(SMALLEST_PACKET[family] - 1, ...arrived);
  const lost = Math.min(...counted.filter(({ rung }) => isLoss(rung) && rung.size > passed).map(({ rung }) => rung.size));
  return Number.isFinite(lost) ? { passed, lost } : null;
}
