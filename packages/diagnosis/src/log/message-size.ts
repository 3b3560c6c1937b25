/**
 * `log-message-size`: messages above a size limit are refused. Large messages fail and small ones pass, as in a path MTU black
 * hole, but an answer says why, at once: no packet is lost. Of a mail host it is its limit, or ours for it; of clients the limit
 * of this server, one finding for all of them.
 */
import type { LogPeer } from "@mxray/contracts";
import { findingOfTarget } from "../finding-draft.ts";
import { countText } from "../number-text.ts";
import { LogEvidence } from "./log-evidence.ts";
import type { LogRule, PeerRule } from "./log-rule.ts";
import { findingOfPeer, peerLabel, writerFacts } from "./peer-finding.ts";
import { signOf } from "./peer-signs.ts";

const NO_MTU = "The answer comes at once and names the reason, so no packets are lost and no path MTU is involved.";
const CLIENTS_SHOWN = 8;

export const findHostSizeLimit: PeerRule = (peer, { statistics }) => {
  const sign = signOf(peer, "too-big");
  if (peer.direction !== "outbound" || sign === null) return [];
  const limit = limitIn(peer);
  const evidence = new LogEvidence(statistics).add(`${countText(sign.count, "message")} above the limit.`, { ...sign, limit }, sign.last);
  if (peer.largestSent !== null) {
    evidence.add(`The largest message delivered to it has ${peer.largestSent} bytes.`, { largestSent: peer.largestSent }, peer.lastSent);
  }
  return [
    findingOfPeer(peer, {
      code: "log-message-size",
      confidence: "proven",
      title: `Messages to ${peerLabel(peer)} exceed its size limit${limit === null ? "" : ` of ${limit} bytes`}`,
      summary: `${countText(sign.count, "message")} ${sign.count === 1 ? "was" : "were"} refused as too large. ${NO_MTU}`,
      evidence: evidence.addLines(peer.examples.signs).rows,
    }),
  ];
};

export const findOwnSizeLimit: LogRule = ({ statistics, peers }) => {
  const clients = peers.flatMap((peer) => {
    const sign = peer.direction === "inbound" ? signOf(peer, "too-big") : null;
    return sign === null ? [] : [{ peer, sign }];
  });
  const [first] = clients;
  if (first === undefined) return [];
  const count = clients.reduce((sum, { sign }) => sum + sign.count, 0);
  const evidence = new LogEvidence(statistics);
  for (const { peer, sign } of clients.slice(0, CLIENTS_SHOWN)) {
    evidence
      .add(`${peerLabel(peer)}: ${countText(sign.count, "message")}.`, { client: peerLabel(peer), ...sign }, sign.last)
      .addLines(peer.examples.signs.slice(0, 1));
  }
  return [
    findingOfTarget({
      code: "log-message-size",
      confidence: "proven",
      title: "Clients send messages above the size limit of this server",
      summary: `${countText(count, "message")} from ${countText(clients.length, "client")} ${count === 1 ? "was" : "were"} refused as too large. ${NO_MTU}`,
      evidence: evidence.rows,
      facts: writerFacts(first.peer.writers),
    }),
  ];
};

/** `message size 52428801 exceeds size limit 10485760 of server …`; null where no line names the limit. */
function limitIn({ examples }: LogPeer): number | null {
  const named = examples.signs.flatMap(({ text }) => /(?:size limit|max=|limit of) ?([0-9]{3,12})\b/.exec(text)?.[1] ?? []);
  return named[0] === undefined ? null : Number(named[0]);
}
