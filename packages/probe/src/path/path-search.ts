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
import { confidenceOf, isLoss, type ObservedRung, pathStatistics } from "./path-statistics.ts";

export interface CarriedRung extends ObservedRung {
  /** The connection may carry more. */
  readonly usable: boolean;
  /** The host said 421 or 554: leave it alone. */
  readonly sentAway: boolean;
  /** What came instead of the reply that was due once the packet had arrived; null when all was well. */
  readonly trouble: ReplyOutcome | null;
  /** The largest packet that the kernel would send now, after it was told of a smaller MTU. */
  readonly resizedTo: number | null;
}

/** How packets of a wanted size are put on the wire. */
export interface RungCarrier {
  readonly ladder: Rung["ladder"];
  /** Offers that one connection may carry. */
  readonly perConnection: number;
  /** The largest packet that may be offered on this connection, bytes. */
  largest(session: SmtpSession): number;
  /** @param size bytes of the whole IP packet */
  offer(session: SmtpSession, size: number): Promise<CarriedRung>;
  /** Further connections that the budget allows. */
  reopens(): number;
  /** A further connection, ready for offers; null when the budget or the host forbids it. */
  reopen(): Promise<SmtpSession | null>;
}

type SearchEnd =
  /** The answer stands, or nothing is lost. */
  | "settled"
  /** Connections, rungs or time ran out first. */
  | "exhausted"
  /** The host or something before it ends the connection on large packets, instead of losing them. */
  | "rejected"
  | "sent-away";

export interface PathSearch {
  readonly rungs: readonly ObservedRung[];
  readonly end: SearchEnd;
  readonly resized: boolean;
  /** The first reply that was missing or not a good one, although its packet had arrived. */
  readonly trouble: ReplyOutcome | null;
  /** The connection that is still good for more, if one is. */
  readonly session: SmtpSession | null;
}

const MOST_RUNGS = 45;

export async function searchPath(context: HostContext, carrier: RungCarrier, first: SmtpSession, meter: LossMeter): Promise<PathSearch> {
  const rungs: ObservedRung[] = [];
  let session: SmtpSession | null = first;
  let offered = 0;
  let resized = false;
  let sentAway = false;
  let trouble: ReplyOutcome | null = null;

  const done = (end: SearchEnd): PathSearch => ({ rungs, end: sentAway ? "sent-away" : end, resized, trouble, session });
  const drop = () => {
    session?.connection.reset();
    session = null;
  };
  /** A connection that may carry one more offer. */
  const ready = async (): Promise<SmtpSession | null> => {
    if (context.signal.aborted || sentAway) return null;
    if (session !== null && offered < carrier.perConnection) return session;
    session?.connection.close();
    session = await carrier.reopen();
    offered = 0;
    return session;
  };
  const offer = async (size: number): Promise<CarriedRung | null> => {
    const open = await ready();
    if (open === null || rungs.length >= MOST_RUNGS) return null;
    offered += 1;
    const carried = await carrier.offer(open, size);
    rungs.push(carried);
    sentAway ||= carried.sentAway;
    trouble ??= carried.trouble;
    if (!carried.usable) drop();
    return carried;
  };

  let top = carrier.largest(first);
  let carried = await offer(top);
  while (carried?.rung.outcome === "resized" && carried.resizedTo !== null && carried.resizedTo < top) {
    resized = true;
    top = carried.resizedTo;
    carried = await offer(top);
  }
  if (carried === null) return done("exhausted");
  if (carried.rung.outcome === "acked" || carried.rung.outcome === "resized") return done("settled");
  if (!isLoss(carried.rung)) return done("rejected");

  while (true) {
    const bounds = boundsOf(rungs, context.host.family);
    // What was lost got through later: chance, not size.
    if (bounds === null) return done("settled");
    const released = rungs.some(({ rung }) => rung.outcome === "released");
    // One connection is kept for confirming the answer.
    const affordable = (session === null ? 0 : 1) + carrier.reopens() - 1;
    let size = released ? nextSize(bounds) : nextSizeWithLosses(bounds, affordable);
    if (size === null) {
      if (isSettled(rungs, bounds, meter)) return done("settled");
      // The size that fits and its successor by turns, the successor last.
      const last = rungs.at(-1)?.rung;
      size = last !== undefined && isLoss(last) && last.size === bounds.lost ? bounds.passed : bounds.lost;
    }
    const next = await offer(size);
    if (next === null) return done("exhausted");
    if (!isLoss(next.rung) && next.rung.outcome !== "acked") return done("rejected");
  }
}

/** Null when nothing above the largest packet that arrived was lost. */
export function boundsOf(rungs: readonly ObservedRung[], family: 4 | 6): MtuBounds | null {
  const arrived = rungs.filter(({ rung }) => rung.outcome === "acked").map(({ rung }) => rung.size);
  const passed = Math.max(SMALLEST_PACKET[family] - 1, ...arrived);
  const lost = Math.min(...rungs.filter(({ rung }) => isLoss(rung) && rung.size > passed).map(({ rung }) => rung.size));
  return Number.isFinite(lost) ? { passed, lost } : null;
}

function isSettled(rungs: readonly ObservedRung[], bounds: MtuBounds, meter: LossMeter): boolean {
  return confidenceOf(pathStatistics(rungs, bounds.passed, meter.total), true) === "proven";
}
