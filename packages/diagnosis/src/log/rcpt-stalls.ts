/**
 * `log-rcpt-stalls`: attempts stop while the recipients are given. With pipelining all RCPT TO commands leave in one flight: a
 * long list fills whole packets and is lost in a path MTU black hole, or runs into a limit of a firewall that inspects SMTP (an
 * ASA drops a session of more than 100 recipients). Short lists fit into one small packet; there the host looks recipients up
 * too slowly, and the finding stays a suspicion.
 */
import type { LogPeer } from "@mxray/contracts";
import { countText } from "../number-text.ts";
import { LogEvidence } from "./log-evidence.ts";
import type { PeerRule } from "./log-rule.ts";
import { findingOfPeer, peerLabel } from "./peer-finding.ts";
import { addStageEvidence, judgeStages, successText } from "./stage-stalls.ts";

/** Recipients whose commands, at some 35 bytes each, no longer fit beside MAIL FROM into one packet of 1280 bytes. */
const FILLS_A_PACKET = 30;

export const findRcptStalls: PeerRule = (peer, { statistics, looks }) => {
  if (peer.direction !== "outbound") return [];
  const recipients = peer.recipientsStalled;
  const long = recipients !== null && recipients.least >= FILLS_A_PACKET;
  const question = { stages: ["rcpt"], looks: looks.outbound, withLosses: true, most: long ? "likely" : "suspected" } as const;
  const verdict = judgeStages(peer, question);
  if (verdict === null) return [];
  const evidence = new LogEvidence(statistics);
  if (recipients !== null) {
    const { least, most } = recipients;
    evidence.add(`The messages have ${rangeText(recipients)}.`, { least, most });
  }
  return [
    findingOfPeer(peer, {
      code: "log-rcpt-stalls",
      confidence: verdict.confidence,
      title: `Deliveries to ${peerLabel(peer)} hang while the recipients are given`,
      summary: `${countText(verdict.count, "delivery", "deliveries")}, one for each recipient, stopped at RCPT TO, and ${successText(peer)}. ${meaningOf(recipients, long)}`,
      evidence: addStageEvidence(evidence, peer, verdict, looks.outbound).rows,
    }),
  ];
};

function meaningOf(recipients: LogPeer["recipientsStalled"], long: boolean): string {
  if (recipients === null)
    return "The log does not show how many recipients the messages have; a slow recipient check at the host is the usual cause.";
  if (!long) return `The messages have ${rangeText(recipients)}, which fit into one packet: look for a slow recipient check at the host.`;
  return `The messages have ${rangeText(recipients)}. With pipelining, such a list fills whole packets: a path MTU black hole loses them, and a firewall that inspects SMTP stops long lists (Cisco ASA: more than 100 recipients). If sessions with fewer recipients get through, it is one of these and not a slow host.`;
}

function rangeText({ least, most }: { readonly least: number; readonly most: number }): string {
  return least === most ? countText(least, "recipient") : `${least} to ${most} recipients`;
}
