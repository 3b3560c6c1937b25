/** A small run of `npm run bench -- log-statistics`. */
import { expect, test } from "vitest";
import { recallOf, wrongClaimOf } from "../bench/log-statistics/log-claims.ts";

const SEED = 7_000_000;

test("60 logs without a fault show nothing above a suspicion", { timeout: 60_000 }, () => {
  const wrong = Array.from({ length: 60 }, (_, log) => wrongClaimOf(SEED + log)).filter((claim) => claim !== null);
  expect(wrong).toEqual([]);
});

test("a black hole is found from 8 stalled and 20 small delivered messages on", { timeout: 60_000 }, () => {
  const results = Array.from({ length: 40 }, (_, log) => recallOf(SEED + log, { direction: "outbound", stalled: 8, delivered: 20 }));
  expect(results.filter(({ sure }) => sure).length).toBeGreaterThanOrEqual(38);
  expect(results.every(({ found }) => found)).toBe(true);
});

test("two stalled messages are a suspicion", { timeout: 60_000 }, () => {
  const results = Array.from({ length: 20 }, (_, log) => recallOf(SEED + log, { direction: "outbound", stalled: 2, delivered: 20 }));
  expect(results.filter(({ sure }) => sure)).toEqual([]);
});
