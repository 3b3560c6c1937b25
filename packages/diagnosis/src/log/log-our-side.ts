/**
 * `log-our-side`: deliveries to different organisations fail alike, and none works in that time (`shared-fault.ts`). Then no host
 * is to blame: the findings about single hosts become evidence of one. A log with one relay shows one destination and says
 * nothing about this side.
 *
 * If connections to every destination time out, port 25 is blocked on this side, also where all destinations are in one network:
 * then that network could be the cause, and the finding is a suspicion.
 */
import { type Finding, type FindingCode, type LogPeer, type MailStage, printable } from "@mxray/contracts";
import { findingOfTarget } from "../finding-draft.ts";
import { countText } from "../number-text.ts";
import { type DestinationAttempt, networkOf, organisationOf, type SharedFault, sharedFault } from "../shared-fault.ts";
import { LogEvidence } from "./log-evidence.ts";
import type { LogContext } from "./log-rule.ts";
import { peerLabel, writerFacts } from "./peer-finding.ts";
import { signOf } from "./peer-signs.ts";
import { LARGEST_PACKET } from "./size-verdict.ts";

const LEAST_DESTINATIONS = 4;
const PEERS_SHOWN = 40;

/** RFC 3339, null where the log has no times. */
interface FailureSpan {
  readonly first: string | null;
  readonly last: string | null;
  readonly count: number;
}

/** One way to fail. */
interface SideKind {
  readonly fault: SharedFault;
  readonly what: string;
  readonly meaning: string;
  readonly failed: (peer: LogPeer) => FailureSpan | null;
  /** When it last worked; undefined where it never did. */
  readonly worked: (peer: LogPeer) => string | null | undefined;
  readonly explains: readonly FindingCode[];
  readonly remediesOf: FindingCode;
}

const CONNECTIONS: SideKind = {
  fault: "connections",
  what: "connections to the mail port",
  meaning:
    "Port 25 is most likely blocked on this side: by the provider, a cloud platform or a firewall. Ask for it to be opened, or deliver through a relay on port 587.",
  failed: (peer) => signOf(peer, "connect-timeout"),
  worked: (peer) => latestOf(deliveryOf(peer), stallBehind(peer, "connect")),
  explains: ["log-ipv6-delay"],
  remediesOf: "port-25-blocked",
};

const GREETINGS: SideKind = {
  fault: "greetings",
  what: "greetings and EHLO replies",
  meaning:
    "Connections are established and no mail host says a word. A firewall or proxy on this side that inspects SMTP is the first suspect, then the address of this server.",
  failed: (peer) => stallsAt(peer, ["greeting", "ehlo"]),
  worked: (peer) => latestOf(deliveryOf(peer), stallBehind(peer, "ehlo")),
  explains: ["log-greeting-stalls"],
  remediesOf: "our-side",
};

const HANDSHAKES: SideKind = {
  fault: "tls",
  what: "TLS handshakes",
  meaning:
    "The certificates of the mail hosts do not arrive: large packets towards this server are lost near it, or a firewall on this side intercepts TLS.",
  failed: (peer) => stallsAt(peer, ["starttls"]),
  worked: (peer) => latestOf(deliveryOf(peer), stallBehind(peer, "starttls")),
  explains: ["log-tls-stalls"],
  remediesOf: "our-side",
};

const OFFERS: SideKind = {
  fault: "rewriting",
  what: "offers of STARTTLS",
  meaning: "Hosts of different organisations do not all lack TLS: a firewall or provider on this side masks STARTTLS in the EHLO reply.",
  failed: (peer) => signOf(peer, "tls-not-offered") ?? signOf(peer, "tls-demanded"),
  worked: deliveryOf,
  explains: ["log-tls-policy"],
  remediesOf: "starttls-masked",
};

const CONTENT: SideKind = {
  fault: "large-packets",
  what: "messages that fill whole packets",
  meaning:
    "Large packets from this server are lost near it, such as behind a tunnel or a link with a smaller MTU, or a firewall on this side stops the content.",
  failed: (peer) => stallsAt(peer, ["body", "end-of-data"]),
  // Small messages pass a black hole.
  worked: (peer) => (largeArrived(peer) ? peer.lastSent : undefined),
  explains: ["log-outbound-stalls", "log-size-correlated"],
  remediesOf: "local-mtu",
};

const KINDS: readonly SideKind[] = [CONNECTIONS, GREETINGS, HANDSHAKES, OFFERS, CONTENT];

interface PeerAttempt extends DestinationAttempt {
  readonly peer: LogPeer;
}

/** @param found about single hosts @returns the same without what a fault on this side explains, and with that fault */
export function withLogOurSide(found: readonly Finding[], context: LogContext): Finding[] {
  const tried = context.peers.filter(({ direction }) => direction === "outbound").filter(isTried);
  for (const kind of KINDS) {
    const failures = tried.flatMap((peer) => kind.failed(peer) ?? []);
    if (failures.length < LEAST_DESTINATIONS || worksSince(failures, tried, kind)) continue;
    const attempts = tried.map((peer) => attemptOf(peer, kind));
    const shared = sharedFault(attempts);
    const alike = shared ?? everyDestination(attempts);
    if (alike === null) continue;
    const peers = alike.map(({ peer }) => peer);
    const explained = found.filter((finding) => isExplained(finding, kind, peers));
    const finding = findingOf(kind, peers, { context, whole: shared !== null });
    return [{ ...finding, absorbs: [...new Set(explained.map(({ code }) => code))] }, ...found.filter((each) => !explained.includes(each))];
  }
  return [...found];
}

