/**
 * The DATA ladder: parts of a message's data of growing size, never the final dot, ended by RST so that the host drops
 * what it has. A packet-sized rung first (or the whole path search, where NOOPs could not carry it), then payloads of
 * 4, 16, 64 and 256 kB for limits that are no MTU.
 */
import type { Rung, StageResult } from "@mxray/contracts";
import { envelopeRecipient, sendEnvelope } from "../session/envelope.ts";
import type { HostContext } from "../session/host-context.ts";
import { negative, openSession } from "../session/open-session.ts";
import type { SmtpSession } from "../session/smtp-session.ts";
import { roundMs, stageResult } from "../session/stage-result.ts";
import { describeRung, tellRung } from "./carried-packet.ts";
import { dataCarrier, MessageText, messageHead } from "./data-carrier.ts";
import type { LossMeter } from "./loss-meter.ts";
import { type PathSearch, searchPath } from "./path-search.ts";
import { LARGE_PAYLOAD, offerPayload, PAYLOAD_SIZES } from "./payload-rung.ts";

const LAST_WORD_MS = 60;

export interface DataLadder {
  readonly stage: StageResult;
  /** The path search, where this ladder was asked to do it and DATA was accepted. */
  readonly search: PathSearch | null;
  readonly rungs: readonly Rung[];
  /** Bytes of message data acknowledged before they stopped being; null when they did not stop. */
  readonly cliff: { readonly at: number; readonly windowClosed: boolean } | null;
}

/**
 * @param session that was told to go ahead (354)
 * @param task the whole path search, or one rung of this many bytes to see that a known packet size passes here too
 * @param reopens further connections that the search may open
 */
export async function climbDataLadder(
  context: HostContext,
  session: SmtpSession,
  meter: LossMeter,
  { task, reopens }: { task: "search" | { size: number | null }; reopens: () => number },
): Promise<DataLadder> {
  const { clock } = context.ports;
  const start = clock.now();
  const nothing = { search: null, rungs: [], cliff: null };
  if (session.connection.facts() === null) {
    session.connection.reset();
    const reason = context.ports.localHost.kernelMissing ?? "The connection ended.";
    return {
      ...nothing,
      stage: stageResult("data-ladder", "not-tested", clock.now() - start, {
        reason: `What arrives of a message cannot be seen here. ${reason}`,
        cause: "local",
      }),
    };
  }
  await sendHead(context, session);
  const text = new MessageText();

  let search: PathSearch | null = null;
  let open: SmtpSession | null = session;
  const rungs: Rung[] = [];
  if (task === "search" || task.size !== null) {
    const carrier = dataCarrier(context, meter, text, {
      reopens,
      reopen: async () => (reopens() > 0 ? await reopenInData(context) : null),
    });
    if (task === "search") {
      search = await searchPath(context, carrier, session, meter);
      rungs.push(...search.rungs.map(({ rung }) => rung));
      open = search.session;
    } else {
      const carried = await carrier.offer(session, Math.min(task.size ?? 0, carrier.largest(session)));
      rungs.push(carried.rung);
      if (!carried.usable) open = null;
    }
  }
  const last = rungs.at(-1);
  if (open === null || rungs.some(({ outcome }) => outcome === "released")) {
    open?.connection.reset();
    return { search, rungs, cliff: null, stage: packetStage(last, clock.now() - start) };
  }
  return { search, ...(await climbPayloads(context, open, meter, text, rungs, start)) };
}

