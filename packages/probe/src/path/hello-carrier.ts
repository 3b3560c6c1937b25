/**
 * Packets of a wanted size as one TLS ClientHello each, after STARTTLS was accepted: for hosts that accept no envelope, since
 * an inspection of SMTP commands does not read them. Each takes a connection, which is reset once the packet's fate is known.
 */

import type { HostContext } from "../session/host-context.ts";
import { openSession } from "../session/open-session.ts";
import { largestPacket, segmentHeaders, windowRoom } from "../session/packet-size.ts";
import type { SmtpSession } from "../session/smtp-session.ts";
import { carriedPacket } from "./carried-packet.ts";
import { clientHello } from "./client-hello.ts";
import type { LossMeter } from "./loss-meter.ts";
import type { CarriedRung, RungCarrier } from "./path-search.ts";
import { offerSegment } from "./segment-rung.ts";

/** The record is longer than the packet by the tiny segments that follow it. */
const TAILS = 2;

export function helloCarrier(context: HostContext, meter: LossMeter, reopens: () => number): RungCarrier {
  return {
    ladder: "hello",
    perConnection: 1,
    reopens,
    reopen: async () => (reopens() > 0 ? await openForHello(context) : null),
    largest(session) {
      const facts = session.connection.facts();
      return facts === null ? 0 : largestPacket(context.host.family, facts);
    },
    room(session) {
      const facts = session.connection.facts();
      return facts === null ? Number.POSITIVE_INFINITY : windowRoom(context.host.family, facts);
    },
    offer: (session, size, release) => offer(context, meter, session, { size, release }),
  };
}

async function openForHello(context: HostContext): Promise<SmtpSession | null> {
  const { session } = await openSession(context, { purpose: "inspection" });
  if (session === null) return null;
  const answer = await session.command("STARTTLS", context.patience.commandMs);
  if (answer.kind === "reply" && answer.reply.code === 220) return session;
  session.connection.reset();
  return null;
}

async function offer(
  context: HostContext,
  meter: LossMeter,
  session: SmtpSession,
  { size, release }: { size: number; release: boolean },
): Promise<CarriedRung> {
  const { connection } = session;
  meter.countFitting(session);
  const facts = connection.facts();
  const headers = facts === null ? 0 : segmentHeaders(context.host.family, facts);
  const at = context.ports.clock.now();
  const hello = clientHello(size - headers + TAILS + 1, context.host.name);
  const large = hello.subarray(0, size - headers);
  const rest = hello.subarray(size - headers);
  session.noteSent(`… (TLS ClientHello, one packet of ${size} bytes)`);
  const result = await offerSegment(
    connection,
    { large, tails: [rest.subarray(0, 1), rest.subarray(1, TAILS)], trigger: release ? rest.subarray(TAILS) : null },
    { clock: context.ports.clock, signal: context.signal },
  );
  if (result.outcome === "acked") session.smallSegments += TAILS;
  return {
    ...carriedPacket(context, meter, session, { ladder: "hello", size, at, result }),
    usable: false,
    sentAway: false,
    trouble: null,
  };
}
