import { expect, test } from "vitest";
import { histogramScale, sparseMarks } from "./histogram-scale.ts";

test("0 has a place, larger values lie further right, and each place gives its value back", () => {
  const { placeOf, valueAt } = histogramScale(4096);
  expect(placeOf(0)).toBe(0);
  const places = [0, 1400, 4096, 65_536, 1_000_000].map(placeOf);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(Math.round(valueAt(placeOf(65_536)))).toBe(65_536);
});

test("equal ratios of large values are equally wide", () => {
  const { placeOf } = histogramScale(60);
  expect(placeOf(72_000) - placeOf(36_000)).toBeCloseTo(placeOf(144_000) - placeOf(72_000), 2);
});

test("of marks that crowd, the first stays; those beyond the end are left out", () => {
  expect(sparseMarks([0, 1, 2, 60, 120, 600, 9000], histogramScale(60), 700)).toEqual([0, 60, 120, 600]);
});