async function climbPayloads(
  context: HostContext,
  session: SmtpSession,
  meter: LossMeter,
  text: MessageText,
  rungs: Rung[],
  start: number,
): Promise<Omit<DataLadder, "search">> {
  const { clock } = context.ports;
  const sizes = context.options.largePayloads === false ? PAYLOAD_SIZES.filter((size) => size < LARGE_PAYLOAD) : PAYLOAD_SIZES;
  const whole = session.connection.facts()?.bytesAcked ?? 0;
  for (const size of sizes) {
    const at = clock.now();
    session.noteSent(`… (${size} bytes of message)`);
    const result = await offerPayload(session.connection, text.take(size), { clock, signal: context.signal });
    const rung: Rung = {
      connection: session.number,
      size,
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
    rungs.push(rung);
    tellRung(context, session, rung);
    if (result.outcome === "acked") {
      const mss = session.connection.facts()?.sendMss ?? size;
      session.smallSegments += Math.ceil(size / Math.max(1, mss));
      meter.countFitting(session);
      continue;
    }

    const ms = clock.now() - start;
    if (context.signal.aborted) {
      session.connection.reset();
      return {
        rungs,
        cliff: null,
        stage: stageResult("data-ladder", "stalled", ms, { reason: "The probe was ended.", cause: "deadline" }),
      };
    }
    const sent = (session.connection.facts()?.bytesAcked ?? whole) - whole;
    switch (result.outcome) {
      case "rejected": {
        const reply = await session.readReply(1000);
        session.connection.reset();
        return { rungs, cliff: null, stage: negative("data-ladder", reply, `${size} bytes of message`, 1000, ms) };
      }
      case "closed":
      case "reset": {
        session.connection.reset();
        const how = result.outcome === "reset" ? "reset the connection" : "closed the connection";
        return {
          rungs,
          cliff: null,
          stage: stageResult("data-ladder", "failed", ms, {
            reason: `The host ${how} within a payload of ${size} bytes, after ${result.acknowledged} of them.`,
            cause: result.outcome,
          }),
        };
      }
      default: {
        session.connection.reset();
        const why = result.windowClosed
          ? "the host keeps its receive window closed: it stopped reading"
          : "what follows is not acknowledged";
        return {
          rungs,
          cliff: { at: sent, windowClosed: result.windowClosed },
          stage: stageResult("data-ladder", "stalled", ms, { reason: `After ${sent} bytes of message ${why}.`, cause: "timeout" }),
        };
      }
    }
  }
  // The kernel acknowledges before the mail program reads: give that a moment to object.
  const late = await session.readReply(LAST_WORD_MS + 2 * (session.connection.facts()?.rttMs ?? 0));
  if (late.kind !== "timeout" && late.kind !== "aborted") {
    session.connection.reset();
    return { rungs, cliff: null, stage: negative("data-ladder", late, "the message data", LAST_WORD_MS, clock.now() - start) };
  }
  session.note("Breaking off with RST: nothing is delivered.");
  session.connection.reset();
  return { rungs, cliff: null, stage: stageResult("data-ladder", "ok", clock.now() - start) };
}

function packetStage(last: Rung | undefined, ms: number): StageResult {
  switch (last?.outcome) {
    case "reset":
    case "closed":
      return stageResult("data-ladder", "failed", ms, { reason: describeRung(last), cause: last.outcome });
    case "stalled":
    case "released":
      return stageResult("data-ladder", "stalled", ms, { reason: describeRung(last), cause: "timeout" });
    default:
      return stageResult("data-ladder", "ok", ms);
  }
}

async function sendHead(context: HostContext, session: SmtpSession): Promise<void> {
  const head = messageHead({
    helo: context.helo,
    contact: context.options.contact,
    date: new Date().toUTCString().replace("GMT", "+0000"),
    recipient: envelopeRecipient(context),
  });
  session.smallSegments += 1;
  session.noteSent(`… (${head.length} bytes: headers and a sentence that explains this test)`);
  await session.connection.write(Buffer.from(head, "utf8"));
}

/** A further connection that has come as far as message data. */
async function reopenInData(context: HostContext): Promise<SmtpSession | null> {
  const { session } = await openSession(context);
  if (session === null) return null;
  const envelope = await sendEnvelope(context, session, true);
  if (envelope.stage.outcome !== "ok") {
    session.connection.reset();
    return null;
  }
  await sendHead(context, session);
  return session;
}
