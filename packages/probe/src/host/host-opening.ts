/** The first connection to a mail host: its stages up to EHLO, and what the kernel says of the path before anything is tried. */
import type { TcpFacts } from "../ports.ts";
import { type OpenedSession, openSession } from "../session/open-session.ts";
import type { SmtpSession } from "../session/smtp-session.ts";
import { stageOfBoth } from "../session/stage-result.ts";
import { isStartTlsOffered } from "../session/starttls.ts";
import type { HostRecord } from "./host-record.ts";

const LARGEST_IP_PACKET = 65_535;
/** Messages of the end-of-data test, each on a connection of its own. */
const DELIVERIES = 2;
/** STARTTLS, and the least with which a hole on the way back can be proven where its size is likely: one that fits, five that stall. */
const WAY_BACK = 7;

export async function openHost(record: HostRecord): Promise<SmtpSession | null> {
  const { context } = record;
  const opened = await openTwice(record, await openSession(context, { onStage: (stage) => record.begin(stage) }));
  record.opened = opened;
  record.sentAway = opened.sentAway;
  for (const stage of opened.stages) record.record(stage);
  const { session } = opened;
  if (session === null) return null;
  if (record.wants("end-of-data")) context.budget.keep("delivery", DELIVERIES);
  if (record.wants("starttls") && isStartTlsOffered(opened.ehlo)) context.budget.keep("direction", WAY_BACK);
  record.firstPort = session.connection.localPort;
  const facts = session.connection.facts();
  if (facts !== null) notePath(record, facts, context.ports.localHost.interfaceMtu(session.connection.localAddress));
  const { localMtu, cachedMtu } = record.facts;
  context.emit({ type: "path", host: context.index, localMtu, cachedMtu });
  return session;
}

/** A host that kept silent, or ended the connection, instead of a greeting is tried once more; what then comes counts. */
async function openTwice({ context }: HostRecord, first: OpenedSession): Promise<OpenedSession> {
  const greeting = first.stages.find(({ stage }) => stage === "greeting");
  const { cause = null } = greeting ?? {};
  if (first.session !== null || greeting === undefined || (cause !== "timeout" && cause !== "reset" && cause !== "closed")) return first;
  const second = await openSession(context, { purpose: "direction" });
  const repeated = second.stages.find(({ stage }) => stage === "greeting") ?? null;
  const both = stageOfBoth(greeting, repeated);
  return both === repeated ? second : { ...first, stages: first.stages.map((stage) => (stage === greeting ? both : stage)) };
}

function notePath(record: HostRecord, facts: TcpFacts, interfaceMtu: number | null): void {
  const { family } = record.context.host;
  // A connection to one of our own addresses goes by loopback, whatever interface holds the address.
  const mtu = Math.min(LARGEST_IP_PACKET, Math.max(interfaceMtu ?? facts.pathMtu, facts.pathMtu));
  const headers = family === 4 ? 40 : 60;
  const peerMss = facts.sendMss + (facts.options.timestamps ? 12 : 0);
  const limited = peerMss < Math.min(mtu, facts.pathMtu) - headers && record.facts.tcpMtuProbing !== 2;
  record.first = facts;
  if (facts.sendWindow !== null) record.window = { scaling: facts.options.windowScaling, bytes: facts.sendWindow, waitedMs: null };
  record.ours = mtu - headers;
  record.facts = {
    ...record.facts,
    localMtu: mtu,
    cachedMtu: facts.pathMtu < mtu ? facts.pathMtu : null,
    peerMss: limited ? peerMss : null,
    peerWindow: facts.sendWindow !== null && facts.sendWindow < facts.sendMss ? facts.sendWindow : null,
  };
}
