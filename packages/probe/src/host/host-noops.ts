/** The NOOP ladder of one mail host: the path search in command lines, where the host and what stands before it bear them. */
import { noopCarrier, REPLY_TIMEOUT_MS } from "../path/noop-carrier.ts";
import { boundsOf, type PathSearch, searchPath } from "../path/path-search.ts";
import { pathVerdict } from "../path/path-verdict.ts";
import { negative, openSession } from "../session/open-session.ts";
import type { SmtpSession } from "../session/smtp-session.ts";
import { stageResult } from "../session/stage-result.ts";
import type { HostRecord } from "./host-record.ts";

/** An inspecting firewall drops command lines of more than 512 bytes: a "path MTU" of about that size by NOOPs alone is none. */
const INSPECTED_LINE_PACKET = 700;

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
  record.begin("noop-ladder");
  const start = context.ports.clock.now();
  const reopen = async () => (record.reopens() > 0 ? (await openSession(context)).session : null);
  const carrier = noopCarrier(context, record.meter, { reopen, reopens: () => record.reopens() });
  const search = await searchPath(context, carrier, session, record.meter);
  record.sentAway ||= search.end === "sent-away";
  return judgeNoops(record, search, context.ports.clock.now() - start);
}

function judgeNoops(record: HostRecord, search: PathSearch, ms: number): NoopLadder {
  if (search.end === "rejected") {
    const reason = "The host ended the connection on a long NOOP line.";
    const cause = search.rungs.at(-1)?.rung.outcome === "reset" ? "reset" : "closed";
    record.record(stageResult("noop-ladder", "failed", ms, { reason, cause }));
    record.judge(pathVerdict(search, record.meter.total, record.facts));
    return { usable: search.session, search: null };
  }
  if (looksInspected(search, record.context.host.family)) {
    const reason =
      "Long NOOP lines do not arrive, of whatever packet size; a firewall that drops long commands does that. Message data decide.";
    record.record(stageResult("noop-ladder", "stalled", ms, { reason, cause: "timeout" }));
    search.session?.connection.reset();
    return { usable: null, search: null };
  }
  record.judge(pathVerdict(search, record.meter.total, record.facts));
  if (search.trouble !== null) {
    record.record(negative("noop-ladder", search.trouble, "a long NOOP line that had arrived", REPLY_TIMEOUT_MS, ms));
    return { usable: search.session, search };
  }
  const { reason, verdict } = record.outbound;
  record.record(
    verdict === "black-hole"
      ? stageResult("noop-ladder", "stalled", ms, { reason, cause: "timeout" })
      : stageResult("noop-ladder", "ok", ms, { reason }),
  );
  return { usable: search.session, search };
}

/** Nothing could be released and hardly anything of any size arrived: that is not how a link with a small MTU behaves. */
function looksInspected(search: PathSearch, family: 4 | 6): boolean {
  const bounds = boundsOf(search.rungs, family);
  if (bounds === null || search.rungs.some(({ rung }) => rung.outcome === "released")) return false;
  return bounds.passed < (family === 4 ? INSPECTED_LINE_PACKET : 1280);
}
