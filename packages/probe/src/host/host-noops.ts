/** The NOOP ladder of one mail host: the path search in command lines, where the host and what is before it bear them. */
import { noopCarrier, REPLY_TIMEOUT_MS } from "../path/noop-carrier.ts";
import { boundsOf, type PathSearch, type PathSearchTask, type RungCarrier, searchPath } from "../path/path-search.ts";
import { negative, openSession } from "../session/open-session.ts";
import type { SmtpSession } from "../session/smtp-session.ts";
import { stageResult } from "../session/stage-result.ts";
import type { HostRecord } from "./host-record.ts";

interface NoopLadder {
  /** The connection that is still good, if one is. */
  readonly usable: SmtpSession | null;
  /** Null where NOOPs could not carry the search. */
  readonly search: PathSearch | null;
}

export async function climbHostNoops(record: HostRecord, session: SmtpSession): Promise<NoopLadder> {
  const { context } = record;
  if (!record.wants("noop-ladder")) return { usable: session, search: null };
  const mask = record.opened?.greeting.mask ?? "none";
  if (mask === "pix" || mask === "full") {
    const reason = "Behind a masked greeting no long command line is sent: such firewalls drop it. Message data are used instead.";
    record.record(stageResult("noop-ladder", "not-tested", 0, { reason, cause: "needs" }));
    return { usable: session, search: null };
  }
  if (record.windowClosedToTests) {
    const reason = `The host's receive window has ${record.facts.peerWindow} bytes, so no full-size packet can be sent.`;
    record.record(stageResult("noop-ladder", "not-tested", 0, { reason, cause: "needs" }));
    record.judge({ ...record.outbound, verdict: "inconclusive", reason });
    return { usable: session, search: null };
  }
  record.begin("noop-ladder");
  const start = context.ports.clock.now();
  // What is lost and cannot be released may have been lost for being a long command: message data go on from there.
  const dataFollow = record.wants("data-ladder") && !record.facts.blind;
  const search = await searchPath(context, hostNoopCarrier(record), session, record.meter, dataFollow ? { stopAt: "data" } : {});
  record.sentAway ||= search.end === "sent-away";
  return judgeNoops(record, search, context.ports.clock.now() - start);
}

/** Carries the search on in commands. */
export async function searchPathInNoops(record: HostRecord, task: PathSearchTask): Promise<PathSearch> {
  const search = await searchPath(record.context, hostNoopCarrier(record), null, record.meter, task);
  record.sentAway ||= search.end === "sent-away";
  return search;
}

function hostNoopCarrier(record: HostRecord): RungCarrier {
  const { context } = record;
  const reopen = async (elsewhere: boolean) =>
    record.reopens() > 0 ? (await openSession(context, elsewhere ? record.otherWay() : record.sameWay)).session : null;
  return noopCarrier(context, record.meter, { reopen, reopens: () => record.reopens() });
}

function judgeNoops(record: HostRecord, search: PathSearch, ms: number): NoopLadder {
  record.judgeSearch(search);
  if (search.end === "rejected") {
    const reason = "The host ended the connection on a long NOOP line.";
    const cause = search.rungs.at(-1)?.rung.outcome === "reset" ? "reset" : "closed";
    record.record(stageResult("noop-ladder", "failed", ms, { reason, cause }));
    return { usable: search.session, search: null };
  }
  if (search.end === "stopped") {
    const size = search.rungs.at(-1)?.rung.size ?? 0;
    const reason = `A NOOP line in a packet of ${size} bytes did not arrive. Message data show whether its size or its content is the reason.`;
    record.record(stageResult("noop-ladder", "stalled", ms, { reason, cause: "timeout" }));
    return { usable: null, search };
  }
  if (search.trouble !== null) {
    record.record(negative("noop-ladder", search.trouble, "a long NOOP line that had arrived", REPLY_TIMEOUT_MS, ms));
    return { usable: search.session, search };
  }
  const { reason } = record.outbound;
  // Message data may have to settle it, but long lines did not arrive.
  const bounds = boundsOf(search.rungs, record.facts.family, search.resizedTo);
  record.record(
    bounds !== null
      ? stageResult("noop-ladder", "stalled", ms, { reason, cause: "timeout" })
      : stageResult("noop-ladder", "ok", ms, { reason }),
  );
  return { usable: search.session, search };
}
