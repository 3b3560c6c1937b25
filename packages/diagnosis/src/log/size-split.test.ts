import { sizeClassBounds } from "@mxray/contracts";
import { describe, expect, test } from "vitest";
import { seededRandom } from "./log-statistics.test-data.ts";
import { bestSizeSplit, type SizeSample } from "./size-split.ts";

/** Classes 80, 81, …: one letter for each message, `d`elivered or `s`talled, a blank between classes. */
function samplesOf(text: string): SizeSample[] {
  return text.split(" ").map((letters, index) => ({
    class: 80 + index,
    delivered: letters.replaceAll("s", "").length,
    stalled: letters.replaceAll("d", "").length,
  }));
}

describe("the chance that sizes part so well", () => {
  test.each([
    // All stalled above all delivered: one of C(n, k) orders.
    ["d d d d s s s s", 1 / 70],
    ["d d s s s s s", 1 / 21],
    ["d s", 1 / 2],
    // One bound only: Fisher's test, (C(10,0)·C(10,10) + C(10,1)·C(10,9)) / C(20,10).
    ["ddddddddds dsssssssss", (1 + 10 * 10) / 184_756],
  ])("%s", (text, chance) => {
    const split = bestSizeSplit(samplesOf(text));
    expect((split?.chance ?? 0) / chance).toBeCloseTo(1, 6);
  });

  test("never understates: all labellings of small sets, counted one by one", () => {
    const random = seededRandom(7);
    for (let round = 0; round < 12; round += 1) {
      const classes = Array.from({ length: 9 }, () => 80 + Math.floor(random() * 5));
      const labellings = Array.from({ length: 2 ** 9 }, (_, bits) => bits).filter((bits) => bitsOf(bits) === 4);
      const chances = labellings.map((bits) => bestSizeSplit(sampleOfBits(classes, bits))?.chance ?? 1);
      for (const chance of new Set(chances)) {
        const asGood = chances.filter((other) => other <= chance * (1 + 1e-9)).length / chances.length;
        expect(asGood).toBeLessThanOrEqual(chance + 1e-9);
      }
    }
  });

  test("says where they part and what lies on either side", () => {
    expect(bestSizeSplit(samplesOf("ddds dd s ss"))).toMatchObject({
      at: sizeClassBounds(82).from,
      below: { delivered: 5, stalled: 1 },
      above: { delivered: 0, stalled: 3 },
    });
  });

  test("stands for a hundred thousand messages", () => {
    const split = bestSizeSplit([
      { class: 80, delivered: 90_000, stalled: 10 },
      { class: 90, delivered: 8000, stalled: 2000 },
    ]);
    expect(split?.chance).toBeLessThan(1e-200);
    expect(split?.chance).toBeGreaterThanOrEqual(0);
  });

  test.each(["ddd ddd", "sss sss", "dds", ""])("there is nothing to compare in '%s'", (text) => {
    expect(bestSizeSplit(samplesOf(text))).toBeNull();
  });

  test("large mail that arrives while small mail stalls is no sign", () => {
    expect(bestSizeSplit(samplesOf("s s s s d d d d"))?.chance).toBe(1);
  });
});

function bitsOf(bits: number): number {
  return bits.toString(2).replaceAll("0", "").length;
}

function sampleOfBits(classes: readonly number[], bits: number): SizeSample[] {
  const tallies = new Map<number, { class: number; delivered: number; stalled: number }>();
  for (const [index, sizeClass] of classes.entries()) {
    const tally = tallies.get(sizeClass) ?? { class: sizeClass, delivered: 0, stalled: 0 };
    tallies.set(sizeClass, tally);
    if ((bits >> index) & 1) tally.stalled += 1;
    else tally.delivered += 1;
  }
  return [...tallies.values()];
}
