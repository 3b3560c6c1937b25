/** A log may claim to be of any length. */
import { expect, it } from "vitest";
import { SeriesBuckets } from "../../src/logs/reading/series-buckets.ts";

const WEEK = 7 * 86_400;

it("has as few points for a log of eight thousand years as for one of a day", () => {
  const buckets = new SeriesBuckets();
  const weeks = Array.from({ length: 50_000 }, (_, week) => ({
    start: WEEK * (1 + 8 * week),
    peer: null,
    measure: "sent" as const,
    note: "",
    value: 0,
    count: 1,
    least: null,
    most: null,
  }));
  for (let from = 0; from < weeks.length; from += 1000) buckets.add(weeks.slice(from, from + 1000));
  const { outcomes, bucketSeconds } = buckets.series();
  expect(outcomes.length).toBeLessThanOrEqual(2000);
  expect(outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(50_000);
  for (const { at } of outcomes) expect((Date.parse(at) / 1000) % bucketSeconds).toBe(0);
});
