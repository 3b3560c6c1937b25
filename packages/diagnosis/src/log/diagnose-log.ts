/**
 * From the statistics of mail logs to findings, the worst first. Pure: the same statistics give the same findings, so an
 * improved rule can be run again over what was read before.
 */
import { type Finding, isBot, joinFindings, type LogPeer, type LogStatistics } from "@mxray/contracts";
import { compareFindings } from "../finding-order.ts";
import type { RetrySettings } from "../retry-schedule.ts";
import { withAllClients } from "./all-clients.ts";
import { findBackoffSettings } from "./backoff-settings.ts";
import { findDeferredBacklog } from "./deferred-backlog.ts";
import { findGreetingStalls } from "./greeting-stalls.ts";
import { findInboundStalls } from "./inbound-stalls.ts";
import { findIpv6Delay } from "./ipv6-delay.ts";
import { withLogOurSide } from "./log-our-side.ts";
import type { LogContext, LogRule, PeerRule } from "./log-rule.ts";
import { findHostSizeLimit, findOwnSizeLimit } from "./message-size.ts";
import { findingsOfRule, organisationsOf } from "./organisation-findings.ts";
import { findOutboundStalls } from "./outbound-stalls.ts";
import { everydayRate } from "./peer-stalls.ts";
import { findPixWorkarounds } from "./pix-workarounds.ts";
import { findRcptStalls } from "./rcpt-stalls.ts";
import { findServerTroubles } from "./server-troubles.ts";
import { signSpan } from "./sign-span.ts";
import { findSizeCorrelated } from "./size-correlated.ts";
import { hasComparableSizes } from "./size-verdict.ts";
import { findTlsPolicy } from "./tls-policy.ts";
import { findTlsStalls } from "./tls-stalls.ts";

const PEER_RULES: readonly PeerRule[] = [
  findSizeCorrelated,
  findOutboundStalls,
  findInboundStalls,
  findTlsStalls,
  findGreetingStalls,
  findRcptStalls,
  findTlsPolicy,
  findHostSizeLimit,
  findPixWorkarounds,
];
const LOG_RULES: readonly LogRule[] = [findIpv6Delay, findOwnSizeLimit, findDeferredBacklog, findBackoffSettings, findServerTroubles];

export interface DiagnoseLogOptions {
  /** Addresses of machines that probe: a probe that ends in DATA looks like a lost connection in the log that it meets. */
  readonly vantages?: readonly string[];
  /** As configured, where that is known. */
  readonly retrySettings?: RetrySettings;
  /** RFC 3339: when mxray looks; default the end of the log. */
  readonly now?: string;
}

export interface LogSign {
  /** About one address. */
  readonly finding: Finding;
  /** When its latest sign was logged. */
  readonly signAt: string;
}

export function diagnoseLog(statistics: LogStatistics, options: DiagnoseLogOptions = {}): Finding[] {
  return joinFindings(logSigns(statistics, options).map(({ finding }) => finding));
}

/** The same, one for each address. */
export function logSigns(statistics: LogStatistics, options: DiagnoseLogOptions = {}): LogSign[] {
  const now = options.now ?? statistics.to ?? new Date(0).toISOString();
  const context = contextOf(statistics, options);
  const organisations = organisationsOf(context.peers);
  const ofPeers = PEER_RULES.flatMap((rule) => findingsOfRule(rule, organisations, context));
  const peerOf = new Map(ofPeers.map(({ finding, peer }) => [finding, peer]));
  const ofLog = LOG_RULES.flatMap((rule) => rule(context));
  const found = withAllClients([...peerOf.keys(), ...ofLog], context);
  return withLogOurSide(found, context)
    .sort(compareFindings)
    .map((finding) => {
      const peer = peerOf.get(finding) ?? peerOfSubject(finding, context);
      const { first, last } = signSpan(finding, peer, statistics, now);
      return { finding: { ...finding, since: first, firstSeen: now }, signAt: last };
    });
}

function contextOf(statistics: LogStatistics, { vantages = [], retrySettings }: DiagnoseLogOptions): LogContext {
  const own = new Set(vantages);
  const peers = statistics.peers.filter(
    (peer) => peer.reach === "network" && !isBot(peer) && !(peer.direction === "inbound" && peer.address !== null && own.has(peer.address)),
  );
  const rates = { inbound: everydayRate(peers, "inbound"), outbound: everydayRate(peers, "outbound") };
  return { statistics, peers, retrySettings: retrySettings ?? null, looks: looksAt(peers, statistics), rates };
}

/** A rule about the whole log may name a peer. */
function peerOfSubject({ subject }: Finding, { peers }: LogContext): LogPeer | null {
  if (subject.address === null) return null;
  return (
    peers.find(({ address, name, direction }) => direction === "outbound" && address === subject.address && name === subject.host) ?? null
  );
}

/** Peers that the cap left out were looked at, too: they have the fewest stalls. */
function looksAt(peers: readonly LogPeer[], { peersLeftOut }: LogStatistics): LogContext["looks"] {
  const count = (wanted: LogPeer["direction"]) => peers.filter(({ direction }) => direction === wanted).length + peersLeftOut;
  return { outbound: count("outbound"), inbound: count("inbound"), sized: peers.filter(isSized).length };
}

function isSized(peer: LogPeer): boolean {
  return peer.direction === "outbound" && hasComparableSizes(peer);
}
