/**
 * `log-ipv6-delay`: the IPv6 address of a mail host does not answer and its IPv4 address takes the message. Nothing is lost, but
 * each delivery first waits for the connect time-out (smtp_connect_timeout: 30 s in Postfix). If the IPv6 addresses of four
 * organisations fail so and none works, IPv6 of this server is at fault: one finding about this machine.
 */
import { canonicalAddress, type Finding, type LogPeer } from "@mxray/contracts";
import { findingOfTarget } from "../finding-draft.ts";
import { countText } from "../number-text.ts";
import { organisationOf } from "../shared-fault.ts";
import { LogEvidence } from "./log-evidence.ts";
import type { LogContext, LogRule } from "./log-rule.ts";
import { findingOfPeer, peerLabel, writerFacts } from "./peer-finding.ts";
import { signOf } from "./peer-signs.ts";

const LEAST = 2;
const PROVEN = 5;
/** From here on it is this server's IPv6. */
const ORGANISATIONS = 4;

interface DeadAddress {
  readonly peer: LogPeer;
  readonly attempts: number;
  readonly last: string | null;
  /** The IPv4 address of the same host, or of the same organisation. */
  readonly instead: LogPeer;
}

export const findIpv6Delay: LogRule = (context) => {
  const outbound = context.peers.filter(({ direction }) => direction === "outbound");
  const dead = outbound.flatMap((peer) => deadAddress(peer, outbound) ?? []);
  const works = outbound.some((peer) => isIpv6(peer) && (peer.sent > 0 || peer.stalled > 0));
  const organisations = new Set(dead.map(({ peer }) => organisationOf(peer.name, peer.address ?? "")));
  if (organisations.size >= ORGANISATIONS && !works) return [ofThisServer(dead, context)];
  return dead.filter(({ attempts }) => attempts >= LEAST).map((each) => ofHost(each, context));
};

function deadAddress(peer: LogPeer, others: readonly LogPeer[]): DeadAddress | null {
  const sign = signOf(peer, "connect-timeout");
  if (!isIpv6(peer) || sign === null || peer.sent > 0 || peer.stalled > 0) return null;
  const own = organisationOf(peer.name, peer.address ?? "");
  const instead = others
    .filter((other) => !isIpv6(other) && other.sent > 0 && organisationOf(other.name, other.address ?? "") === own)
    .toSorted((a, b) => Number(b.name === peer.name) - Number(a.name === peer.name) || b.sent - a.sent)[0];
  return instead === undefined ? null : { peer, attempts: sign.count, last: sign.last, instead };
}

function ofHost({ peer, attempts, last, instead }: DeadAddress, { statistics }: LogContext): Finding {
  const evidence = new LogEvidence(statistics)
    .add(`${countText(attempts, "connection")} to ${peer.address} timed out, none succeeded.`, { address: peer.address, attempts }, last)
    .add(
      `${countText(instead.sent, "delivery", "deliveries")} to ${instead.address} (IPv4) succeeded.`,
      { address: instead.address, sent: instead.sent },
      instead.lastSent,
    );
  return findingOfPeer(peer, {
    code: "log-ipv6-delay",
    confidence: attempts >= PROVEN ? "proven" : "likely",
    title: `IPv6 of ${peerLabel(peer)} does not answer and delays delivery; IPv4 works`,
    summary: `${DELAY} Use IPv4 only or IPv4 first for this destination until its IPv6 address answers.`,
    evidence: evidence.addLines(peer.examples.signs).rows,
  });
}

function ofThisServer(dead: readonly DeadAddress[], { statistics }: LogContext): Finding {
  const evidence = new LogEvidence(statistics);
  for (const { peer, attempts, last } of dead) {
    evidence.add(
      `${countText(attempts, "connection")} to ${peerLabel(peer)} [${peer.address}] timed out.`,
      { address: peer.address, attempts },
      last,
    );
  }
  return findingOfTarget({
    code: "log-ipv6-delay",
    confidence: "likely",
    title: "IPv6 of this server does not work and delays delivery; IPv4 works",
    summary: `${countText(dead.length, "IPv6 address", "IPv6 addresses")} of different organisations do not answer, and no delivery over IPv6 succeeded. ${DELAY} Repair the IPv6 connection of this server, or deliver over IPv4 only.`,
    evidence: evidence.rows,
    facts: { family: 6, ...writerFacts(dead[0]?.peer.writers ?? []) },
  });
}

const DELAY =
  "A delivery that tries IPv6 first waits for the connect time-out (30 s by default in Postfix, 5 min in Exim and Sendmail) and then uses IPv4. Messages arrive late; none is lost.";

function isIpv6({ address }: LogPeer): boolean {
  return address !== null && canonicalAddress(address)?.family === 6;
}
