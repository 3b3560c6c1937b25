import { expect, test } from "vitest";
import { SIZE_CLASSES, sizeClassBounds, sizeClassOf } from "./size-class.ts";

test("the classes follow on each other without a gap, and each value falls into its own", () => {
  let next = 0;
  for (let index = 0; index < SIZE_CLASSES; index += 1) {
    const { from, to } = sizeClassBounds(index);
    expect(from).toBe(next);
    expect([from, to].map(sizeClassOf)).toEqual([index, index]);
    expect((to - from) / Math.max(1, from)).toBeLessThanOrEqual(1 / 8);
    next = to + 1;
  }
  expect(next).toBe(2 ** 31);
});

test.each([
  [1279, 1152, 1279],
  [1280, 1280, 1407],
  [1460, 1408, 1535],
  [65_536, 65_536, 73_727],
])("%d bytes are in the class from %d to %d", (bytes, from, to) => {
  expect(sizeClassBounds(sizeClassOf(bytes))).toEqual({ from, to });
});

test("what is no size of a message is put at an end", () => {
  expect(sizeClassOf(-5)).toBe(0);
  expect(sizeClassOf(300.9)).toBe(sizeClassOf(300));
  expect(sizeClassOf(1e12)).toBe(SIZE_CLASSES - 1);
});
