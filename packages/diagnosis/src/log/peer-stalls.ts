/**
 * How often a peer's content stalls, and whether that is more than happens everywhere.
 *
 * Hosts restart, get overloaded and drop a session now and then. At such an everyday rate, the chance to see at least so many
 * stalls among all attempts is a binomial tail, multiplied by the number of peers looked at. So one stall among thousands of
 * deliveries is silence, one stall of a peer that took nothing is a suspicion, and three of three are beyond chance.
 *
 * Attempts of one message depend on each other: a message that is itself the trouble stalls each time. That case has a chance
 * of its own: that any of the peer's messages stalls so many times in a row. The smaller chance counts, doubled for the two
 * looks, and three different messages are needed for a proof where messages are known.
 *
 * Simulated (peer-stalls.test.ts): of 500 logs of one peer that stalls at just that rate, 10 show a suspicion, 1 is called
 * likely and none proven; a log of 2,000 such peers shows nothing.
 */
import { type Confidence, isContentStage, type LogPeer } from "@mxray/contracts";
import { atMost, confidenceOfChance } from "./chance.ts";
import { excessChance } from "./probability.ts";

/** Attempts that stall at an ordinary peer, a generous estimate; inbound more, since clients come and go as they like. */
export const EVERYDAY_RATE = { outbound: 0.005, inbound: 0.01 } as const;

/** Different messages that a proof needs. */
const MESSAGES_FOR_PROOF = 3;

export interface ContentStalls {
  readonly timeouts: number;
  readonly losses: number;
  /** Both, attempts. */
  readonly all: number;
  /** Different messages that stalled; 0 where their sizes, and so the messages, are not known. */
  readonly messages: number;
}

export function contentStallsOf({ stalls, sizes }: LogPeer): ContentStalls {
  const content = stalls.filter(({ stage }) => isContentStage(stage));
  const timeouts = content.reduce((sum, stall) => sum + stall.timeouts, 0);
  const losses = content.reduce((sum, stall) => sum + stall.losses, 0);
  return { timeouts, losses, all: timeouts + losses, messages: sizes.reduce((sum, { stalled }) => sum + stalled, 0) };
}

export interface StallVerdict {
  readonly stalls: ContentStalls;
  /** That this came about at the everyday rate, 0 to 1. */
  readonly chance: number;
  readonly rate: number;
  readonly confidence: Confidence;
}

/**
 * @param looks peers that were looked at
 * @returns null where the stalls are what happens everywhere
 */
export function judgeStalls(peer: LogPeer, looks: number): StallVerdict | null {
  const stalls = contentStallsOf(peer);
  if (stalls.all === 0) return null;
  const rate = EVERYDAY_RATE[peer.direction];
  const often = excessChance(stalls.all, stalls.all + peer.sent, rate);
  const run = longestRun(peer);
  // Without a retry both looks are the same.
  const chance = run < 2 ? often : 2 * Math.min(often, (peer.sent + stalls.messages) * rate ** run);
  const among = Math.min(1, looks * chance);
  const confidence = confidenceOfChance(among);
  if (confidence === null) return null;
  const few = stalls.messages > 0 && stalls.messages < MESSAGES_FOR_PROOF;
  return { stalls, chance: among, rate, confidence: few ? atMost(confidence, "likely") : confidence };
}

/** How often in a row messages of some size stalled, on the average of their class. */
function longestRun({ sizes }: LogPeer): number {
  return Math.max(
    0,
    ...sizes.map(({ stalled, attempts, recovered }) => (stalled === 0 || recovered > 0 ? 0 : Math.floor(attempts / stalled))),
  );
}
