/**
 * `log-pix-workarounds`: Postfix took a peer's greeting for that of a Cisco PIX (nothing in it but 2, 0, blanks and
 * asterisks). One line is enough, since chance makes no such greeting; but it is a match of a banner and no proof that mail
 * is harmed, so it is never more than likely.
 */
import { countText } from "../number-text.ts";
import { LogEvidence } from "./log-evidence.ts";
import type { PeerRule } from "./log-rule.ts";
import { findingOfPeer, peerLabel } from "./peer-finding.ts";
import { contentStallsOf } from "./peer-stalls.ts";

export const findPixWorkarounds: PeerRule = (peer, { statistics }) => {
  if (peer.pix.length === 0) return [];
  const lines = peer.pix.reduce((sum, { count }) => sum + count, 0);
  const evidence = new LogEvidence(statistics);
  for (const { words, count } of peer.pix) {
    const shown = words.trim() === "" ? "no workaround in force yet" : words;
    evidence.add(`${countText(count, "delivery", "deliveries")} with: ${shown}.`, { words, count });
  }
  const stalls = contentStallsOf(peer);
  if (stalls.all > 0) {
    evidence.add(`${countText(stalls.all, "attempt")} to this host stopped while the message was sent.`, { ...stalls }, peer.lastStalled);
  }
  if (peer.sent > 0) evidence.add(`${countText(peer.sent, "delivery", "deliveries")} to it succeeded.`, { sent: peer.sent }, peer.lastSent);
  const harm = stalls.all === 0 ? " Nothing in this log shows that mail is affected." : "";
  return [
    findingOfPeer(peer, {
      code: "log-pix-workarounds",
      confidence: "likely",
      title: `Postfix treats ${peerLabel(peer)} as standing behind a Cisco PIX`,
      summary: `Its greeting is masked, which a firewall that inspects SMTP does, and ${countText(lines, "delivery", "deliveries")} went the careful way: without ESMTP there is no TLS and no SIZE, and each message that has waited is held for ten seconds before its final dot.${harm}`,
      evidence: evidence.addLines(peer.examples.pix).rows,
    }),
  ];
};
