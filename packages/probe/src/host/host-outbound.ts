/**
 * What remains to be done for the way to the host once the other direction is known: connections that were kept for that
 * are free now. A hole whose size is not certain is searched further, and the same bytes are sent in smaller segments.
 */
import { climbDataLadder, NO_PACKETS, searchPathInData } from "../path/data-ladder.ts";
import { helloCarrier } from "../path/hello-carrier.ts";
import { boundsOf, type PathSearch, searchPath } from "../path/path-search.ts";
import { sendEnvelope } from "../session/envelope.ts";
import { mssOf } from "../session/packet-size.ts";
import { isStartTlsOffered } from "../session/starttls.ts";
import { weighFittingCommand, weighLongCommand } from "./host-inspection.ts";
import { searchPathInNoops } from "./host-noops.ts";
import type { HostRecord } from "./host-record.ts";
import { dataConnections, NO_CONNECTIONS, openForData } from "./host-session.ts";

export async function finishOutbound(record: HostRecord): Promise<void> {
  const { search, context, sentAway, facts } = record;
  if (search === null || sentAway || facts.blind || record.commandInspection !== null) return;
  context.budget.keep("direction", 0);
  const commands = search.rungs.some(({ rung }) => rung.ladder === "noop" && rung.outcome === "stalled");
  const data = record.stage("data-ladder");
  const inData = data !== undefined && data.outcome !== "not-tested";
  if (boundsOf(search.rungs, facts.family, search.resizedTo) === null) return;
  weighOtherDirection(record, search);
  if (record.outbound.confidence !== "proven") record.judgeSearch(await resume(record, search, inData));
  if (record.commandInspection !== null) {
    const reason = "Long commands are lost in small packets too, and no message data could be sent: the path was not tested.";
    record.judge({ ...record.outbound, verdict: "inconclusive", mtu: null, confidence: null, reason });
  }
  const { mtu, verdict } = record.outbound;
  if (verdict !== "black-hole" || mtu === null || !inData) return;
  if (!record.outbound.rungs.some(({ clampedMss }) => clampedMss !== null)) await sendClamped(record, mtu);
  // Commands were lost for their size, it seems: those that fit must arrive.
  if (commands) await weighFittingCommand(record, mtu);
}

/** Links are mostly as narrow in both directions: a hole on the way back makes its size the likely one here. */
function weighOtherDirection(record: HostRecord, search: PathSearch): void {
  const { verdict, mtu, exact, confidence } = record.inbound;
  if (verdict !== "black-hole" || exact !== true || confidence === "suspected" || record.outbound.confidence === "proven") return;
  record.facts = { ...record.facts, likely: mtu };
  record.judgeSearch(search);
}

async function resume(record: HostRecord, search: PathSearch, inData: boolean): Promise<PathSearch> {
  const released = search.rungs.some(({ rung }) => rung.outcome === "released");
  if (!inData) return await resumeInCommands(record, search, released);
  return released && search.rungs.every(({ rung }) => rung.ladder === "noop")
    ? await searchPathInNoops(record, { known: { ...search, session: null }, ...likelyOf(record) })
    : await resumeInData(record, search);
}

async function resumeInData(record: HostRecord, known: PathSearch): Promise<PathSearch> {
  // One connection is kept for the smaller segments.
  return await searchPathInData(record.context, record.meter, {
    known: { ...known, session: null },
    ...likelyOf(record),
    ...dataConnections(record, 1),
  });
}

function likelyOf({ facts: { likely = null } }: HostRecord): { likely: number | null } {
  return { likely };
}

/** No envelope: commands find the size, and TLS shows that it is not the command that is dropped. */
async function resumeInCommands(record: HostRecord, known: PathSearch, released: boolean): Promise<PathSearch> {
  const { context, meter, opened } = record;
  const tls = !released && record.wants("starttls") && opened !== null && isStartTlsOffered(opened.ehlo);
  const found = await searchPathInNoops(record, {
    known: { ...known, session: null },
    ...likelyOf(record),
    ...(tls ? { stopAt: "adjacent" } : {}),
  });
  found.session?.connection.reset();
  if (released || record.sentAway) return found;
  if (!tls) {
    await weighLongCommand(record, found);
    return found;
  }
  const carrier = helloCarrier(context, meter, () => context.budget.left("inspection"));
  return await searchPath(context, carrier, null, meter, { known: { ...found, session: null }, ...likelyOf(record) });
}

/** The same bytes with smaller segments: that they pass is part of the proof. */
async function sendClamped(record: HostRecord, mtu: number): Promise<void> {
  const { context, meter } = record;
  const session = record.reopens() > 0 ? await openForData(record, { mss: mssOf(mtu, context.host.family) }) : null;
  if (session === null) return;
  const envelope = await sendEnvelope(context, session, true);
  if (envelope.stage.outcome !== "ok") {
    session.connection.reset();
    return;
  }
  const { rungs } = await climbDataLadder(context, session, meter, { task: NO_PACKETS, ...NO_CONNECTIONS });
  record.judge({ ...record.outbound, rungs: [...record.outbound.rungs, ...rungs] });
}
