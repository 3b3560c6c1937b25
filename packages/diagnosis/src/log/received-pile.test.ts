import { expect, test } from "vitest";
import { receivedPileOf } from "./received-pile.ts";

const pile = (other: number, ...counts: [bytes: number, count: number][]) =>
  receivedPileOf({ receivedBytes: counts.map(([bytes, count]) => ({ bytes, count })), receivedBytesOther: other });

test.each([
  ["most of them 0", pile(0, [0, 6], [4000, 2], [9000, 3]), { kind: "nothing", total: 11 }],
  ["one of them, 0", pile(0, [0, 1]), { kind: "nothing", total: 1 }],
  ["parts of different headers", pile(0, [0, 2], [540, 2], [612, 1], [4000, 2]), { kind: "part-of-a-packet", bytes: 612, total: 7 }],
  // 10 · 1448: a whole initial window, and then nothing.
  ["a window of packets", pile(0, [14_480, 5], [0, 2]), { kind: "whole-packets", bytes: 14_480, mss: 1448, total: 7 }],
  // 20 · 1448 is more than a first window, and as good as any number.
  ["a number", pile(0, [28_960, 5], [0, 2]), { kind: "one-count", bytes: 28_960, total: 7 }],
  ["about 64 kB", pile(0, [65_536, 2], [65_160, 2], [0, 3]), { kind: "64-kB", total: 7 }],
  ["all over the place", pile(0, [0, 2], [5000, 2], [9000, 2]), { kind: "scattered", total: 6 }],
  ["more that the cap left out", pile(100, [0, 6]), { kind: "scattered", total: 106 }],
  ["one loss far into the message", pile(0, [30_000, 1]), { kind: "scattered", total: 1 }],
])("%s", (_, found, expected) => {
  expect(found).toEqual(expected);
});

test("without a byte count there is no pile", () => {
  expect(pile(0)).toBeNull();
});
