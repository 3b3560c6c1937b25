/**
 * The DATA ladder: parts of a message's data of growing size, never the final dot, ended by RST so that the host drops
 * what it has. A packet-sized rung first, or the whole path search; then payloads, where full-size packets arrive.
 */
import type { Rung, StageResult } from "@mxray/contracts";
import { envelopeRecipient, sendEnvelope } from "../session/envelope.ts";
import type { HostContext } from "../session/host-context.ts";
import type { SmtpSession } from "../session/smtp-session.ts";
import { stageResult } from "../session/stage-result.ts";
import { describeRung } from "./carried-packet.ts";
import { dataCarrier, MessageText, messageHead } from "./data-carrier.ts";
import type { LossMeter } from "./loss-meter.ts";
import { isLoss } from "./observed-rung.ts";
import {
  boundsOf,
  type CarriedRung,
  FITTING_INSTEAD_OF_LOSS,
  NO_SEARCH,
  type PathSearch,
  type PathSearchTask,
  type RungCarrier,
  searchPath,
} from "./path-search.ts";
import { type Cliff, climbPayloads } from "./payload-ladder.ts";

/** Packets that are sent without waiting for each, where a round trip takes so many milliseconds. */
const TOGETHER = 10;
const LONG_ROUND_TRIP_MS = 20;

export interface DataLadder {
  readonly stage: StageResult;
  /** The path search, where this ladder made one. */
  readonly search: PathSearch | null;
  /** Of this ladder only. */
  readonly rungs: readonly Rung[];
  readonly cliff: Cliff | null;
  /** Milliseconds for which payloads waited for the host's window; null where none were sent, or it is not known. */
  readonly waitedMs: number | null;
}

export type DataTask =
  /** The path search from its beginning, or on from what is known. */
  | { readonly kind: "search"; readonly known?: PathSearch }
  /** Packets of this many bytes (none where null), to see that a size that passes in commands passes here too. */
  | { readonly kind: "packets"; readonly size: number | null; readonly enough: (carried: readonly CarriedRung[]) => boolean };

interface DataMeans {
  /** Further connections that the search may open. */
  readonly reopens: () => number;
  /** A further connection that may be given an envelope; null when there is none. */
  readonly open: (elsewhere: boolean) => Promise<SmtpSession | null>;
}

/** Payloads only. */
export const NO_PACKETS: DataTask = { kind: "packets", size: null, enough: () => true };

/** @param session that was asked to go ahead (354) */
export async function climbDataLadder(
  context: HostContext,
  session: SmtpSession,
  meter: LossMeter,
  { task, ...means }: DataMeans & { task: DataTask },
): Promise<DataLadder> {
  const { clock } = context.ports;
  const start = clock.now();
  if (session.connection.facts() === null) {
    session.connection.reset();
    const reason = `What arrives of a message cannot be seen here. ${context.ports.localHost.kernelMissing ?? "The connection ended."}`;
    return {
      search: null,
      rungs: [],
      cliff: null,
      waitedMs: null,
      stage: stageResult("data-ladder", "not-tested", 0, { reason, cause: "local" }),
    };
  }
  await sendHead(context, session);
  const text = new MessageText();
  const carrier = dataLadderCarrier(context, meter, text, means);
  const search = await carryPackets(context, session, carrier, meter, task);
  const before = task.kind === "search" ? (task.known?.rungs.length ?? 0) : 0;
  const packets = (search?.rungs ?? []).slice(before).map(({ rung }) => rung);
  const open = search === null ? session : search.session;
  const lost = search !== null && boundsOf(search.rungs, context.host.family, search.resizedTo) !== null;
  if (open === null || lost || packets.some(({ outcome }) => outcome === "released")) {
    open?.connection.reset();
    return { search, rungs: packets, cliff: null, waitedMs: null, stage: packetStage(packets.at(-1), lost, clock.now() - start) };
  }
  const payloads = await climbPayloads(context, open, meter, text);
  return { ...payloads, search, rungs: [...packets, ...payloads.rungs] };
}

/** Carries the path search on in message data, from what is known. */
export async function searchPathInData(
  context: HostContext,
  meter: LossMeter,
  { known, likely = null, ...means }: DataMeans & Required<Pick<PathSearchTask, "known">> & Pick<PathSearchTask, "likely">,
): Promise<PathSearch> {
  const carrier = dataLadderCarrier(context, meter, new MessageText(), means);
  return await searchPath(context, carrier, null, meter, { known, likely });
}

/** A single packet that is lost begins a search of its own: what was true of a command need not be true of a message. */
async function carryPackets(
  context: HostContext,
  session: SmtpSession,
  carrier: RungCarrier,
  meter: LossMeter,
  task: DataTask,
): Promise<PathSearch | null> {
  switch (task.kind) {
    case "search":
      return await searchPath(context, carrier, session, meter, task.known === undefined ? {} : { known: task.known });
    case "packets": {
      if (task.size === null) return null;
      const size = Math.min(task.size, carrier.largest(session));
      const rungs: CarriedRung[] = [];
      do rungs.push(...(await offerAgain(carrier, session, size, rungs.length)));
      while (rungs.at(-1)?.rung.outcome === "acked" && rungs.length < FITTING_INSTEAD_OF_LOSS && !task.enough(rungs));
      const last = rungs.at(-1);
      const known: PathSearch = { ...NO_SEARCH, rungs, end: "settled", session: last?.usable === true ? session : null };
      if (known.session === null) session.connection.reset();
      return last !== undefined && isLoss(last.rung) ? await searchPath(context, carrier, known.session, meter, { known }) : known;
    }
  }
}

/** One packet first; where round trips are long, then several at a time. */
async function offerAgain(carrier: RungCarrier, session: SmtpSession, size: number, before: number): Promise<CarriedRung[]> {
  const { rttMs = 0 } = session.connection.facts() ?? {};
  const full = size === carrier.largest(session);
  const count = Math.min(TOGETHER, FITTING_INSTEAD_OF_LOSS - before);
  if (before > 0 && full && rttMs >= LONG_ROUND_TRIP_MS && carrier.offerFitting !== undefined)
    return await carrier.offerFitting(session, size, count);
  return [await carrier.offer(session, size, true)];
}

function dataLadderCarrier(context: HostContext, meter: LossMeter, text: MessageText, means: DataMeans): RungCarrier {
  const { reopens, open } = means;
  const reopen = async (elsewhere: boolean) => (reopens() > 0 ? await openInData(context, () => open(elsewhere)) : null);
  return dataCarrier(context, meter, text, { reopens, reopen });
}

function packetStage(last: Rung | undefined, lost: boolean, ms: number): StageResult {
  switch (last?.outcome) {
    case "reset":
    case "closed":
      return stageResult("data-ladder", "failed", ms, { reason: describeRung(last), cause: last.outcome });
    case "stalled":
    case "released":
      return stageResult("data-ladder", "stalled", ms, { reason: describeRung(last), cause: "timeout" });
    default:
      return lost
        ? stageResult("data-ladder", "stalled", ms, { reason: "Large packets of message data did not arrive.", cause: "timeout" })
        : stageResult("data-ladder", "ok", ms);
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
async function openInData(context: HostContext, open: () => Promise<SmtpSession | null>): Promise<SmtpSession | null> {
  const session = await open();
  if (session === null) return null;
  const envelope = await sendEnvelope(context, session, true);
  if (envelope.stage.outcome !== "ok") {
    session.connection.reset();
    return null;
  }
  await sendHead(context, session);
  return session;
}
