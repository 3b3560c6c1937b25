/**
 * Tells a black hole from an inspection of commands: where long commands are lost and other packets of that size arrive, the
 * command is repeated, since once may have been chance; and sent in small segments, since its length may be the reason.
 */
import type { Confidence } from "@mxray/contracts";
import { sendLongCommandInPieces } from "../path/command-inspection.ts";
import { dataCarrier, MessageText } from "../path/data-carrier.ts";
import { noopCarrier } from "../path/noop-carrier.ts";
import { isLoss, type ObservedRung } from "../path/observed-rung.ts";
import { binomialPeak } from "../path/path-fit.ts";
import type { PathSearch } from "../path/path-search.ts";
import { sendEnvelope } from "../session/envelope.ts";
import { openSession } from "../session/open-session.ts";
import type { HostRecord } from "./host-record.ts";
import { openForData } from "./host-session.ts";

/** Further losses of the command, and further connections on which message data of that size arrive, by turns. */
const REPETITIONS = { commands: 3, data: 2 } as const;

/**
 * @param carried the search in message data, in which nothing of that size was lost in the end; it holds `commands` too
 * @param commands NOOP lines that were lost
 */
export async function weighLostCommands(record: HostRecord, carried: PathSearch, commands: readonly ObservedRung[]): Promise<void> {
  const size = Math.min(...commands.map(({ rung }) => rung.size));
  const data = carried.rungs.filter(({ rung }) => rung.ladder !== "noop");
  const repeated: ObservedRung[] = [];
  const again: ObservedRung[] = [];
  // By turns, since routers that spread connections over several paths could do the same to connections.
  while (data.every(({ rung }) => !isLoss(rung)) && repeated.length < REPETITIONS.commands) {
    const [command] = await repeatCommand(record, size, 1);
    if (command === undefined) break;
    repeated.push(command);
    if (!isLoss(command.rung)) break;
    if (again.length === REPETITIONS.data) continue;
    const packet = await repeatData(record, size);
    if (packet === null) continue;
    again.push(packet);
    if (packet.rung.outcome !== "acked") break;
  }
  const lost = commands.length + repeated.filter(({ rung }) => isLoss(rung)).length;
  if (repeated.length === 0 || lost <= repeated.length || again.some(({ rung }) => rung.outcome !== "acked")) {
    // The same command arrived, or message data were lost as well: chance, or another path. Or nothing more could be tried.
    record.judgeSearch({ ...carried, rungs: [...carried.rungs, ...repeated, ...again] });
    return;
  }
  record.judgeSearch({ ...carried, rungs: [...data, ...again] });
  const { sent, lost: resent } = record.meter.payload;
  const arrived = [...data, ...again].filter(({ rung }) => rung.outcome === "acked" && rung.size >= size).length + sent - resent;
  const inPieces = await trialInPieces(record, size);
  const confidence = confidenceOfInspection({ lost, arrived, connections: 1 + again.length });
  record.commandInspection = { confidence, size, lost, arrived, inPieces };
  record.judge({ ...record.outbound, rungs: [...record.outbound.rungs, ...repeated.map(({ rung }) => rung)] });
}

/**
 * Commands alone were lost, and neither message data nor TLS can be had. One that is lost in small segments too is dropped for
 * its length; one that arrives so leaves the question open.
 */
export async function weighLongCommand(record: HostRecord, found: PathSearch): Promise<void> {
  const lost = found.rungs.filter(({ rung }) => isLoss(rung));
  if (lost.length === 0) return;
  const size = Math.min(...lost.map(({ rung }) => rung.size));
  const inPieces = await trialInPieces(record, size);
  if (inPieces === "lost") record.commandInspection = { confidence: "likely", size, lost: lost.length, arrived: 0, inPieces };
}

/** A hole of this many bytes was found in message data: does a command that fits it arrive? */
export async function weighFittingCommand(record: HostRecord, mtu: number): Promise<void> {
  const fitting = record.outbound.rungs.filter(({ size, outcome, unit }) => unit === "packet" && size === mtu && outcome === "acked");
  if (fitting.some(({ ladder }) => ladder === "noop")) return;
  const arrived = fitting.length;
  const [first] = await repeatCommand(record, mtu, 1);
  if (first === undefined || !isLoss(first.rung)) return;
  const further = await repeatCommand(record, mtu, REPETITIONS.commands);
  const lost = 1 + further.filter(({ rung }) => isLoss(rung)).length;
  if (lost <= further.length) return;
  const connections = new Set(fitting.map(({ connection }) => connection)).size;
  record.commandInspection = {
    confidence: confidenceOfInspection({ lost, arrived, connections }),
    size: mtu,
    lost,
    arrived,
    inPieces: null,
  };
  record.judge({ ...record.outbound, rungs: [...record.outbound.rungs, first.rung, ...further.map(({ rung }) => rung)] });
}

/** Stops at the first one that arrives. */
async function repeatCommand(record: HostRecord, size: number, times: number): Promise<ObservedRung[]> {
  const { context, meter } = record;
  const rungs: ObservedRung[] = [];
  while (rungs.length < times && !record.sentAway && !context.budget.lacks("inspection")) {
    const { session } = await openSession(context, { purpose: "inspection", ...record.sameWay });
    if (session === null) break;
    const carrier = noopCarrier(context, meter, { reopen: async () => null, reopens: () => 0 });
    const carried = await carrier.offer(session, Math.min(size, carrier.largest(session)), false);
    rungs.push(carried);
    if (carried.usable) session.connection.close();
    else session.connection.reset();
    if (carried.rung.outcome === "acked") break;
  }
  return rungs;
}

async function trialInPieces(record: HostRecord, size: number): Promise<"arrived" | "lost" | null> {
  const { context } = record;
  if (context.budget.lacks("inspection")) return null;
  const { session } = await openSession(context, { purpose: "inspection", ...record.sameWay });
  if (session === null) return null;
  const fate = await sendLongCommandInPieces(context, session, size);
  session.connection.reset();
  return fate;
}

/** One packet of message data on a further connection. */
async function repeatData(record: HostRecord, size: number): Promise<ObservedRung | null> {
  const { context, meter } = record;
  if (context.budget.lacks("inspection")) return null;
  const session = await openForData(record, { ...record.sameWay, purpose: "inspection" });
  if (session === null) return null;
  const envelope = await sendEnvelope(context, session, true);
  if (envelope.stage.outcome !== "ok") {
    session.connection.reset();
    return null;
  }
  const carrier = dataCarrier(context, meter, new MessageText(), { reopen: async () => null, reopens: () => 0 });
  const carried = await carrier.offer(session, Math.min(size, carrier.largest(session)), false);
  session.connection.reset();
  return carried;
}

/**
 * How well an inspection explains it, against chance that takes packets, and against paths that take connections.
 *
 * @param connections on which packets of that size arrived
 */
function confidenceOfInspection({ lost, arrived, connections }: { lost: number; arrived: number; connections: number }): Confidence {
  const fit = Math.exp(-Math.max(binomialPeak(lost, arrived), binomialPeak(lost, connections)));
  if (lost >= 3 && fit >= 1000) return "proven";
  return lost >= 2 && fit >= 100 ? "likely" : "suspected";
}
