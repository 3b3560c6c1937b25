import { describe, expect, test } from "vitest";
import { upperBound } from "../src/path/path-statistics.ts";

describe("the upper 95 % bound of a loss rate", () => {
  test.each([
    // From published tables of the exact (Clopper-Pearson) one-sided bound.
    [0, 10, 0.2589],
    [0, 30, 0.095],
    [1, 10, 0.3942],
    [2, 20, 0.2826],
    [5, 100, 0.1023],
  ])("%d of %d is %f", (lost, sent, bound) => {
    expect(upperBound(lost, sent)).toBeCloseTo(bound, 3);
  });

  test("is one where nothing or everything was lost of nothing", () => {
    expect(upperBound(0, 0)).toBe(1);
    expect(upperBound(3, 3)).toBe(1);
  });
});
