/**
 * `log-inbound-stalls`: a client's messages stop while their content is received, more often than happens everywhere
 * (peer-stalls.ts). The bytes received before the loss tell what stops them (received-pile.ts). Where they are scattered and
 * the client closed rather than fell silent, it gave up by itself: no more than a suspicion.
 */
import type { Finding, LogPeer, LogStatistics } from "@mxray/contracts";
import { chanceText, countText, listText, percentText } from "../number-text.ts";
import { atMost } from "./chance.ts";
import { LogEvidence } from "./log-evidence.ts";
import type { PeerRule } from "./log-rule.ts";
import { findingOfPeer, peerLabel } from "./peer-finding.ts";
import { independence, judgeStalls, type StallVerdict } from "./peer-stalls.ts";
import { NO_PACKETS, pileSentence, type ReceivedPile, receivedPileOf } from "./received-pile.ts";
import { addStageEvidence, judgeStages } from "./stage-stalls.ts";

/** Rows of the histogram that become evidence. */
const HISTOGRAM_ROWS = 8;

export const findInboundStalls: PeerRule = (peer, { statistics, looks, rates }) => {
  if (peer.direction !== "inbound") return [];
  const verdict = judgeStalls(peer, looks.inbound, rates.inbound);
  if (verdict === null) return uncounted(peer, statistics, looks.inbound);
  const { stalls } = verdict;
  const pile = receivedPileOf(peer);
  const gaveUp = pile?.kind === "scattered" && stalls.losses > stalls.timeouts;
  const accepted = peer.sent === 0 ? "none of its messages arrived" : `${countText(peer.sent, "message")} arrived`;
  return [
    findingOfPeer(peer, {
      code: "log-inbound-stalls",
      confidence: gaveUp ? atMost(verdict.confidence, "suspected") : verdict.confidence,
      title: `Mail from ${peerLabel(peer)} stops while its content is received`,
      summary: `This happened ${countText(stalls.all, "time")}; ${accepted}. ${pile === null ? "The log gives no byte counts." : pileSentence(pile)}`,
      evidence: evidenceOf(peer, verdict, pile, looks.inbound, new LogEvidence(statistics)).rows,
      ...(pile !== null && NO_PACKETS.has(pile.kind) ? { remediesOf: "size-cliff" } : {}),
    }),
  ];
};

/**
 * `timeout after DATA from …` without a byte count, as Postfix up to 2.4 writes it: whether content had begun is not in the line,
 * so this form alone is a suspicion at most.
 */
function uncounted(peer: LogPeer, statistics: LogStatistics, looks: number): Finding[] {
  const verdict = judgeStages(peer, { stages: ["data-command"], looks, most: "suspected" });
  if (verdict === null) return [];
  return [
    findingOfPeer(peer, {
      code: "log-inbound-stalls",
      confidence: verdict.confidence,
      title: `Mail from ${peerLabel(peer)} may stop while its content is received`,
      summary: `${countText(verdict.count, "session")} timed out after DATA, and ${peer.sent === 0 ? "none of its messages arrived" : `${countText(peer.sent, "message")} arrived`}. The lines have no byte count (Postfix before 2.5 writes none), so how much arrived is unknown. Large packets that are lost on the way here are one cause, a client that stops on its own another.`,
      evidence: addStageEvidence(new LogEvidence(statistics), peer, verdict, looks).rows,
    }),
  ];
}

function evidenceOf(peer: LogPeer, verdict: StallVerdict, pile: ReceivedPile | null, looks: number, evidence: LogEvidence): LogEvidence {
  const { stalls, chance, rate } = verdict;
  const what = [
    ...(stalls.timeouts > 0 ? [countText(stalls.timeouts, "time-out of this server", "time-outs of this server")] : []),
    ...(stalls.losses > 0 ? [countText(stalls.losses, "lost connection")] : []),
  ];
  evidence.add(`While content was received: ${listText(what)}.`, { ...stalls }, peer.lastStalled);
  if (pile !== null) {
    const shown = peer.receivedBytes.toSorted((a, b) => b.count - a.count).slice(0, HISTOGRAM_ROWS);
    const rest = pile.total - shown.reduce((sum, { count }) => sum + count, 0);
    const rows = shown.map(({ bytes, count }) => `${bytes} bytes (${count})`);
    evidence.add(
      `Received before the loss: ${listText([...rows, ...(rest > 0 ? [`other counts (${rest})`] : [])])}.`,
      { pile, receivedBytes: shown },
      peer.lastStalled,
    );
  }
  if (peer.largestSent !== null) {
    evidence.add(`The largest message accepted from it has ${peer.largestSent} bytes.`, { largestSent: peer.largestSent }, peer.lastSent);
  }
  evidence.add(
    `Where up to ${percentText(rate)} of messages stop anyway, the chance of seeing this is ${chanceText(chance)}${looks > 1 ? ` for any of ${looks} clients` : ""}.`,
    { chance, rate, stalls: stalls.all, sent: peer.sent, looks },
  );
  evidence.add(...independence(verdict));
  return evidence.addLines(peer.examples.stalled);
}
