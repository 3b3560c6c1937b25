/**
 * `log-tls-stalls`: TLS handshakes time out. The certificate of the server is the first flight that fills whole packets, so a
 * handshake that times out points to the direction in which the certificate travels: from the mail host to us when we deliver,
 * from us to the client when we receive. A handshake that fails at once is about versions or certificates and is no stall.
 */
import type { LogPeer } from "@mxray/contracts";
import { countText } from "../number-text.ts";
import { LogEvidence } from "./log-evidence.ts";
import type { LogContext, PeerRule } from "./log-rule.ts";
import { findingOfPeer, peerLabel } from "./peer-finding.ts";
import { addStageEvidence, judgeStages, type StageVerdict, successText } from "./stage-stalls.ts";

/** Scanners leave handshakes open: a client that never delivered needs so many time-outs to be worth a suspicion. */
const LEAST_OF_STRANGERS = 5;

export const findTlsStalls: PeerRule = (peer, context) =>
  peer.direction === "outbound" ? outbound(peer, context) : inbound(peer, context);

function outbound(peer: LogPeer, { statistics, looks }: LogContext) {
  const verdict = judgeStages(peer, { stages: ["starttls"], looks: looks.outbound });
  if (verdict === null) return [];
  return [
    findingOfPeer(peer, {
      code: "log-tls-stalls",
      confidence: verdict.confidence,
      title: `TLS handshakes with ${peerLabel(peer)} time out`,
      summary: `${stallsText(verdict)}, and ${successText(peer)}. The certificate of the mail host is the first large answer of a session. It never arrives here, so packets above some size are lost in the direction from the host to this server: an inbound path MTU black hole. Short commands and their answers pass. A firewall that intercepts TLS can have the same effect.`,
      evidence: addStageEvidence(new LogEvidence(statistics), peer, verdict, looks.outbound).rows,
    }),
  ];
}

function inbound(peer: LogPeer, { statistics, looks }: LogContext) {
  const known = peer.sent > 0;
  if (!known && peer.stalled < LEAST_OF_STRANGERS) return [];
  const verdict = judgeStages(peer, { stages: ["starttls"], looks: looks.inbound, most: known ? "likely" : "suspected" });
  if (verdict === null || (!known && verdict.count < LEAST_OF_STRANGERS)) return [];
  return [
    findingOfPeer(peer, {
      code: "log-tls-stalls",
      confidence: verdict.confidence,
      title: `TLS handshakes with the client ${peerLabel(peer)} time out`,
      summary: `${stallsText(verdict)}, and ${known ? successText(peer) : "the client never delivered a message"}. The certificate of this server is the first large answer of a session. If it does not reach the client, packets above some size are lost in the direction from this server to the client. A large first packet of the client that is lost on the way here looks the same, and so does a client that only tests TLS.`,
      evidence: addStageEvidence(new LogEvidence(statistics), peer, verdict, looks.inbound).rows,
    }),
  ];
}

function stallsText({ count }: StageVerdict): string {
  return count === 1 ? "1 handshake timed out" : `${countText(count, "handshake")} timed out`;
}
