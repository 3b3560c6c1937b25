/**
 * How often attempts time out at stages before any content, and whether that is more than happens everywhere: the binomial tail
 * of peer-stalls.ts, and anything above a suspicion rests on independent observations, as there. At these stages a lost connection means a host that refuses, so only silence counts unless a rule says
 * otherwise. Two stalls are the least that a finding rests on.
 */
import type { Confidence, LogPeer, MailStage, StageStalls } from "@mxray/contracts";
import { chanceText, countText, percentText } from "../number-text.ts";
import { atMost, confidenceOfChance } from "./chance.ts";
import type { LogEvidence } from "./log-evidence.ts";
import { independence, LEAST_RATE, MOST_RATE } from "./peer-stalls.ts";
import { excessChance } from "./probability.ts";

const LEAST = 2;

export interface StageVerdict {
  readonly stages: readonly StageStalls[];
  /** Attempts that stalled there. */
  readonly count: number;
  /** That this happens at the everyday rate, 0 to 1. */
  readonly chance: number;
  readonly rate: number;
  /** Independent observations, and that so many happen at the rate of no path without a fault, 0 to 1. */
  readonly episodes: number;
  readonly independentChance: number;
  readonly independentRate: number;
  readonly confidence: Confidence;
}

export interface StageQuestion {
  readonly stages: readonly MailStage[];
  /** Peers that were looked at. */
  readonly looks: number;
  /** Whether connections that were lost there count, too. */
  readonly withLosses?: boolean;
  /** The surest that a finding may be. */
  readonly most?: Confidence;
}

/** @returns null where the stalls are what happens everywhere */
export function judgeStages(peer: LogPeer, { stages, looks, withLosses = false, most = "proven" }: StageQuestion): StageVerdict | null {
  const found = peer.stalls.filter(({ stage }) => stages.includes(stage));
  const count = found.reduce((sum, { timeouts, losses }) => sum + timeouts + (withLosses ? losses : 0), 0);
  if (count < LEAST) return null;
  const rate = LEAST_RATE[peer.direction];
  const chance = Math.min(1, looks * excessChance(count, count + peer.sent, rate));
  if (confidenceOfChance(chance) === null) return null;
  const episodes = found.reduce((sum, stall) => sum + stall.episodes, 0);
  const independentChance = Math.min(1, looks * excessChance(episodes, episodes + peer.sent, MOST_RATE));
  const confidence = atMost(confidenceOfChance(independentChance) ?? "suspected", most);
  return { stages: found, count, chance, rate, episodes, independentChance, independentRate: MOST_RATE, confidence };
}

/** What every such finding rests on: the stalls, the deliveries, the chance, the lines. */
export function addStageEvidence(evidence: LogEvidence, peer: LogPeer, verdict: StageVerdict, looks: number): LogEvidence {
  const { stages, count, chance, rate } = verdict;
  for (const { stage, timeouts, losses, first, last } of stages) {
    const lost = losses > 0 ? `, ${countText(losses, "connection")} lost` : "";
    evidence.add(
      `${countText(timeouts, "attempt")} timed out at ${STAGE_NAMES[stage] ?? stage}${lost}.`,
      { stage, timeouts, losses, first, last },
      last,
    );
  }
  if (peer.sent > 0) evidence.add(`${countText(peer.sent, "delivery", "deliveries")} succeeded.`, { sent: peer.sent }, peer.lastSent);
  const among = looks > 1 ? ` for any of ${looks} peers` : "";
  evidence.add(`If up to ${percentText(rate)} of attempts stall anywhere, the chance of this is ${chanceText(chance)}${among}.`, {
    chance,
    rate,
    stalls: count,
    sent: peer.sent,
    looks,
  });
  evidence.add(...independence(verdict));
  return evidence.addLines(peer.examples.early);
}

const STAGE_NAMES: Partial<Record<MailStage, string>> = {
  greeting: "the greeting",
  ehlo: "EHLO",
  starttls: "STARTTLS",
  rcpt: "RCPT TO",
  "data-command": "DATA",
};

export function successText({ sent }: Pick<LogPeer, "sent">): string {
  return sent === 0 ? "none succeeded" : `${countText(sent, "delivery", "deliveries")} succeeded`;
}
