/**
 * `log-tls-policy`: this server requires TLS for a mail host, and the host offers none, refuses to start it, or shows a
 * certificate that does not pass; or the host requires TLS, and this server did not start it. A statement of one of the two
 * servers, so two lines prove it; why is not in the log. A firewall that masks STARTTLS in the EHLO reply, or one that intercepts
 * TLS, does all of these.
 */
import type { LogPeer } from "@mxray/contracts";
import { countText } from "../number-text.ts";
import { LogEvidence } from "./log-evidence.ts";
import type { PeerRule } from "./log-rule.ts";
import { findingOfPeer, peerLabel } from "./peer-finding.ts";
import { signOf, TLS_POLICY_SIGNS } from "./peer-signs.ts";

const PROVEN = 2;

export const findTlsPolicy: PeerRule = (peer, { statistics }) => {
  if (peer.direction !== "outbound") return [];
  const signs = TLS_POLICY_SIGNS.flatMap((sign) => {
    const tally = signOf(peer, sign);
    return tally === null ? [] : [{ ...tally, sign }];
  });
  const [main] = signs.toSorted((a, b) => b.count - a.count);
  if (main === undefined) return [];
  const evidence = new LogEvidence(statistics);
  for (const { sign, count, first, last } of signs) {
    evidence.add(`${countText(count, "attempt")}: ${PHRASES[sign]}.`, { sign, count, first, last }, last);
  }
  if (peer.sent > 0) evidence.add(`${countText(peer.sent, "delivery", "deliveries")} succeeded.`, { sent: peer.sent }, peer.lastSent);
  return [
    findingOfPeer(peer, {
      code: "log-tls-policy",
      confidence: main.count >= PROVEN ? "proven" : "likely",
      title: titleOf(peer, main.sign),
      summary: SUMMARIES[main.sign],
      evidence: evidence.addLines(peer.examples.signs).rows,
    }),
  ];
};

type TlsPolicySign = (typeof TLS_POLICY_SIGNS)[number];

const PHRASES: Record<TlsPolicySign, string> = {
  "tls-not-offered": "TLS is required, and the host does not offer it or does not start it",
  "tls-demanded": "the host takes mail over TLS only, and TLS was not started",
  "tls-untrusted": "the certificate of the host does not pass",
};

function titleOf(peer: LogPeer, sign: TlsPolicySign): string {
  if (sign === "tls-demanded") return `${peerLabel(peer)} takes mail over TLS only, and this server did not start TLS`;
  return sign === "tls-untrusted"
    ? `The certificate of ${peerLabel(peer)} does not pass, and TLS is required`
    : `${peerLabel(peer)} offers no TLS, and TLS is required`;
}

export function tlsPolicyMeaning(sign: TlsPolicySign): string {
  return SUMMARIES[sign];
}

const SUMMARIES: Record<TlsPolicySign, string> = {
  "tls-not-offered":
    "This server delivers to the host with TLS only, so the messages wait and then bounce. Possible causes: the host has no TLS, or a firewall that inspects SMTP masks STARTTLS in the EHLO reply (XXXXXXXA in its place), on the side of the host or on this side. A probe shows the EHLO reply as it arrives here.",
  "tls-demanded":
    "The host refuses mail without TLS, and this server did not start it. Possible causes: TLS is turned off here for this host, or a firewall that inspects SMTP masks STARTTLS in the EHLO reply (XXXXXXXA in its place). A probe shows the EHLO reply as it arrives here.",
  "tls-untrusted":
    "This server checks the certificate of the host before it delivers, so the messages wait and then bounce. Possible causes: the certificate is expired, self-signed or made out to another name; the TLSA record or MTA-STS policy is out of date; or a device intercepts TLS. A device that tampers with SMTP often masks STARTTLS as well, so compare the EHLO reply and the certificate as seen from another network.",
};
