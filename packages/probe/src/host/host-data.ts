/** Envelope and DATA ladder of one mail host; the ladder does the path search where NOOPs could not. */
import { climbDataLadder, type DataLadder } from "../path/data-ladder.ts";
import type { PathSearch } from "../path/path-search.ts";
import { pathVerdict } from "../path/path-verdict.ts";
import { sendEnvelope } from "../session/envelope.ts";
import { openSession } from "../session/open-session.ts";
import type { SmtpSession } from "../session/smtp-session.ts";
import { stageResult } from "../session/stage-result.ts";
import { quitSession } from "./host-quit.ts";
import type { HostRecord } from "./host-record.ts";

/**
 * @param usable a connection that is good for an envelope; null opens another
 * @param search what the NOOP ladder found; null has the DATA ladder search
 */
export async function climbHostData(record: HostRecord, usable: SmtpSession | null, search: PathSearch | null): Promise<void> {
  if (!record.wants("envelope") && !record.wants("data-ladder")) {
    await quitSession(record, usable);
    return;
  }
  const session = await sessionForData(record, usable);
  if (session !== null) {
    await sendHostData(record, session, search);
    return;
  }
  const reason = record.sentAway
    ? "The host asked us to go away."
    : "The probe's connections to this host are used up, or no further one came about.";
  record.record(stageResult("envelope", "not-tested", 0, { reason, cause: "needs" }));
}

async function sessionForData(record: HostRecord, usable: SmtpSession | null): Promise<SmtpSession | null> {
  const { context, outbound } = record;
  if (outbound.verdict === "black-hole" && outbound.mtu !== null) {
    // The same bytes with smaller segments: that they pass is part of the proof.
    usable?.connection.reset();
    const mss = outbound.mtu - (context.host.family === 4 ? 40 : 60);
    const clamped = record.reopens() > 0 ? (await openSession(context, { mss })).session : null;
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
  const ladder = await climbDataLadder(context, session, record.meter, {
    task: search === null ? "search" : { size: record.outbound.mtu },
    reopens: () => record.reopens(),
  });
  record.record(ladder.stage);
  const reason = "After DATA the connection is ended by RST, so that nothing is delivered.";
  record.record(stageResult("quit", "skipped", 0, { reason, cause: "needs" }));
  if (ladder.search !== null) record.judge(pathVerdict(ladder.search, record.meter.total, record.facts));
  addDataRungs(record, ladder);
}

function addDataRungs(record: HostRecord, { rungs, cliff }: DataLadder): void {
  const { outbound } = record;
  const known = new Set(outbound.rungs);
  const together = { ...outbound, rungs: [...outbound.rungs, ...rungs.filter((rung) => !known.has(rung))] };
  const open = outbound.verdict === "clear" || outbound.verdict === "pmtud-works" || outbound.verdict === "not-tested";
  if (cliff === null || !open) {
    record.judge(together);
    return;
  }
  const { at, windowClosed } = cliff;
  const how = windowClosed ? "the host stops reading (its receive window stays closed)" : "nothing more is acknowledged";
  record.judge({
    ...together,
    verdict: "cliff",
    cliffAt: at,
    confidence: "likely",
    reason: `Packets of every size arrive, and yet after ${at} bytes of message ${how}: a limit that is no MTU.`,
  });
}
