/**
 * Payloads of 4, 16, 64 and 256 kB within one message's data, to find limits that are no MTU. The ladder is broken off with
 * RST, so that the host drops what it has.
 */
import type { Rung, StageResult } from "@mxray/contracts";
import type { HostContext } from "../session/host-context.ts";
import { negative } from "../session/open-session.ts";
import type { SmtpSession } from "../session/smtp-session.ts";
import { roundMs, stageResult } from "../session/stage-result.ts";
import { tellRung } from "./carried-packet.ts";
import type { MessageText } from "./data-carrier.ts";
import type { LossMeter } from "./loss-meter.ts";
import type { SmallSegments } from "./path-statistics.ts";
import { LARGE_PAYLOAD, offerPayload, PAYLOAD_SIZES, type PayloadResult } from "./payload-rung.ts";

/** The kernel acknowledges before the mail program reads: it has this long to object. */
const LAST_WORD_MS = 60;
/** A slow path is left alone after this. */
const LONGEST_MS = 15_000;

/** Where a transfer stopped. */
export interface Cliff {
  /** Bytes of message data acknowledged before. */
  readonly at: number;
  readonly windowClosed: boolean;
  /** Segments of the transfer until then, and those of them that were sent again. */
  readonly before: SmallSegments;
  /** Transmissions of the next segment in vain that are independent of each other. */
  readonly vain: number;
}

export interface PayloadLadder {
  readonly stage: StageResult;
  readonly rungs: readonly Rung[];
  /** Null when the transfer did not stop. */
  readonly cliff: Cliff | null;
  /** Milliseconds for which the connection waited for the host's window; null where the kernel does not report it. */
  readonly waitedMs: number | null;
}

/** @param session within message data; it is ended */
export async function climbPayloads(
  context: HostContext,
  session: SmtpSession,
  meter: LossMeter,
  text: MessageText,
): Promise<PayloadLadder> {
  const { clock } = context.ports;
  const start = clock.now();
  const rungs: Rung[] = [];
  const done = (stage: StageResult, cliff: Cliff | null = null): PayloadLadder => {
    const waitedMs = session.connection.facts()?.windowLimitedMs ?? null;
    session.connection.reset();
    return { rungs, cliff, waitedMs, stage };
  };
  const whole = session.connection.facts()?.bytesAcked ?? 0;
  const before = { sent: 0, lost: 0 };
  let kept = false;
  for (const size of sizesFor(context)) {
    kept = size > text.left(session.sizeLimit);
    if (kept) break;
    const at = clock.now();
    session.noteSent(`… (${size} bytes of message)`);
    const result = await offerPayload(session.connection, text.take(size), { clock, signal: context.signal, untilMs: start + LONGEST_MS });
    const rung = payloadRung(context, session, { size, at, result });
    rungs.push(rung);
    tellRung(context, session, rung);
    countPayload(session, meter, result);
    before.sent += segmentsOf(session, result.acknowledged) + result.resent;
    before.lost += result.resent;
    const ms = clock.now() - start;
    if (result.outcome === "acked" && rung.size < size) {
      const sent = rungs.reduce((sum, { size }) => sum + size, 0);
      const reason = `The host took ${sent} bytes of message in ${Math.round(ms / 1000)} s and was still taking more: slow, and not stalled.`;
      return done(stageResult("data-ladder", "ok", ms, { reason }));
    }
    if (result.outcome === "acked") continue;
    if (context.signal.aborted)
      return done(stageResult("data-ladder", "stalled", ms, { reason: "The probe was ended.", cause: "deadline" }));
    const sent = (session.connection.facts()?.bytesAcked ?? whole) - whole;
    if (result.outcome === "rejected")
      return done(negative("data-ladder", await session.readReply(1000), `${size} bytes of message`, 1000, ms));
    if (result.outcome === "closed" || result.outcome === "reset") {
      const how = result.outcome === "reset" ? "reset the connection" : "closed the connection";
      const reason = `The host ${how} within a payload of ${size} bytes, after ${result.acknowledged} of them.`;
      return done(stageResult("data-ladder", "failed", ms, { reason, cause: result.outcome }));
    }
    const why = result.windowClosed ? "the host keeps its receive window closed: it stopped reading" : "what follows is not acknowledged";
    return done(stageResult("data-ladder", "stalled", ms, { reason: `After ${sent} bytes of message ${why}.`, cause: "timeout" }), {
      at: sent,
      windowClosed: result.windowClosed,
      before,
      vain: result.vain,
    });
  }
  const late = await session.readReply(LAST_WORD_MS + 2 * (session.connection.facts()?.rttMs ?? 0));
  const ms = clock.now() - start;
  if (late.kind !== "timeout" && late.kind !== "aborted") return done(negative("data-ladder", late, "the message data", LAST_WORD_MS, ms));
  session.note("Breaking off with RST: nothing is delivered.");
  const reason = `The host takes messages of at most ${session.sizeLimit} bytes (SIZE); larger payloads were not sent.`;
  return done(stageResult("data-ladder", "ok", ms, kept ? { reason } : {}));
}

function sizesFor({ options }: HostContext): readonly number[] {
  return options.largePayloads === false ? PAYLOAD_SIZES.filter((size) => size < LARGE_PAYLOAD) : PAYLOAD_SIZES;
}

function payloadRung(context: HostContext, session: SmtpSession, offered: { size: number; at: number; result: PayloadResult }): Rung {
  const { size, at, result } = offered;
  return {
    connection: session.number,
    size: result.outcome === "acked" ? result.acknowledged : size,
    unit: "payload",
    ladder: "data",
    outcome: result.outcome,
    ms: roundMs(result.ms),
    retransmits: result.retransmits,
    at: roundMs(at - context.began),
    sacked: false,
    tls: session.tlsOverhead > 0,
    clampedMss: session.connection.clampedMss,
  };
}

function countPayload(session: SmtpSession, meter: LossMeter, { acknowledged, retransmits }: PayloadResult): void {
  meter.countPayload(session, { sent: segmentsOf(session, acknowledged) + retransmits, lost: retransmits });
}

function segmentsOf(session: SmtpSession, bytes: number): number {
  const mss = session.connection.facts()?.sendMss ?? bytes;
  return Math.ceil(bytes / Math.max(1, mss));
}
