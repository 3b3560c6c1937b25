import { expect, test } from "vitest";
import { receivedPileOf } from "./received-pile.ts";

const pile = (other: number, ...counts: [bytes: number, count: number][]) =>
  receivedPileOf({ receivedBytes: counts.map(([bytes, count]) => ({ bytes, count })), receivedBytesOther: other });

test.each([
  ["nothing", pile(0, [0, 6], [4000, 2], [9000, 3]), 0],
  ["part-of-a-packet", pile(0, [540, 3], [4000, 2]), 540],
  // 10 · 1448: a whole initial window, and then nothing.
  ["whole-packets", pile(0, [14_480, 5], [0, 2]), 14_480],
  ["one-count", pile(0, [20_001, 5], [0, 2]), 20_001],
  ["64-kB", pile(0, [65_536, 2], [65_160, 2], [0, 3]), 65_536],
  ["scattered", pile(0, [0, 2], [5000, 2], [9000, 2]), null],
  ["scattered", pile(100, [0, 6]), null],
  // One loss far into the message is no pile.
  ["scattered", pile(0, [30_000, 1]), null],
  ["nothing", pile(0, [0, 1]), 0],
])("%s", (kind, found, bytes) => {
  expect(found).toMatchObject({ kind, bytes });
});

test("without a byte count there is no pile", () => {
  expect(pile(0)).toBeNull();
});
