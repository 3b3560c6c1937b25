/** STARTTLS with one mail host, the way back as its handshake shows it, and the ladders inside TLS where it wants them there. */

import type { Tls } from "@mxray/contracts";
import type { InboundTrial } from "../path/inbound-search.ts";
import { boundsOf } from "../path/path-search.ts";
import { negative, type OpenedSession } from "../session/open-session.ts";
import type { SmtpSession } from "../session/smtp-session.ts";
import { stageOfBoth, stageResult } from "../session/stage-result.ts";
import { type StartTlsRequest, type StartTlsResult, tryStartTls } from "../session/starttls.ts";
import { sendHostData } from "./host-data.ts";
import { INBOUND_UNSEARCHABLE, inboundOfHandshake, inboundTrial, searchHostInbound } from "./host-inbound.ts";
import { quitSession } from "./host-quit.ts";
import type { HostRecord } from "./host-record.ts";

/** A host that says nothing for so long after our ClientHello arrived is slow, or what it says does not arrive. */
const SILENCE_MS = 1500;
const PATIENCE_MS = 10_000;

/** @returns the handshake that stalled because the host's flight is missing, null otherwise */
export async function startHostTls(record: HostRecord): Promise<InboundTrial | null> {
  const { opened } = record;
  if (!record.wants("starttls") || opened === null) return null;
  if (record.sentAway) {
    record.record(stageResult("starttls", "not-tested", 0, { reason: "The host asked us to go away.", cause: "needs" }));
    return null;
  }
  record.begin("starttls");
  // A host that is silent may be slow: before that is said, smaller segments are asked for.
  return await handshake(record, opened, { silenceMs: SILENCE_MS });
}

async function handshake(record: HostRecord, opened: OpenedSession, request: StartTlsRequest): Promise<InboundTrial | null> {
  const result = await tryTwice(record, opened, await tryStartTls(record.context, opened, request));
  record.record(result.stage);
  record.tls = result.tls;
  if (result.session !== null) {
    record.inbound = inboundOfHandshake(result, record.facts.localMtu);
    const wantsTls = record.stage("envelope")?.reply?.code === 530;
    if (wantsTls && result.session.tlsOverhead > 0) await climbInTls(record, result.session);
    else await quitSession(record, result.session);
  }
  return result.flightMissing ? inboundTrial(result, result.stage.ms) : null;
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
  const hello = await session.command(`EHLO ${record.context.helo}`, record.context.patience.commandMs);
  if (hello.kind !== "reply" || hello.reply.code !== 250) {
    record.record(negative("envelope", hello, "EHLO inside TLS", record.context.patience.commandMs, 0));
    await quitSession(record, session);
    return;
  }
  record.dataInTls = true;
  const { verdict } = record.outbound;
  const stopped = record.search?.end === "stopped";
  const tested = stopped || (verdict !== "not-tested" && verdict !== "inconclusive");
  await sendHostData(record, session, tested ? record.search : null);
}

export async function searchWayBack(record: HostRecord, stalled: InboundTrial): Promise<void> {
  const { context, opened, ours, sentAway } = record;
  if (opened === null || ours === null || sentAway) {
    record.inbound = INBOUND_UNSEARCHABLE;
    return;
  }
  const likely = likelyWayBack(record);
  const quit = (session: SmtpSession | null) => quitSession(record, session, false);
  let tls: Tls | null = null;
  const onTls = (worked: Tls) => {
    tls = worked;
  };
  const inbound = await searchHostInbound(context, { opened, stalled, ours, likely, quit, onTls });
  record.inbound = inbound;
  if (inbound.verdict === "lossy") {
    const reason = "A TLS handshake stalled at first, and another one worked: packets are lost at times on the way from the host.";
    record.record(stageResult("starttls", "ok", stalled.ms, { reason }));
    record.tls = tls ?? record.tls;
    return;
  }
  const attempts = inbound.trials.filter(({ outcome }) => outcome === "stalled").length;
  const starttls = record.stage("starttls");
  if (starttls !== undefined && attempts > 1) record.record({ ...starttls, attempts });
  // Silent at every size: a slow host, perhaps. It gets its time.
  const silent = inbound.verdict === "inconclusive" && inbound.trials.every(({ outcome }) => outcome === "stalled");
  if (silent && stalled.ms < PATIENCE_MS && (await handshake(record, opened, {})) !== null) record.inbound = inbound;
}

/** The size of a hole on the way there, or what the search has come down to: most links are as narrow in both directions. */
function likelyWayBack({ outbound, search, facts }: HostRecord): number | null {
  if (outbound.verdict === "black-hole") return outbound.mtu;
  const bounds = search === null ? null : boundsOf(search.rungs, facts.family, search.resizedTo);
  return bounds !== null && bounds.lost === bounds.passed + 1 ? bounds.passed : null;
}
