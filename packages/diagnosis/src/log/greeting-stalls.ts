/**
 * `log-greeting-stalls`: a mail host accepts connections and then stays silent, before its greeting or at EHLO. Both are small
 * packets, so a path MTU black hole is an unlikely cause on its own: an overloaded host, a tarpit, or a device in front of it.
 * An EHLO reply with many keywords, and the greeting of a host that delays strangers, are the exceptions that the text names.
 */
import type { LogPeer } from "@mxray/contracts";
import { countText } from "../number-text.ts";
import { LogEvidence } from "./log-evidence.ts";
import type { PeerRule } from "./log-rule.ts";
import { findingOfPeer, peerLabel } from "./peer-finding.ts";
import { addStageEvidence, judgeStages, successText } from "./stage-stalls.ts";

export const findGreetingStalls: PeerRule = (peer, { statistics, looks }) => {
  if (peer.direction !== "outbound") return [];
  const verdict = judgeStages(peer, { stages: ["greeting", "ehlo"], looks: looks.outbound });
  if (verdict === null) return [];
  const atEhlo = timeoutsAt(peer, "ehlo") > timeoutsAt(peer, "greeting");
  return [
    findingOfPeer(peer, {
      code: "log-greeting-stalls",
      confidence: verdict.confidence,
      title: atEhlo ? `${peerLabel(peer)} does not answer EHLO` : `${peerLabel(peer)} sends no greeting`,
      summary: `${countText(verdict.count, "attempt")} timed out there, and ${successText(peer)}. ${atEhlo ? AT_EHLO : AT_GREETING}`,
      evidence: addStageEvidence(new LogEvidence(statistics), peer, verdict, looks.outbound).rows,
    }),
  ];
};

const AT_GREETING =
  "The connection is established, and then the host says nothing: it is overloaded, delays unknown clients (a tarpit or a slow reverse name or block list query for this server's address), or a firewall or proxy answers in its place. Packet size plays no part yet.";
const AT_EHLO =
  "The greeting arrives, the answer to EHLO does not: a firewall that inspects SMTP, an overloaded host, or a reply that is too large for the path from the host to this server.";

function timeoutsAt({ stalls }: LogPeer, wanted: "greeting" | "ehlo"): number {
  return stalls.find(({ stage }) => stage === wanted)?.timeouts ?? 0;
}
