/** What became of a packet that a ladder offered: counted, written into the transcript, emitted, and handed to the search. */
import type { Rung } from "@mxray/contracts";
import type { HostContext } from "../session/host-context.ts";
import { largestPacket } from "../session/packet-size.ts";
import type { SmtpSession } from "../session/smtp-session.ts";
import { roundMs } from "../session/stage-result.ts";
import type { LossMeter } from "./loss-meter.ts";
import type { CarriedRung } from "./path-search.ts";
import type { SegmentResult } from "./segment-rung.ts";

interface OfferedPacket {
  readonly ladder: Rung["ladder"];
  /** Bytes of the whole IP packet. */
  readonly size: number;
  /** Clock reading when it was offered. */
  readonly at: number;
  readonly result: SegmentResult;
}

export function carriedPacket(
  context: HostContext,
  meter: LossMeter,
  session: SmtpSession,
  { ladder, size, at, result }: OfferedPacket,
): Pick<CarriedRung, "rung" | "losses" | "releaseTried" | "resizedTo"> {
  const { connection } = session;
  const { outcome, retransmits, sacked, losses, stream } = result;
  if (outcome === "acked") meter.countFitting(session);
  else meter.countOversized(session, result.tails);
  const now = connection.facts();
  // What arrived did so in packets no larger than the kernel sends by now.
  const arrivedSize = now === null ? size : Math.min(size, largestPacket(context.host.family, now));
  const rung: Rung = {
    connection: session.number,
    size: outcome === "acked" ? arrivedSize : size,
    unit: "packet",
    ladder,
    outcome,
    ms: roundMs(result.ms),
    retransmits,
    at: roundMs(at - context.began),
    sacked,
    tls: session.tlsOverhead > 0,
    clampedMss: connection.clampedMss,
    ...(stream === undefined ? {} : { stream: { ...stream, lost: losses } }),
  };
  tellRung(context, session, rung);
  return {
    rung,
    losses,
    releaseTried: result.triggered,
    resizedTo: outcome === "resized" && now !== null ? largestPacket(context.host.family, now) : null,
  };
}

export function tellRung(context: HostContext, session: SmtpSession, rung: Rung): void {
  session.note(describeRung(rung));
  context.emit({ type: "rung", host: context.index, rung });
}

/** One rung in a sentence. */
export function describeRung(rung: Rung): string {
  const what = rung.unit === "packet" ? `The packet of ${rung.size} bytes` : `The ${rung.size} bytes of message`;
  switch (rung.outcome) {
    case "acked":
      return `${what} arrived (${rung.ms} ms).`;
    case "stalled":
      return `${what} ${rung.sacked ? "did not arrive, while smaller ones behind it did" : "did not arrive"}.`;
    case "released":
      return `${what} did not arrive with DF set${rung.sacked ? ", while smaller ones behind it did" : ""}; sent again without DF it arrived.`;
    case "resized":
      return `${what} was too big; a router said so, and the kernel cut it smaller.`;
    case "reset":
      return `The connection was reset after ${what.toLowerCase()}.`;
    case "closed":
      return `The host closed the connection after ${what.toLowerCase()}.`;
    case "rejected":
      return `${what} was answered with a refusal.`;
  }
}
