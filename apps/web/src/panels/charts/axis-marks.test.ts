import { expect, test } from "vitest";
import { countMarks, decadeMarks, timeMarks, valueMarks } from "./axis-marks.ts";

const START = new Date(2026, 10, 24, 13, 1, 4).getTime();
const SPANS = [40_000, 3 * 60_000, 3_600_000, 86_400_000, 3 * 86_400_000, 7 * 86_400_000, 30 * 86_400_000, 365 * 86_400_000];

test.each(SPANS)("an axis of %i ms has several marks, within it, and never two that read alike", (span) => {
  const { at, format } = timeMarks(START, START + span);
  expect(at.length).toBeGreaterThanOrEqual(2);
  expect(at.length).toBeLessThanOrEqual(8);
  expect(at.every((mark) => mark >= START && mark <= START + span)).toBe(true);
  const words = at.map(format);
  expect(new Set(words).size).toBe(words.length);
});

test("marks of a week are at midnight, those of an hour at round minutes", () => {
  expect(timeMarks(START, START + 7 * 86_400_000).at.every((mark) => new Date(mark).getHours() === 0)).toBe(true);
  expect(timeMarks(START, START + 3_600_000).at.every((mark) => new Date(mark).getMinutes() % 10 === 0)).toBe(true);
});

test("counts are whole, begin at 0 and are never repeated", () => {
  expect(countMarks(0)).toEqual([0, 1]);
  expect(countMarks(1)).toEqual([0, 1]);
  expect(countMarks(3)).toEqual([0, 1, 2, 3]);
  expect(countMarks(143)).toEqual([0, 50, 100]);
  expect(countMarks(1_000_000)).toEqual([0, 200_000, 400_000, 600_000, 800_000, 1_000_000]);
});

test("values lie within their bounds, fractions included", () => {
  expect(valueMarks(1300, 1500)).toEqual([1300, 1350, 1400, 1450, 1500]);
  expect(valueMarks(0, 0.9)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
  expect(decadeMarks(0.7, 1200)).toEqual([1, 10, 100, 1000]);
});
