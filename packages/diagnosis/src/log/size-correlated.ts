/**
 * `log-size-correlated`: mail to a peer arrives when it is small and stalls when it is large. How that is tested stands in
 * size-verdict.ts. The threshold is an interval: from the largest message that was delivered to the smallest that stalled.
 *
 * Sizes are those of whole messages as the queue manager logs them, close to what travels in the content. A message above the
 * size of any packet that was delivered shows that packets are not the matter: then the remedies are those of a size cliff.
 */
import type { LogPeer } from "@mxray/contracts";
import { chanceText, countText, groupedText, timeText } from "../number-text.ts";
import { LogEvidence } from "./log-evidence.ts";
import type { PeerRule } from "./log-rule.ts";
import { findingOfPeer, peerLabel } from "./peer-finding.ts";
import { judgeSizes, LARGEST_PACKET, type SizeVerdict } from "./size-verdict.ts";

export const findSizeCorrelated: PeerRule = (peer, { statistics, looks }) => {
  if (peer.direction !== "outbound") return [];
  const verdict = judgeSizes(peer, looks.sized);
  if (verdict === null) return [];
  const meaning = meaningOf(verdict);
  const { clean, smallestStalled, largestDelivered, confidence, split } = verdict;
  const sizes = clean ? `${smallestStalled} bytes and more` : `about ${split.at} bytes and more`;
  const smaller = clean ? `up to ${largestDelivered}` : "smaller ones mostly";
  return [
    findingOfPeer(peer, {
      code: "log-size-correlated",
      confidence,
      title: `Messages of ${sizes} ${confidence === "suspected" ? "seem to hang" : "hang"} on the way to ${peerLabel(peer)}; ${clean ? `those of ${smaller} arrive` : `${smaller} arrive`}`,
      summary: `${thresholdSentence(verdict)} ${MEANINGS[meaning]}`,
      evidence: evidenceOf(peer, verdict, looks.sized, new LogEvidence(statistics)).rows,
      ...(meaning === "larger-than-packets" ? { remediesOf: "size-cliff" } : {}),
    }),
  ];
};

type Meaning = "packets" | "larger-than-packets" | "often";

const MEANINGS: Record<Meaning, string> = {
  packets:
    "Short messages fit into small packets, larger ones fill whole packets: a path MTU black hole looks like this in a log. A probe of this host measures the exact packet size and proves it.",
  "larger-than-packets":
    "That is far above the size of any packet, so it is no path MTU black hole: look for a size limit, a content filter or proxy that stops at that size, or a line too slow for the time-outs.",
  often:
    "Most of the large ones still arrive. A black hole on the only path would let none through: look for a line that loses packets or is too slow for the time-outs, or for one of several paths with a smaller link. A probe of this host distinguishes them.",
};

function meaningOf({ clean, largestDelivered, split }: SizeVerdict): Meaning {
  if ((clean ? largestDelivered : split.at) > LARGEST_PACKET) return "larger-than-packets";
  return split.above.delivered > split.above.stalled ? "often" : "packets";
}

function thresholdSentence({ clean, window, largestDelivered, smallestStalled, split }: SizeVerdict): string {
  const when = window === "whole" ? "" : " since the first stall";
  if (clean) {
    return `The largest message delivered${when} has ${largestDelivered} bytes, the smallest that stalled ${smallestStalled}: the threshold lies between.`;
  }
  return `There is no sharp threshold: a message of ${largestDelivered} bytes was delivered${when}, one of ${smallestStalled} stalled. They part best at ${split.at} bytes: below, ${split.below.stalled} of ${split.below.stalled + split.below.delivered} stalled; from there on, ${split.above.stalled} of ${split.above.stalled + split.above.delivered}.`;
}

function evidenceOf(peer: LogPeer, verdict: SizeVerdict, looks: number, evidence: LogEvidence): LogEvidence {
  const { split, chance, window, largestDelivered, smallestStalled, clean } = verdict;
  const delivered = split.below.delivered + split.above.delivered;
  const stalled = split.below.stalled + split.above.stalled;
  evidence
    .add(
      `${countText(delivered, "message")} of up to ${groupedText(largestDelivered)} bytes delivered without a stall${window === "whole" ? "" : ` since ${peer.firstStalled === null ? "the first stall" : timeText(peer.firstStalled)}`}.`,
      { delivered, largestDelivered, window },
      peer.lastSent,
    )
    .add(
      `${countText(stalled, "message")} of ${groupedText(smallestStalled)} to ${groupedText(peer.largestStalled ?? smallestStalled)} bytes stalled while the content was sent.`,
      { stalled, smallestStalled, largestStalled: peer.largestStalled },
      peer.lastStalled,
    )
    .add(
      `If size played no part, the chance of sizes that separate the outcomes so well is ${chanceText(chance)} (exact test at the best of all thresholds${looks > 1 ? `, for the best of ${looks} peers` : ""}).`,
      {
        chance,
        split: { at: split.at, below: split.below, above: split.above },
        looks,
        threshold: [largestDelivered, smallestStalled],
        clean,
      },
    );
  if (window !== "whole" && peer.largestSent !== null && peer.largestSent >= smallestStalled) {
    evidence.add(
      `Before that, messages of up to ${groupedText(peer.largestSent)} bytes were delivered: the fault began with the first stall.`,
      {
        largestSent: peer.largestSent,
        firstStalled: peer.firstStalled,
      },
    );
  }
  const recovered = peer.sizes.reduce((sum, tally) => sum + tally.recovered, 0);
  if (recovered > 0) {
    evidence.add(`${countText(recovered, "message")} that had stalled went through at a later attempt.`, { recovered });
  }
  return evidence.addLines([peer.examples.largestSent, peer.examples.smallestStalled]);
}
