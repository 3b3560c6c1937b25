import { expect, test } from "vitest";
import { excessChance, lnChoose } from "./probability.ts";

test("ways to choose, from a hand of cards to a million messages", () => {
  expect(Math.exp(lnChoose(52, 5))).toBeCloseTo(2_598_960, 3);
  expect(lnChoose(21, 10)).toBeCloseTo(Math.log(352_716), 9);
  expect(lnChoose(7, 0)).toBeCloseTo(0, 12);
  expect(lnChoose(1_000_000, 2)).toBeCloseTo(Math.log(499_999_500_000), 6);
});

test.each([
  [1, 1, 0.005, 0.005],
  [3, 3, 0.005, 1.25e-7],
  // 1 - 0.9^10 - 10 · 0.1 · 0.9^9
  [2, 10, 0.1, 0.26390107],
  // 1 - 0.995^10
  [1, 10, 0.005, 0.04888987],
])("at least %d of %d at a rate of %f has a chance of %f", (hits, trials, rate, chance) => {
  expect(excessChance(hits, trials, rate) / chance).toBeCloseTo(1, 6);
});

test("what is no more than expected is no excess", () => {
  expect(excessChance(5, 1000, 0.005)).toBe(1);
  expect(excessChance(0, 0, 0.005)).toBe(1);
});
