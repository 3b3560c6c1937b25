/**
 * Packets of a wanted size as one padded NOOP line each (RFC 5321 §4.1.1.9 allows an argument and tells servers to ignore
 * it): the large segment, one-byte segments behind it, and CRLF once the fate of the large one is known. Any reply proves arrival.
 *
 * One NOOP outstanding, never pipelined (Postfix 3.9 and later hang up); at most nine on a connection (Exim's default
 * refuses the eleventh non-mail command); lines of at most 2,000 bytes (Postfix and Sendmail read 2,048).
 */
import type { Rung } from "@mxray/contracts";
import type { HostContext } from "../session/host-context.ts";
import { isSentAway } from "../session/open-session.ts";
import { largestPacket, segmentHeaders, windowRoom } from "../session/packet-size.ts";
import type { SmtpSession } from "../session/smtp-session.ts";
import { roundMs } from "../session/stage-result.ts";
import { carriedPacket, tellRung } from "./carried-packet.ts";
import type { LossMeter } from "./loss-meter.ts";
import type { CarriedRung, RungCarrier } from "./path-search.ts";
import { offerSegment } from "./segment-rung.ts";

const NOOPS_PER_CONNECTION = 9;
const LONGEST_LINE = 2000;
/** The line has arrived by then; only its reply is awaited. */
export const REPLY_TIMEOUT_MS = 6000;
/** Linux holds back what follows a lost segment until more selective acknowledgements come than make it send that again: three. */
const TAILS = 4;
/** Without the kernel's facts only a reply tells, and only its absence for this long tells the contrary. */
const BLIND_STALL_MS = 4000;
/** Transmissions that are lost in that time at least: the first, and one after Linux's or anyone's initial time-out. */
const BLIND_LOSSES = 2;
/** The shortest retransmission time-out of common systems. */
const RETRANSMISSION_MS = 200;
/** Assumed where nothing can be asked. */
const ETHERNET_MTU = 1500;
const USUAL_HEADERS = { 4: 52, 6: 72 } as const;

interface Offer {
  /** Bytes of the whole IP packet. */
  readonly size: number;
  /** Send it again without DF when it is lost. */
  readonly release: boolean;
  readonly glance: boolean;
}

/** @param further `glance`: a packet that is lost ends the use of its connection soon, without a release */
export function noopCarrier(
  context: HostContext,
  meter: LossMeter,
  { glance = false, ...further }: Pick<RungCarrier, "reopen" | "reopens"> & { readonly glance?: boolean },
): RungCarrier {
  const blind = context.ports.localHost.kernelMissing !== null;
  return {
    ladder: "noop",
    perConnection: NOOPS_PER_CONNECTION,
    ...further,
    largest(session) {
      const facts = session.connection.facts();
      if (facts === null) return ETHERNET_MTU;
      return Math.min(largestPacket(context.host.family, facts), LONGEST_LINE + segmentHeaders(context.host.family, facts));
    },
    room(session) {
      const facts = session.connection.facts();
      return facts === null ? Number.POSITIVE_INFINITY : windowRoom(context.host.family, facts);
    },
    offer: (session, size, release) =>
      blind ? offerBlind(context, meter, session, size) : offer(context, meter, session, { size, release: release && !glance, glance }),
  };
}

async function offer(context: HostContext, meter: LossMeter, session: SmtpSession, { size, release, glance }: Offer): Promise<CarriedRung> {
  const { connection } = session;
  const facts = connection.facts();
  const early = await session.unexpectedReply();
  meter.countFitting(session);
  const at = context.ports.clock.now();
  const headers = facts === null ? USUAL_HEADERS[context.host.family] : segmentHeaders(context.host.family, facts);
  const padding = size - headers - session.tlsOverhead - "NOOP ".length;
  session.noteSent(`NOOP ${"x".repeat(16)}… (one packet of ${size} bytes)`);
  const result = await offerSegment(
    connection,
    {
      large: Buffer.from(`NOOP ${"x".repeat(Math.max(0, padding))}`),
      tails: new Array<Uint8Array>(TAILS).fill(Buffer.from("x")),
      trigger: release ? Buffer.from("\r\n") : null,
      glance,
    },
    { clock: context.ports.clock, signal: context.signal },
  );

  const arrived = result.outcome === "acked" || result.outcome === "resized" || result.outcome === "released";
  let trouble = early;
  let usable = arrived && early === null;
  let sentAway = early?.kind === "reply" && isSentAway(early.reply);
  if (arrived) {
    if (!result.triggered) await connection.write(Buffer.from("\r\n"));
    const reply = await session.readReply(REPLY_TIMEOUT_MS);
    sentAway ||= reply.kind === "reply" && isSentAway(reply.reply);
    usable &&= reply.kind === "reply" && !sentAway;
    // A refusal of the long line is an answer all the same; being sent away or left without one is not.
    if (!usable) trouble ??= reply;
  }
  if (result.outcome === "acked") session.smallSegments += 2 + TAILS;
  return { ...carriedPacket(context, meter, session, { ladder: "noop", size, at, result }), usable, sentAway, trouble };
}

async function offerBlind(context: HostContext, meter: LossMeter, session: SmtpSession, size: number): Promise<CarriedRung> {
  const { clock } = context.ports;
  const at = clock.now();
  const line = Math.min(LONGEST_LINE, size - USUAL_HEADERS[context.host.family]);
  session.noteSent(`NOOP ${"x".repeat(16)}… (one packet of about ${size} bytes)`);
  await session.connection.write(Buffer.from(`NOOP ${"x".repeat(Math.max(0, line - 5))}`));
  await session.connection.write(Buffer.from("\r\n"));
  const reply = await session.readReply(BLIND_STALL_MS);
  const outcome = reply.kind === "reply" ? "acked" : reply.kind === "reset" || reply.kind === "closed" ? reply.kind : "stalled";
  const rung: Rung = {
    connection: session.number,
    size,
    unit: "packet",
    ladder: "noop",
    outcome,
    ms: roundMs(clock.now() - at),
    retransmits: 0,
    at: roundMs(at - context.began),
    sacked: false,
    tls: false,
    clampedMss: session.connection.clampedMss,
  };
  tellRung(context, session, rung);
  // A reply that took as long as a first retransmission does stands for a lost segment.
  if (outcome === "acked") meter.countReply(2, rung.ms > RETRANSMISSION_MS);
  const sentAway = reply.kind === "reply" && isSentAway(reply.reply);
  return {
    rung,
    losses: outcome === "stalled" ? BLIND_LOSSES : 0,
    usable: reply.kind === "reply" && !sentAway,
    sentAway,
    trouble: null,
    resizedTo: null,
  };
}
