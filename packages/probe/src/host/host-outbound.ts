/**
 * What remains to be done for the way to the host once the other direction is known: connections that were kept for that
 * are free now. A hole whose size is not certain is searched further, and the same bytes are sent in smaller segments.
 */
import { climbDataLadder, searchPathInData } from "../path/data-ladder.ts";
import { helloCarrier } from "../path/hello-carrier.ts";
import { isLoss } from "../path/observed-rung.ts";
import { type PathSearch, searchPath } from "../path/path-search.ts";
import { sendEnvelope } from "../session/envelope.ts";
import { openSession } from "../session/open-session.ts";
import { isStartTlsOffered } from "../session/starttls.ts";
import { weighFittingCommand } from "./host-inspection.ts";
import { searchPathInNoops } from "./host-noops.ts";
import type { HostRecord } from "./host-record.ts";

export async function finishOutbound(record: HostRecord): Promise<void> {
  const { search, context } = record;
  if (search === null || record.sentAway || record.facts.blind || record.commandInspection !== null) return;
  context.budget.keep("direction", 0);
  const released = search.rungs.some(({ rung }) => rung.outcome === "released");
  if (released || !search.rungs.some(({ rung }) => isLoss(rung)) || search.end === "settled") return;
  const data = record.stage("data-ladder");
  const inData = data !== undefined && data.outcome !== "not-tested";
  if (record.outbound.confidence !== "proven")
    record.judgeSearch(inData ? await resumeInData(record, search) : await resumeInCommands(record, search));
  const { mtu, verdict } = record.outbound;
  if (verdict !== "black-hole" || mtu === null) return;
  const arrived =
    record.search?.rungs.filter(({ rung }) => rung.size === mtu && rung.outcome === "acked" && rung.ladder !== "noop").length ?? 0;
  if (inData) {
    await sendClamped(record, mtu);
    if (search.rungs.some(({ rung }) => rung.ladder === "noop" && isLoss(rung))) await weighFittingCommand(record, mtu, arrived);
  }
}

async function resumeInData(record: HostRecord, known: PathSearch): Promise<PathSearch> {
  const { context, meter } = record;
  // One connection is kept for the smaller segments.
  const reopens = () => Math.max(0, record.reopens() - 1);
  return await searchPathInData(context, meter, { known: { ...known, session: null }, reopens, localPort: record.sameWay.localPort });
}

/** No envelope: commands find the size, and TLS shows that it is not the command that is dropped. */
async function resumeInCommands(record: HostRecord, known: PathSearch): Promise<PathSearch> {
  const { context, meter, opened } = record;
  const tls = opened !== null && isStartTlsOffered(opened.ehlo) && record.tls?.protocol !== undefined;
  const found = await searchPathInNoops(record, { known: { ...known, session: null }, ...(tls ? { stopAt: "adjacent" } : {}) });
  found.session?.connection.reset();
  if (!tls || record.sentAway) return found;
  const carrier = helloCarrier(context, meter, () => context.budget.left("inspection"));
  return await searchPath(context, carrier, null, meter, { known: { ...found, session: null } });
}

/** The same bytes with smaller segments: that they pass is part of the proof. */
async function sendClamped(record: HostRecord, mtu: number): Promise<void> {
  const { context, meter } = record;
  if (record.reopens() === 0) return;
  const mss = mtu - (context.host.family === 4 ? 40 : 60);
  const { session } = await openSession(context, { mss });
  if (session === null) return;
  const envelope = await sendEnvelope(context, session, true);
  if (envelope.stage.outcome !== "ok") {
    session.connection.reset();
    return;
  }
  const { rungs } = await climbDataLadder(context, session, meter, {
    task: { kind: "packet", size: null },
    reopens: () => 0,
    localPort: undefined,
  });
  record.judge({ ...record.outbound, rungs: [...record.outbound.rungs, ...rungs] });
}
