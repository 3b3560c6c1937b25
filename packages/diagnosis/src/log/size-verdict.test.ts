import { expect, test } from "vitest";
import { type Message, peerOfMessages, randomSize, seededRandom, sentOf, stalledOf } from "./log-statistics.test-data.ts";
import { judgeSizes } from "./size-verdict.ts";

test("ten small ones arrive and twelve large ones stall: proven, with the threshold between", () => {
  const small = [600, 700, 800, 900, 1000, 1050, 1100, 1150, 1200, 1204];
  const large = [1630, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 20_810, 30_000, 50_210];
  const verdict = judgeSizes(peerOfMessages([...sentOf(...small), ...stalledOf(...large)]), 1);
  // One test: nothing was delivered after the first stall. 1 / C(22, 10).
  expect(verdict).toMatchObject({ window: "whole", clean: true, largestDelivered: 1204, smallestStalled: 1630 });
  expect((verdict?.chance ?? 0) * 646_646).toBeCloseTo(1, 4);
  expect(verdict?.confidence).toBe("likely");
  const one = judgeSizes(peerOfMessages([...sentOf(...small, 1210, 1220), ...stalledOf(...large)]), 1);
  expect(one?.confidence).toBe("proven");
  expect(judgeSizes(peerOfMessages([...sentOf(...small, 1210, 1220), ...stalledOf(...large)]), 100)?.confidence).toBe("likely");
});

test("a fault that begins within the log is not hidden by what was delivered before", () => {
  const before = sentOf(...Array.from({ length: 500 }, (_, index) => 500 + index * 100));
  const after = Array.from({ length: 12 }, (_, index) => [
    ...stalledOf(2000 + 1000 * index),
    ...sentOf(600 + index, 700 + index, 800 + index),
  ]);
  const verdict = judgeSizes(peerOfMessages([...before, ...after.flat()]), 1);
  expect(verdict).toMatchObject({
    window: "since-first-stall",
    clean: true,
    confidence: "proven",
    largestDelivered: 811,
    smallestStalled: 2000,
  });
});

test("one larger message that arrives takes the proof away", () => {
  const messages = [...sentOf(...Array.from({ length: 40 }, () => 800)), ...stalledOf(...Array.from({ length: 40 }, () => 5000))];
  expect(judgeSizes(peerOfMessages(messages), 1)?.confidence).toBe("proven");
  expect(judgeSizes(peerOfMessages([...messages, ...sentOf(9000)]), 1)).toMatchObject({ confidence: "likely", clean: false });
});

test("messages that stalled and went later count as stalled, once", () => {
  const peer = peerOfMessages([...sentOf(800, 810, 820), ...stalledOf(5000, 5000)]);
  const recovered = peer.sizes.map((tally) => (tally.stalled === 0 ? tally : { ...tally, sent: 2, recovered: 2, attempts: 40 }));
  const verdict = judgeSizes({ ...peer, sizes: recovered, largestSent: 5000 }, 1);
  // 1 / C(5, 2) is no more than a suspicion where the parting is clean, and nothing where it is not.
  expect(verdict).toBeNull();
  expect(judgeSizes(peer, 1)).toMatchObject({ confidence: "suspected", clean: true });
});

test.each<[string, Message[]]>([
  ["one stalled message, the largest of five thousand", [...sentOf(...Array.from({ length: 5000 }, () => 800)), ...stalledOf(90_000)]],
  ["nothing delivered", stalledOf(2000, 3000, 4000)],
  ["nothing stalled", sentOf(2000, 3000, 4000)],
  ["sizes that mix", [...sentOf(700, 1500, 3000, 9000, 40_000), ...stalledOf(800, 2900, 8000)]],
])("silence: %s", (_, messages) => {
  expect(judgeSizes(peerOfMessages(messages), 1)).toBeNull();
});

test("of 10,000 clean peers that lose 5 % whatever the size, few are suspected and none is proven", { timeout: 60_000 }, () => {
  const count = simulate(10_000, 1, (random) =>
    Array.from({ length: 200 }, () => ({ size: randomSize(random), stalled: random() < 0.05 })),
  );
  expect(count).toEqual({ proven: 0, likely: 4, suspected: 82, none: 9914 });
});

test.each([
  [20, { proven: 0, likely: 1986, suspected: 14, none: 0 }],
  [30, { proven: 1953, likely: 47, suspected: 0, none: 0 }],
])("%d messages to 2,000 peers behind a black hole, 30 % of them small", (messages, expected) => {
  const count = simulate(2000, 2, (random) =>
    Array.from({ length: messages }, () => {
      const size = random() < 0.3 ? 500 + Math.floor(random() * 800) : randomSize(random);
      return { size, stalled: size > 1300 };
    }),
  );
  expect(count).toEqual(expected);
});

function simulate(peers: number, seed: number, messagesOf: (random: () => number) => Message[]): Record<string, number> {
  const random = seededRandom(seed);
  const count: Record<string, number> = { proven: 0, likely: 0, suspected: 0, none: 0 };
  for (let peer = 0; peer < peers; peer += 1) {
    const verdict = judgeSizes(peerOfMessages(messagesOf(random)), 1)?.confidence ?? "none";
    count[verdict] = (count[verdict] ?? 0) + 1;
  }
  return count;
}
