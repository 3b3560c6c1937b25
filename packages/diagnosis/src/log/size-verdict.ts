/**
 * Whether size decides if mail to a peer arrives: the test of size-split.ts on two sets of messages, the whole log and what
 * was delivered since the peer's first stall. Where a fault began within the log, all that went before hides it; where stalls
 * take minutes to be logged, much of what counts was delivered before the first one. So both are looked at, and the smaller
 * chance is doubled. Both sets are chosen by time and outcome, never by size, so each test stays exact.
 *
 * Each message counts once, as stalled if it ever stalled. Confidence comes from the chance (proven below one in a million,
 * likely below one in a thousand, suspected below one in twenty), and:
 * - proven needs a clean parting: nothing as large as the smallest stalled message was delivered. Slow or lossy paths stall
 *   large messages more often, too, but never all of them and no small one;
 * - messages that one outage hits may have one size in common, such as those of a newsletter. So the parting has to stand with
 *   one message for each outage and size, too (`episodes`);
 * - one stalled message is never enough, not even for a suspicion;
 * - of a few messages no test can say much: a clean parting is suspected up to a chance of one in five.
 *
 * Simulated (size-verdict.test.ts): of 10,000 clean peers with 200 messages each, 5 % of which stall whatever their size,
 * 82 are suspected, 4 are likely and none is proven. Of 2,000 peers behind a black hole for all above 1300 bytes, with 30 %
 * of the mail below that, 20 messages are enough for likely or better in 99 % and 30 messages for a proof in 97 %.
 */
import type { Confidence, LogPeer } from "@mxray/contracts";
import { atMost, confidenceOfChance } from "./chance.ts";
import { bestSizeSplit, type SizeSample, type SizeSplit } from "./size-split.ts";

/** No path carries a larger packet than a jumbo frame, bytes; a message that large takes several packets anywhere. */
export const LARGEST_PACKET = 9216;
const MIN_STALLED = 2;
const CLEAN_SUSPECTED = 0.2;
/** Chance below which a parting stands where an outage counts once for each size, however many messages it hit. */
const ONCE = { likely: 0.01, proven: 1e-4 } as const;

export interface SizeVerdict {
  readonly confidence: Confidence;
  /** Which deliveries the stalled messages are compared with. */
  readonly window: "whole" | "since-first-stall";
  readonly split: SizeSplit;
  /** The split's chance, times the tests that were made. */
  readonly chance: number;
  /** The largest message delivered in the window, bytes. */
  readonly largestDelivered: number;
  readonly smallestStalled: number;
  /** Nothing as large as the smallest stalled message was delivered in the window. */
  readonly clean: boolean;
}

/** Whether there is anything to test: several stalled messages of known size, and deliveries. */
export function hasComparableSizes({ sizes, largestSent, smallestStalled }: LogPeer): boolean {
  return largestSent !== null && smallestStalled !== null && sizes.reduce((sum, { stalled }) => sum + stalled, 0) >= MIN_STALLED;
}

/**
 * @param looks peers that were tested
 * @returns null where size plays no part that could be seen
 */
export function judgeSizes(peer: LogPeer, looks: number): SizeVerdict | null {
  if (!hasComparableSizes(peer)) return null;
  const tests = testsOf(peer);
  const verdicts = tests.map((test) => judge(test, tests.length, looks));
  return verdicts.filter((verdict) => verdict !== null).toSorted((a, b) => a.chance - b.chance)[0] ?? null;
}

/** `once`: the chance with one observation for each outage and size; asked only where the other chance is small. */
type SizeTest = Omit<SizeVerdict, "confidence" | "chance"> & { readonly once: () => number };

function testsOf(peer: LogPeer): SizeTest[] {
  const { sizes, smallestStalled } = peer;
  const whole = sizes.map((tally) => sampleOf(tally, tally.sent));
  const since = sizes.map((tally) => sampleOf(tally, tally.sentSince));
  const same = since.every(({ delivered }, index) => delivered === whole[index]?.delivered);
  const windows = [
    { window: "whole" as const, samples: whole, largestDelivered: peer.largestSent },
    ...(same ? [] : [{ window: "since-first-stall" as const, samples: since, largestDelivered: peer.largestSentSince }]),
  ];
  return windows.flatMap(({ window, samples, largestDelivered }) => {
    const split = bestSizeSplit(samples);
    if (split === null || largestDelivered === null || smallestStalled === null) return [];
    const once = () => bestSizeSplit(samples.map((sample) => ({ ...sample, stalled: sample.episodes })))?.chance ?? 1;
    return [{ window, split, once, largestDelivered, smallestStalled, clean: largestDelivered < smallestStalled }];
  });
}

/** A message that stalled and went later is a stalled one. */
function sampleOf(tally: LogPeer["sizes"][number], sent: number): SizeSample & { readonly episodes: number } {
  const { stalled, episodes, recovered } = tally;
  return { class: tally.class, delivered: Math.max(0, sent - recovered), stalled, episodes: Math.max(episodes, Math.min(stalled, 1)) };
}

function judge({ once, ...test }: SizeTest, tests: number, looks: number): SizeVerdict | null {
  const chance = Math.min(1, test.split.chance * tests * looks);
  const found = confidenceOfChance(chance);
  if (found === null) return test.clean && chance <= CLEAN_SUSPECTED ? { ...test, chance, confidence: "suspected" } : null;
  const chanceOnce = once() * tests;
  const most = chanceOnce < ONCE.proven && test.clean ? "proven" : chanceOnce < ONCE.likely ? "likely" : "suspected";
  return { ...test, chance, confidence: atMost(found, most) };
}
