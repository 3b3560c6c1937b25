import type { Rung } from "@mxray/contracts";
import { expect, test } from "vitest";
import { type LadderWay, ladderStrips } from "./ladder-strips.ts";

const rung = (size: number, outcome: Rung["outcome"], more: Partial<Rung> = {}): Rung => ({
  connection: 1,
  size,
  unit: "packet",
  ladder: "noop",
  outcome,
  ms: 1,
  retransmits: 0,
  at: 0,
  sacked: false,
  tls: false,
  clampedMss: null,
  ...more,
});
const WAY: LadderWay = {
  hops: [1, 2, 3].map((ttl) => ({ ttl, final: false })).concat([{ ttl: 4, final: true }]),
  lostBetween: [{ ttl: 2 }, { ttl: 3 }],
  narrow: undefined,
};

test("a strip is filled to the middle of the link that loses its packets; what arrives, to the end", () => {
  const { strips, stations, edge } = ladderStrips([rung(1401, "released", { retransmits: 2 }), rung(1400, "acked")], "packet", WAY);
  expect(strips).toEqual([
    { size: 1400, fate: "arrived", reach: 1, firstSends: 1, retransmits: 0, releases: 0 },
    { size: 1401, fate: "lost", reach: 2.5 / 4, firstSends: 1, retransmits: 2, releases: 1 },
  ]);
  expect(stations).toEqual([1, 2, 3].map((ttl) => ({ ttl, at: ttl / 4 })));
  expect(edge).toBe(1);
});

test("behind the first small link a larger size does not come: each stops where it is too big first", () => {
  const narrow = [
    { mtu: 1480, between: [0, 1], icmp: "never" },
    { mtu: 1400, between: [2, 3], icmp: "never" },
  ] as const;
  const { strips } = ladderStrips([rung(1500, "stalled"), rung(1450, "stalled")], "packet", {
    ...WAY,
    narrow: narrow.map((link) => ({ ...link, between: [...link.between] })),
  });
  expect(strips.map(({ reach }) => reach)).toEqual([2.5 / 4, 0.5 / 4]);
});

test("a place that is not known is not drawn, and a host of which no hop is known has no stations", () => {
  expect(ladderStrips([rung(1401, "stalled")], "packet")).toMatchObject({ strips: [{ reach: null }], stations: [], edge: null });
});

test("the DATA ladder is apart, and a message that the host refuses has come all the way", () => {
  const rungs = [rung(1500, "stalled"), rung(4096, "acked", { unit: "payload" }), rung(9000, "rejected", { unit: "payload" })];
  expect(ladderStrips(rungs, "payload", WAY).strips.map(({ size, fate, reach }) => [size, fate, reach])).toEqual([
    [4096, "arrived", 1],
    [9000, "refused", 1],
  ]);
});

test("sizes of which some packets arrive are mixed, and then there is no sharp edge", () => {
  const { strips, edge } = ladderStrips(
    [rung(1300, "acked"), rung(1400, "acked"), rung(1400, "stalled"), rung(1500, "acked")],
    "packet",
    WAY,
  );
  expect(strips.map(({ fate }) => fate)).toEqual(["arrived", "mixed", "arrived"]);
  expect(edge).toBeNull();
});

test("of many sizes those nearest to the edge are drawn, with the outermost, and the edge stays between the same two", () => {
  const rungs = Array.from({ length: 40 }, (_, index) => rung(1000 + index, index < 30 ? "acked" : "stalled"));
  const { strips, edge, leftOut } = ladderStrips(rungs, "packet", WAY);
  expect(strips).toHaveLength(12);
  expect(leftOut).toBe(28);
  expect([strips[0]?.size, strips.at(-1)?.size]).toEqual([1000, 1039]);
  expect([strips[(edge ?? 0) - 1]?.size, strips[edge ?? 0]?.size]).toEqual([1029, 1030]);
});
