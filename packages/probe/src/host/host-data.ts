/** Envelope and DATA ladder of one mail host; the ladder does the path search where NOOPs could not, or goes on with it. */
import { climbDataLadder, type DataLadder, type DataTask, NO_PACKETS } from "../path/data-ladder.ts";
import { isLoss, type ObservedRung } from "../path/observed-rung.ts";
import { boundsOf, type PathSearch } from "../path/path-search.ts";
import { sendEnvelope } from "../session/envelope.ts";
import { openSession } from "../session/open-session.ts";
import { mssOf } from "../session/packet-size.ts";
import type { SmtpSession } from "../session/smtp-session.ts";
import { stageResult } from "../session/stage-result.ts";
import { repeatCliff } from "./host-cliff.ts";
import { weighLostCommands } from "./host-inspection.ts";
import { quitSession } from "./host-quit.ts";
import type { HostRecord } from "./host-record.ts";
import { dataConnections, openForData } from "./host-session.ts";

/**
 * @param usable a connection that is good for an envelope; null opens another
 * @param search what the NOOP ladder found; null has the DATA ladder search
 */
export async function climbHostData(record: HostRecord, usable: SmtpSession | null, search: PathSearch | null): Promise<void> {
  if (!record.wants("envelope") && !record.wants("data-ladder")) {
    await quitSession(record, usable);
    return;
  }
  const session = await sessionForData(record, usable, search);
  if (session !== null) {
    await sendHostData(record, session, search);
    return;
  }
  const reason = record.sentAway
    ? "The host asked us to go away."
    : "The probe's connections to this host are used up, or no further one could be opened.";
  record.record(stageResult("envelope", "not-tested", 0, { reason, cause: "needs" }));
}

async function sessionForData(record: HostRecord, usable: SmtpSession | null, search: PathSearch | null): Promise<SmtpSession | null> {
  const { context } = record;
  // One connection is kept for what a lost command may mean.
  if (search?.end === "stopped") return (await openSession(context, { purpose: "inspection", ...record.sameWay })).session;
  const bounds = search === null ? null : boundsOf(search.rungs, context.host.family, search.resizedTo);
  if (bounds !== null && record.outbound.mtu !== null) {
    // The same bytes with smaller segments: that they pass is part of the proof.
    usable?.connection.reset();
    const clamped = record.reopens() > 0 ? await openForData(record, { mss: mssOf(bounds.passed, context.host.family) }) : null;
    if (clamped !== null) return clamped;
  } else if (usable !== null) return usable;
  return record.reopens() > 0 ? (await openSession(context)).session : null;
}

export async function sendHostData(record: HostRecord, session: SmtpSession, search: PathSearch | null): Promise<void> {
  const { context } = record;
  record.begin("envelope");
  const envelope = await sendEnvelope(context, session, record.wants("data-ladder"));
  record.record(envelope.stage);
  record.sentAway ||= envelope.sentAway;
  if (envelope.stage.outcome !== "ok") {
    const reason = envelope.wantsTls ? "The host wants TLS first." : "The envelope was not accepted, so no data could be sent.";
    record.record(stageResult("data-ladder", "not-tested", 0, { reason, cause: "needs" }));
    await quitSession(record, session);
    return;
  }
  if (!record.wants("data-ladder")) {
    await quitSession(record, session);
    return;
  }
  record.begin("data-ladder");
  const task = taskOf(record, search);
  const ladder = await climbDataLadder(context, session, record.meter, {
    task,
    ...dataConnections(record),
  });
  record.record(ladder.stage);
  const reason = "After DATA the connection is ended by RST, so that nothing is delivered.";
  record.record(stageResult("quit", "skipped", 0, { reason, cause: "needs" }));
  await judgeData(record, ladder, task, search);
}

function taskOf(record: HostRecord, search: PathSearch | null): DataTask {
  if (record.windowClosedToTests) return NO_PACKETS;
  if (search === null) return { kind: "search" };
  if (search.end === "stopped") return { kind: "search", known: search };
  const { mtu } = record.outbound;
  const lost = boundsOf(search.rungs, record.context.host.family, search.resizedTo) !== null;
  // A hole that lacks nothing but packets that fit gets them here, where they cost no commands.
  const enough = (carried: readonly ObservedRung[]) =>
    !lost || record.verdictOf({ ...search, rungs: [...search.rungs, ...carried] }).confidence === "proven";
  return { kind: "packets", size: mtu, enough };
}

async function judgeData(record: HostRecord, ladder: DataLadder, task: DataTask, search: PathSearch | null): Promise<void> {
  const payloads = ladder.rungs.filter(({ unit }) => unit === "payload");
  if (payloads.length > 0) record.judge({ ...record.outbound, rungs: [...record.outbound.rungs, ...payloads] });
  if (record.window !== null) record.window = { ...record.window, waitedMs: ladder.waitedMs };
  const carried = ladder.search;
  if (carried !== null) {
    const lost = boundsOf(carried.rungs, record.context.host.family, carried.resizedTo) !== null;
    if (task.kind === "search") {
      const commands = task.known?.rungs.filter(({ rung }) => isLoss(rung)) ?? [];
      if (commands.length > 0 && !lost && carried.resizedTo === null) await weighLostCommands(record, carried, commands);
      else record.judgeSearch(carried);
    } else if (lost) record.judgeSearch(carried);
    else if (search !== null) record.judgeSearch({ ...search, rungs: [...search.rungs, ...carried.rungs], session: null });
  }
  if (ladder.cliff !== null && record.outbound.verdict !== "black-hole") await repeatCliff(record, ladder.cliff);
}
