/** STARTTLS with one mail host, the way back as its handshake shows it, and the ladders inside TLS where it wants them there. */

import type { InboundTrial } from "../path/inbound-search.ts";
import { COMMAND_TIMEOUT_MS, negative, type OpenedSession } from "../session/open-session.ts";
import type { SmtpSession } from "../session/smtp-session.ts";
import { stageOfBoth, stageResult } from "../session/stage-result.ts";
import { type StartTlsResult, tryStartTls } from "../session/starttls.ts";
import { sendHostData } from "./host-data.ts";
import { INBOUND_UNSEARCHABLE, inboundOfHandshake, searchHostInbound } from "./host-inbound.ts";
import { quitSession } from "./host-quit.ts";
import type { HostRecord } from "./host-record.ts";

/** @returns the handshake that stalled because the host's flight is missing, null otherwise */
export async function startHostTls(record: HostRecord): Promise<InboundTrial | null> {
  const { opened } = record;
  if (!record.wants("starttls") || opened === null) return null;
  if (record.sentAway) {
    record.record(stageResult("starttls", "not-tested", 0, { reason: "The host asked us to go away.", cause: "needs" }));
    return null;
  }
  record.begin("starttls");
  const result = await tryTwice(record, opened, await tryStartTls(record.context, opened));
  record.record(result.stage);
  record.tls = result.tls;
  if (result.session !== null) {
    record.inbound = inboundOfHandshake(result, record.facts.localMtu);
    const wantsTls = record.stage("envelope")?.reply?.code === 530;
    if (wantsTls && result.session.tlsOverhead > 0) await climbInTls(record, result.session);
    else await quitSession(record, result.session);
  }
  return result.flightMissing ? { outcome: "stalled", outOfOrder: result.outOfOrder, ms: result.stage.ms } : null;
}

/** What a reply refuses is refused; anything else that broke may have been a burst of loss, and is tried once more. */
async function tryTwice({ context }: HostRecord, opened: OpenedSession, first: StartTlsResult): Promise<StartTlsResult> {
  const { cause, outcome } = first.stage;
  const broke = (outcome === "failed" || outcome === "stalled") && cause !== "deadline" && cause !== "cancelled" && cause !== "protocol";
  // A flight that is missing has a search of its own, which repeats it.
  if (!broke || first.flightMissing) return first;
  const second = await tryStartTls(context, opened);
  return second.session !== null || second.flightMissing ? second : { ...first, stage: stageOfBoth(first.stage, second.stage) };
}

async function climbInTls(record: HostRecord, session: SmtpSession): Promise<void> {
  const hello = await session.command(`EHLO ${record.context.helo}`, COMMAND_TIMEOUT_MS);
  if (hello.kind !== "reply" || hello.reply.code !== 250) {
    record.record(negative("envelope", hello, "EHLO inside TLS", COMMAND_TIMEOUT_MS, 0));
    await quitSession(record, session);
    return;
  }
  const { verdict } = record.outbound;
  const stopped = record.search?.end === "stopped";
  const tested = stopped || (verdict !== "not-tested" && verdict !== "inconclusive");
  await sendHostData(record, session, tested ? record.search : null);
}

export async function searchWayBack(record: HostRecord, stalled: InboundTrial): Promise<void> {
  const { opened, ours, sentAway } = record;
  const starttls = record.stage("starttls");
  record.inbound =
    opened !== null && ours !== null && !sentAway
      ? await searchHostInbound(record.context, { opened, stalled, ours, quit: (session) => quitSession(record, session, false) })
      : INBOUND_UNSEARCHABLE;
  const attempts = record.inbound.trials.filter(({ outcome }) => outcome === "stalled").length;
  if (starttls !== undefined && attempts > 1) record.record({ ...starttls, attempts });
}
