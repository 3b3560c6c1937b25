import { expect, test } from "vitest";
import { peerOf, seededRandom, stallTally } from "./log-statistics.test-data.ts";
import { judgeStalls } from "./peer-stalls.ts";

const RATE = 0.005;

function ordinaryPeer(random: () => number) {
  const attempts = 1 + Math.floor(random() * 200);
  const stalled = Array.from({ length: attempts }).filter(() => random() < RATE).length;
  return peerOf({ sent: attempts - stalled, stalled, stalls: [stallTally("body", stalled)] });
}

test("peers that stall at the everyday rate are hardly ever remarked, each by itself", () => {
  const random = seededRandom(3);
  const verdicts = Array.from({ length: 500 }, () => judgeStalls(ordinaryPeer(random), 1)?.confidence ?? "none");
  const count = (wanted: string) => verdicts.filter((verdict) => verdict === wanted).length;
  expect({ suspected: count("suspected"), likely: count("likely"), proven: count("proven") }).toEqual({
    suspected: 11,
    likely: 0,
    proven: 0,
  });
});

test("and not at all as 2,000 in one log", () => {
  const random = seededRandom(4);
  const peers = Array.from({ length: 2000 }, () => ordinaryPeer(random));
  expect(peers.filter((peer) => peer.stalled > 0).length).toBeGreaterThan(500);
  expect(peers.map((peer) => judgeStalls(peer, peers.length)).filter((verdict) => verdict !== null)).toEqual([]);
});

test("a peer that stalls ten times as often stands out among them, and one that stalls fifty times as often is beyond doubt", () => {
  expect(judgeStalls(peerOf({ sent: 95, stalled: 5, stalls: [stallTally("body", 5)] }), 20)?.confidence).toBe("suspected");
  expect(judgeStalls(peerOf({ sent: 75, stalled: 25, stalls: [stallTally("body", 25)] }), 20)?.confidence).toBe("proven");
});
