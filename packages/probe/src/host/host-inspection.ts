/**
 * Tells a black hole from an inspection of commands: where long commands are lost and other packets of that size arrive, the
 * command is repeated, since once may have been chance; and sent in small segments, since its length may be the reason.
 */
import type { Confidence } from "@mxray/contracts";
import { sendLongCommandInPieces } from "../path/command-inspection.ts";
import { noopCarrier } from "../path/noop-carrier.ts";
import { isLoss, type ObservedRung } from "../path/observed-rung.ts";
import { binomialPeak } from "../path/path-fit.ts";
import type { PathSearch } from "../path/path-search.ts";
import { openSession } from "../session/open-session.ts";
import type { HostRecord } from "./host-record.ts";

const REPETITIONS = 2;

/**
 * @param carried the search in message data, in which nothing of that size was lost; it holds `commands` too
 * @param commands NOOP lines that were lost
 */
export async function weighLostCommands(record: HostRecord, carried: PathSearch, commands: readonly ObservedRung[]): Promise<void> {
  const size = Math.min(...commands.map(({ rung }) => rung.size));
  const repeated = await repeatCommand(record, size);
  const lost = commands.length + repeated.filter(({ rung }) => isLoss(rung)).length;
  const data = carried.rungs.filter(({ rung }) => rung.ladder !== "noop");
  if (repeated.some(({ rung }) => rung.outcome === "acked") || repeated.length === 0) {
    // The same command arrived: it was chance. Or it could not be repeated, and all that is known is one loss.
    record.judgeSearch({ ...carried, rungs: [...carried.rungs, ...repeated] });
    return;
  }
  record.judgeSearch({ ...carried, rungs: data });
  const { sent, lost: resent } = record.meter.payload;
  const arrived = data.filter(({ rung }) => rung.outcome === "acked" && rung.size >= size).length + sent - resent;
  const inPieces = await trialInPieces(record, size);
  record.commandInspection = { confidence: confidenceOfInspection(lost, arrived), size, lost, arrived, inPieces };
  const rungs = new Set(data.map(({ rung }) => rung));
  const before = record.outbound.rungs.filter((rung) => !rungs.has(rung));
  const known = new Set(record.outbound.rungs);
  const added = repeated.map(({ rung }) => rung).filter((rung) => !known.has(rung));
  record.judge({ ...record.outbound, rungs: [...before, ...rungs, ...added] });
}

/** A hole was found in message data: does a command that fits it arrive? Called once the hole is confirmed. */
export async function weighFittingCommand(record: HostRecord, mtu: number, arrived: number): Promise<void> {
  const [first] = await repeatCommand(record, mtu, 1);
  if (first === undefined || !isLoss(first.rung)) return;
  const further = await repeatCommand(record, mtu);
  const lost = 1 + further.filter(({ rung }) => isLoss(rung)).length;
  if (lost <= further.length) return;
  record.commandInspection = { confidence: confidenceOfInspection(lost, arrived), size: mtu, lost, arrived, inPieces: null };
  record.judge({ ...record.outbound, rungs: [...record.outbound.rungs, first.rung, ...further.map(({ rung }) => rung)] });
}

/** Stops at the first one that arrives. */
async function repeatCommand(record: HostRecord, size: number, times = REPETITIONS): Promise<ObservedRung[]> {
  const { context, meter } = record;
  const rungs: ObservedRung[] = [];
  while (rungs.length < times && !record.sentAway && context.budget.left("inspection") > 0) {
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
  if (context.budget.left("inspection") === 0) return null;
  const { session } = await openSession(context, { purpose: "inspection", ...record.sameWay });
  if (session === null) return null;
  const fate = await sendLongCommandInPieces(context, session, size);
  session.connection.reset();
  return fate;
}

/** How probable it is that chance took all of one kind of packet and none of the other. */
function confidenceOfInspection(lost: number, arrived: number): Confidence {
  const fit = Math.exp(-binomialPeak(lost, arrived));
  if (lost >= 3 && fit >= 1000) return "proven";
  return lost >= 2 && fit >= 100 ? "likely" : "suspected";
}
