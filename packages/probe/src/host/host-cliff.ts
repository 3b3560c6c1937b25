/** A transfer that stopped is repeated once: only one that stops at the same byte again has a limit. */
import { climbDataLadder } from "../path/data-ladder.ts";
import type { Cliff } from "../path/payload-ladder.ts";
import { sendEnvelope } from "../session/envelope.ts";
import { openSession } from "../session/open-session.ts";
import type { HostRecord } from "./host-record.ts";

/** Buffers are filled by whole segments: two stops this near each other are one limit. */
const SAME_WITHIN = { share: 0.02, bytes: 3000 } as const;

export async function repeatCliff(record: HostRecord, first: Cliff): Promise<void> {
  const { context, outbound } = record;
  if (outbound.verdict === "black-hole" || record.reopens() === 0) return;
  const { session } = await openSession(context, record.sameWay);
  if (session === null) return;
  const envelope = await sendEnvelope(context, session, true);
  if (envelope.stage.outcome !== "ok") {
    session.connection.reset();
    return;
  }
  const again = await climbDataLadder(context, session, record.meter, {
    task: { kind: "packets", size: null, count: 0 },
    reopens: () => 0,
    localPort: undefined,
  });
  const rungs = [...record.outbound.rungs, ...again.rungs];
  if (again.cliff === null) {
    const reason = `${record.outbound.reason} A transfer of message data stopped once after ${first.at} bytes, and did not when it was repeated.`;
    record.judge({ ...record.outbound, rungs, reason });
    record.record({ ...again.stage, reason: again.stage.reason ?? `A first transfer stopped after ${first.at} bytes; this one did not.` });
    return;
  }
  if (!isSame(first.at, again.cliff.at)) {
    const reason = `${record.outbound.reason} Two transfers of message data stopped, after ${first.at} and after ${again.cliff.at} bytes: no limit of size, and no cause that is known.`;
    record.judge({ ...record.outbound, verdict: "inconclusive", confidence: null, rungs, reason });
    return;
  }
  const how = first.windowClosed ? "the host stops reading (its receive window stays closed)" : "nothing more is acknowledged";
  record.judge({
    ...record.outbound,
    rungs,
    verdict: "cliff",
    cliffAt: first.at,
    cliffStop: first.windowClosed ? "window-closed" : "unacknowledged",
    confidence: "likely",
    reason: `Twice, after ${first.at} bytes of message ${how}, although full-size packets arrive: a limit that is no MTU.`,
  });
}

function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= Math.max(SAME_WITHIN.bytes, SAME_WITHIN.share * Math.max(a, b));
}
