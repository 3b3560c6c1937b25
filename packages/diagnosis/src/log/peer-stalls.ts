/**
 * How often a peer's content stalls, and whether that is more than happens everywhere.
 *
 * A suspicion compares with what the log shows of others: hosts restart, get overloaded and drop a session now and then. At that
 * everyday rate, the chance of at least so many stalls among all attempts is a binomial tail, multiplied by the number of peers
 * looked at. So one stall among thousands of deliveries is silence, and one stall of a peer that took nothing is a suspicion.
 * Attempts of one message depend on each other: a message that is itself the trouble stalls each time. That case has a chance of
 * its own: that any of the peer's messages stalls so many times in a row. The smaller chance counts, doubled for the two looks.
 *
 * Anything above a suspicion rests on independent observations alone (`episodes`: one for a message however often it is retried,
 * one for an outage however many messages it hits), and on a rate that no path without a fault has. The whole log is looked at,
 * and what followed the first stall, so that a fault which begins late is not hidden by what was delivered before; the smaller
 * chance counts, doubled.
 *
 * `npm run bench -- log-statistics` simulates whole logs; its table is in docs/logs.md.
 */
import { type Confidence, isContentStage, type LogPeer } from "@mxray/contracts";
import { chanceText, countText, percentText } from "../number-text.ts";
import { organisationOf } from "../shared-fault.ts";
import { confidenceOfChance } from "./chance.ts";
import { excessChance } from "./probability.ts";

/** Attempts that stall at an ordinary peer, at least; inbound more, since clients come and go as they like. */
export const LEAST_RATE = { outbound: 0.005, inbound: 0.01 } as const;
/** At the most: a peer that stalls more often has a fault. */
export const MOST_RATE = 0.05;
/**
 * Independent observations for each delivery, at the most, where up to `MOST_RATE` of the attempts stall. Inbound, one takes two
 * stalls that begin within five minutes (maillog: stall-episodes.ts). At 5 % that happens 1.7 times in 100 deliveries to the client
 * with the least favourable pace (20 attempts in five minutes), and 1.8 times if one of its messages stalls at every attempt.
 */
const MOST_EPISODES = { outbound: MOST_RATE, inbound: 0.02 } as const;
/** Attempts of an organisation that has a rate of its own, and organisations that make an everyday one. */
const MIN_ATTEMPTS = 20;
const MIN_ORGANISATIONS = 5;

export interface ContentStalls {
  readonly timeouts: number;
  readonly losses: number;
  /** Both, attempts. */
  readonly all: number;
  /** Different messages that stalled; 0 where their sizes, and so the messages, are not known. */
  readonly messages: number;
  /** Independent observations. */
  readonly episodes: number;
}

export function contentStallsOf({ stalls, sizes }: LogPeer): ContentStalls {
  const content = stalls.filter(({ stage }) => isContentStage(stage));
  const timeouts = content.reduce((sum, stall) => sum + stall.timeouts, 0);
  const losses = content.reduce((sum, stall) => sum + stall.losses, 0);
  const episodes = content.reduce((sum, stall) => sum + stall.episodes, 0);
  return { timeouts, losses, all: timeouts + losses, messages: sizes.reduce((sum, { stalled }) => sum + stalled, 0), episodes };
}

export interface StallVerdict {
  readonly stalls: ContentStalls;
  /** That this came about at the everyday rate, 0 to 1. */
  readonly chance: number;
  readonly rate: number;
  readonly episodes: number;
  /** That so many independent observations happen at the rate of no path without a fault, 0 to 1. */
  readonly independentChance: number;
  /** Independent observations for each delivery, at that rate. */
  readonly independentRate: number;
  readonly confidence: Confidence;
}

/** What of the attempts stalls at the organisations of this log: their median, within what ordinary peers show. */
export function everydayRate(peers: readonly LogPeer[], direction: LogPeer["direction"]): number {
  const own = peers.filter((peer) => peer.direction === direction);
  const rates = [...Map.groupBy(own, ({ name, address }) => organisationOf(name, address ?? "")).values()]
    .map((hosts) => {
      const stalls = hosts.reduce((sum, peer) => sum + contentStallsOf(peer).all, 0);
      return { stalls, attempts: hosts.reduce((sum, { sent }) => sum + sent, stalls) };
    })
    .filter(({ attempts }) => attempts >= MIN_ATTEMPTS)
    .map(({ stalls, attempts }) => stalls / attempts)
    .toSorted((a, b) => a - b);
  const median = rates.length < MIN_ORGANISATIONS ? 0 : (rates[rates.length >> 1] ?? 0);
  return Math.min(MOST_RATE, Math.max(LEAST_RATE[direction], median));
}

/**
 * @param looks peers that were looked at
 * @param rate the everyday one
 * @returns null where the stalls are what happens everywhere
 */
export function judgeStalls(peer: LogPeer, looks: number, rate: number = LEAST_RATE[peer.direction]): StallVerdict | null {
  const stalls = contentStallsOf(peer);
  if (stalls.all === 0) return null;
  const often = excessChance(stalls.all, stalls.all + peer.sent, rate);
  const run = longestRun(peer);
  // Without a retry both looks are the same.
  const chance = Math.min(1, looks * (run < 2 ? often : 2 * Math.min(often, (peer.sent + stalls.messages) * rate ** run)));
  if (confidenceOfChance(chance) === null) return null;
  const independentChance = Math.min(1, looks * chanceOfEpisodes(peer, stalls));
  const confidence = confidenceOfChance(independentChance) ?? "suspected";
  const independentRate = MOST_EPISODES[peer.direction];
  return { stalls, chance, rate, episodes: stalls.episodes, independentChance, independentRate, confidence };
}

/** A row of evidence: what counts once, and how likely that many are. */
export function independence(
  found: Pick<StallVerdict, "episodes" | "independentChance" | "independentRate">,
): [string, Record<string, unknown>] {
  const { episodes, independentChance, independentRate } = found;
  const text = `A retried message counts once, and so do stalls that no delivery separates (for up to 3 hours): ${countText(episodes, "independent stall")}. If ${percentText(MOST_RATE)} of deliveries stalled, the chance of this is ${chanceText(independentChance)}.`;
  return [text, { episodes, independentChance, independentRate }];
}

function chanceOfEpisodes(peer: LogPeer, { episodes }: ContentStalls): number {
  const rate = MOST_EPISODES[peer.direction];
  const whole = excessChance(episodes, episodes + peer.sent, rate);
  // The first stall only says where this begins.
  const since = excessChance(episodes - 1, episodes - 1 + sentSince(peer), rate);
  return 2 * Math.min(whole, since);
}

/** All that was ever sent where sizes, and so what arrived since the first stall, are not known. */
function sentSince({ sizes, sent }: LogPeer): number {
  return sizes.some((size) => size.sent > 0) ? sizes.reduce((sum, size) => sum + size.sentSince, 0) : sent;
}

/** How often in a row messages of some size stalled, on the average of their class. */
function longestRun({ sizes }: LogPeer): number {
  return Math.max(
    0,
    ...sizes.map(({ stalled, attempts, recovered }) => (stalled === 0 || recovered > 0 ? 0 : Math.floor(attempts / stalled))),
  );
}
