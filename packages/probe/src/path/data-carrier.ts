/**
 * Packets of a wanted size as parts of a message's data, after 354 and never with the final dot: nothing is delivered.
 * For hosts that a long command line would upset (a masked greeting), and for the large payloads that find other limits.
 *
 * Lines have at most 76 octets, none begins with a dot, and the first ones are proper headers and a sentence that says
 * what this is and whom to ask.
 */

import type { Rung } from "@mxray/contracts";
import type { HostContext } from "../session/host-context.ts";
import { largestPacket, segmentHeaders, windowRoom } from "../session/packet-size.ts";
import type { SmtpSession } from "../session/smtp-session.ts";
import { roundMs } from "../session/stage-result.ts";
import { carriedPacket, tellRung } from "./carried-packet.ts";
import type { LossMeter } from "./loss-meter.ts";
import type { CarriedRung, RungCarrier } from "./path-search.ts";
import { offerSegment } from "./segment-rung.ts";
import { sendSpaced } from "./spaced-segments.ts";

/** As in NOOP lines. */
const TAILS = 4;
/** A full-size packet on a path of jumbo frames or loopback says nothing about the internet. */
const LARGEST = 9000;

interface Offer {
  /** Bytes of the whole IP packet. */
  readonly size: number;
  /** Send it again without DF when it is lost. */
  readonly release: boolean;
}

/** The headers and the sentence in front of it. */
const LONGEST_HEAD = 1000;

export class MessageText {
  #taken = LONGEST_HEAD;
  #rest = "";
  #line = 0;

  /** Octets that a message may still have where the host takes so many at most; without a limit, any number. */
  left(limit: number | null): number {
    return limit === null ? Number.POSITIVE_INFINITY : Math.max(0, limit - this.#taken);
  }

  /** Exactly so many octets of message text, continuing where the last call ended. */
  take(bytes: number): Uint8Array {
    while (this.#rest.length < bytes) {
      this.#line += 1;
      this.#rest += `mxray size test, line ${String(this.#line).padStart(6, "0")}; this message is never finished or delivered.\r\n`;
    }
    this.#taken += bytes;
    const taken = this.#rest.slice(0, bytes);
    this.#rest = this.#rest.slice(bytes);
    return Buffer.from(taken, "latin1");
  }
}

/** The head of the message, one small segment. */
export function messageHead({
  helo,
  contact,
  date,
  recipient,
}: {
  helo: string;
  contact: string | undefined;
  date: string;
  recipient: string;
}): string {
  return [
    `From: mxray delivery test <postmaster@${helo}>`,
    `To: <${recipient}>`,
    "Subject: mxray size test, never finished or delivered",
    `Date: ${date}`,
    "",
    "This is a test of how large packets travel to this mail host. The message is broken off",
    `before its end, so nothing is delivered.${contact === undefined ? "" : ` Questions: ${contact}`}`,
    "",
    "",
  ].join("\r\n");
}

export function dataCarrier(
  context: HostContext,
  meter: LossMeter,
  text: MessageText,
  further: Pick<RungCarrier, "reopen" | "reopens">,
): RungCarrier {
  return {
    ladder: "data",
    perConnection: Number.POSITIVE_INFINITY,
    ...further,
    largest(session) {
      const facts = session.connection.facts();
      return facts === null ? 0 : Math.min(largestPacket(context.host.family, facts), LARGEST);
    },
    room(session) {
      const facts = session.connection.facts();
      return facts === null ? Number.POSITIVE_INFINITY : windowRoom(context.host.family, facts);
    },
    offer: (session, size, release) => offer(context, meter, text, session, { size, release }),
    offerFitting: (session, size, count) => offerFitting(context, meter, text, session, { size, count }),
  };
}

async function offer(
  context: HostContext,
  meter: LossMeter,
  text: MessageText,
  session: SmtpSession,
  { size, release }: Offer,
): Promise<CarriedRung> {
  const { connection } = session;
  meter.countFitting(session);
  const facts = connection.facts();
  const headers = facts === null ? 0 : segmentHeaders(context.host.family, facts);
  const at = context.ports.clock.now();
  session.noteSent(`… (one packet of ${size} bytes)`);
  const result = await offerSegment(
    connection,
    {
      large: text.take(size - headers - session.tlsOverhead),
      tails: Array.from({ length: TAILS }, () => text.take(1)),
      trigger: release ? text.take(1) : null,
    },
    { clock: context.ports.clock, signal: context.signal },
  );
  if (result.outcome === "acked") session.smallSegments += 1 + TAILS;
  const usable = result.outcome === "acked" || result.outcome === "resized" || result.outcome === "released";
  return { ...carriedPacket(context, meter, session, { ladder: "data", size, at, result }), usable, sentAway: false, trouble: null };
}

async function offerFitting(
  context: HostContext,
  meter: LossMeter,
  text: MessageText,
  session: SmtpSession,
  { size, count }: { size: number; count: number },
): Promise<CarriedRung[]> {
  const { connection } = session;
  const { clock } = context.ports;
  meter.countFitting(session);
  const facts = connection.facts();
  const headers = facts === null ? 0 : segmentHeaders(context.host.family, facts);
  const at = clock.now();
  session.noteSent(`… (${count} packets of ${size} bytes, a moment apart)`);
  const segments = Array.from({ length: count }, () => text.take(size - headers - session.tlsOverhead));
  const { outcome, ms, arrived, lost } = await sendSpaced(connection, segments, { clock, signal: context.signal });
  session.smallSegments += arrived;
  if (arrived === count) meter.countFitting(session);
  else meter.countOversized(session, { sent: 0, lost: 0 });
  return segments.slice(0, arrived + 1).map((_, index) => {
    const losses = index < arrived ? Number(index < lost) : outcome === "stalled" ? Math.max(1, lost - arrived) : 0;
    const rung: Rung = {
      connection: session.number,
      size,
      unit: "packet",
      ladder: "data",
      outcome: index < arrived ? "acked" : outcome,
      ms: roundMs(ms),
      retransmits: losses,
      at: roundMs(at - context.began),
      sacked: false,
      tls: session.tlsOverhead > 0,
      clampedMss: connection.clampedMss,
    };
    tellRung(context, session, rung);
    return { rung, losses, usable: index < arrived, sentAway: false, trouble: null, resizedTo: null };
  });
}