function isTried({ sent, failed, stalled, signs }: LogPeer): boolean {
  return sent + failed + stalled + signs.length > 0;
}

/** A delivery after the last failure of all: known without a look at who runs which host. */
function worksSince(failures: readonly FailureSpan[], tried: readonly LogPeer[], { worked }: SideKind): boolean {
  const last = latestOf(...failures.map((failure) => failure.last)) ?? "";
  return tried.some((peer) => (worked(peer) ?? "") > last);
}

function attemptOf(peer: LogPeer, { failed, worked }: SideKind): PeerAttempt {
  const address = peer.address ?? "";
  const common = { peer, organisation: organisationOf(peer.name, address), network: networkOf(address) };
  const [failure, success] = [failed(peer), worked(peer)];
  if (failure !== null && (success === undefined || timeOf(success) < timeOf(failure.last))) {
    return { ...common, outcome: "failed", at: Math.max(timeOf(failure.first), success === undefined ? 0 : timeOf(success)) };
  }
  if (success !== undefined) return { ...common, outcome: "worked", at: timeOf(success) };
  return { ...common, outcome: "other", at: timeOf(latestOf(peer.lastStall, ...peer.signs.map(({ last }) => last)) ?? null) };
}

/** All of them fail and none ever worked: different networks are then no condition. */
function everyDestination(attempts: readonly PeerAttempt[]): PeerAttempt[] | null {
  const organisations = new Set(attempts.map(({ organisation }) => organisation));
  return organisations.size >= LEAST_DESTINATIONS && attempts.every(({ outcome }) => outcome === "failed") ? [...attempts] : null;
}

function isExplained({ code, subject }: Finding, kind: SideKind, peers: readonly LogPeer[]): boolean {
  if (code === "log-deferred-backlog") return true;
  if (!kind.explains.includes(code)) return false;
  if (subject.address === null) return true;
  return peers.some(({ address }) => address === subject.address);
}

function findingOf(kind: SideKind, peers: readonly LogPeer[], { context, whole }: { context: LogContext; whole: boolean }): Finding {
  const evidence = new LogEvidence(context.statistics);
  const ordered = peers.toSorted((a, b) => ((kind.failed(a)?.first ?? "") < (kind.failed(b)?.first ?? "") ? -1 : 1));
  for (const peer of ordered.slice(0, PEERS_SHOWN)) {
    const { count = 0, first = null, last = null } = kind.failed(peer) ?? {};
    const at = peer.address === null ? "" : ` [${printable(peer.address, 60)}]`;
    const text = `${peerLabel(peer)}${at}: ${countText(count, "attempt")} failed, ${peer.sent} succeeded.`;
    evidence.add(text, { fault: kind.fault, host: peerLabel(peer), address: peer.address, count, sent: peer.sent, last }, first);
  }
  const [example] = ordered;
  if (example !== undefined)
    evidence.addLines([...example.examples.signs, ...example.examples.early, ...example.examples.stalled].slice(0, 2));
  const networks = whole ? "different organisations and networks" : "different organisations, all in one network,";
  return findingOfTarget({
    code: "log-our-side",
    confidence: whole ? "likely" : "suspected",
    title: `The fault is on the side of this server: ${kind.what} fail everywhere`,
    summary: `${countText(peers.length, "mail host")} of ${networks} fail alike in the log, and none works at the same time. ${kind.meaning}`,
    evidence: evidence.rows,
    remediesOf: kind.remediesOf,
    facts: writerFacts(example?.writers ?? []),
  });
}

function stallsAt({ stalls }: LogPeer, stages: readonly MailStage[]): FailureSpan | null {
  const own = stalls.filter(
    ({ stage, timeouts, losses }) => stages.includes(stage) && (isContent(stage) ? timeouts + losses : timeouts) > 0,
  );
  if (own.length === 0) return null;
  return {
    first: own.map(({ first }) => first).reduce((a, b) => ((a ?? "") < (b ?? "") ? a : b)),
    last: own.map(({ last }) => last).reduce((a, b) => ((a ?? "") > (b ?? "") ? a : b)),
    count: own.reduce((sum, { timeouts, losses }) => sum + timeouts + (isContent(own[0]?.stage ?? "unknown") ? losses : 0), 0),
  };
}

function isContent(stage: MailStage): boolean {
  return stage === "body" || stage === "end-of-data";
}

function deliveryOf({ sent, lastSent }: LogPeer): string | null | undefined {
  return sent > 0 ? lastSent : undefined;
}

const ORDER: readonly MailStage[] = [
  "connect",
  "greeting",
  "ehlo",
  "starttls",
  "auth",
  "mail",
  "rcpt",
  "data-command",
  "body",
  "end-of-data",
];

/** The latest stall at a later stage: this one was passed. */
function stallBehind({ stalls }: LogPeer, stage: MailStage): string | null | undefined {
  const later = stalls.filter((each) => ORDER.indexOf(each.stage) > ORDER.indexOf(stage));
  return later.length === 0 ? undefined : latestOf(...later.map(({ last }) => last));
}

function largeArrived({ largestSentSince, largestSent, smallestStalled, firstStalled }: LogPeer): boolean {
  if (firstStalled === null) return (largestSent ?? 0) > LARGEST_PACKET;
  return largestSentSince !== null && largestSentSince >= (smallestStalled ?? LARGEST_PACKET);
}

function latestOf(...times: readonly (string | null | undefined)[]): string | null | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : known.reduce((a, b) => ((a ?? "") > (b ?? "") ? a : b));
}

/** 0 where the log has no time. */
function timeOf(time: string | null): number {
  return time === null ? 0 : Date.parse(time);
}
