/** A transfer that stopped is repeated once: only one that stops at the same byte again, and not by chance, has a limit. */
import { cliffChance } from "../path/cliff-chance.ts";
import { climbDataLadder, NO_PACKETS } from "../path/data-ladder.ts";
import type { Cliff } from "../path/payload-ladder.ts";
import { sendEnvelope } from "../session/envelope.ts";
import type { HostRecord } from "./host-record.ts";
import { NO_CONNECTIONS, openForData } from "./host-session.ts";

/** Buffers are filled by whole segments: two stops this near each other are one limit. */
const SAME_WITHIN = { share: 0.02, bytes: 3000 } as const;
/** Lower, or the path loses so much that two transfers can stop by chance. */
const LIKELY_CHANCE = 1e-3;

export async function repeatCliff(record: HostRecord, first: Cliff): Promise<void> {
  const { context } = record;
  const session = record.reopens() > 0 ? await openForData(record) : null;
  if (session === null) {
    const reason = `${record.outbound.reason} A transfer of message data stopped after ${first.at} bytes, and could not be repeated.`;
    record.judge({ ...record.outbound, reason });
    return;
  }
  const envelope = await sendEnvelope(context, session, true);
  if (envelope.stage.outcome !== "ok") {
    session.connection.reset();
    return;
  }
  const again = await climbDataLadder(context, session, record.meter, {
    task: NO_PACKETS,
    ...NO_CONNECTIONS,
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
  if (cliffChance([first, again.cliff], record.meter.total) >= LIKELY_CHANCE) {
    const reason = `Two transfers of message data stopped, both after about ${first.at} bytes. Packets get lost so often on this path that chance can have stopped both, so no limit is established.`;
    record.judge({ ...record.outbound, verdict: "lossy", confidence: null, rungs, reason });
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
