import { describe, expect, test } from "vitest";
import { RETRY_DEFAULTS, retrySchedule, retryWaitAfter } from "./retry-schedule.ts";

const earliest = (attempts: readonly { earliest: number }[]) => attempts.map((attempt) => attempt.earliest);
const latest = (attempts: readonly { latest: number }[]) => attempts.map((attempt) => attempt.latest);

describe("Postfix's default schedule", () => {
  const attempts = retrySchedule(RETRY_DEFAULTS);

  test("doubles the age until the longest wait", () => {
    expect(earliest(attempts.slice(0, 6))).toEqual([0, 300, 600, 1200, 2400, 4800]);
    // The other end of each range is open: one second less than the next scan.
    expect(latest(attempts.slice(0, 6)).map((age) => age && age + 1)).toEqual([0, 600, 1200, 2400, 4800, 9000]);
  });

  test("then comes every 4000 to 4300 s, some 107 times in five days", () => {
    for (let index = 6; index < attempts.length - 1; index += 1) {
      const wait = (attempts[index]?.latest ?? 0) - (attempts[index - 1]?.latest ?? 0);
      expect(wait).toBeGreaterThanOrEqual(4000);
      expect(wait).toBeLessThanOrEqual(4300);
    }
    expect(attempts.length).toBeGreaterThanOrEqual(106);
    expect(attempts.length).toBeLessThanOrEqual(108);
    expect(attempts.at(-1)?.latest).toBeGreaterThan(RETRY_DEFAULTS.lifetime);
  });
});

test("attempts that hang for ten minutes make the wait longer, since it counts from their end", () => {
  const attempts = retrySchedule({ ...RETRY_DEFAULTS, attemptSeconds: 600 });
  expect(earliest(attempts.slice(0, 4))).toEqual([0, 1200, 3600, 8400]);
  expect(latest(attempts.slice(0, 4))).toEqual([0, 1499, 4199, 8999]);
  for (let index = 4; index < 20; index += 1) {
    expect((attempts[index]?.earliest ?? 0) - (attempts[index - 1]?.earliest ?? 0)).toBe(4800);
  }
});

test.each([
  ["a scan every 1000 s, as before 2.4", { queueRunDelay: 1000 }, [0, 300, 1300], [0, 1296, 3296]],
  ["one fixed wait", { minimalBackoff: 600, maximalBackoff: 600 }, [0, 600, 1200, 1800], [0, 899, 1499, 2099]],
  ["a minimum above the maximum: the minimum counts", { minimalBackoff: 900, maximalBackoff: 300 }, [0, 900, 1800], [0, 1199, 2099]],
  ["no wait at all: every scan", { minimalBackoff: 0, maximalBackoff: 0 }, [0, 1, 301], [0, 300, 600]],
])("%s", (_name, settings, from, to) => {
  const attempts = retrySchedule({ ...RETRY_DEFAULTS, ...settings }).slice(0, from.length);
  expect([earliest(attempts), latest(attempts)]).toEqual([from, to]);
});

test("a short life ends after the attempt that outlives it; absurd settings end, too", () => {
  expect(retrySchedule({ ...RETRY_DEFAULTS, lifetime: 0 }).map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(retrySchedule({ ...RETRY_DEFAULTS, queueRunDelay: 1, minimalBackoff: 0, maximalBackoff: 0 })).toHaveLength(10_000);
});

test("by default the age doubles from 300 seconds until the wait stays at 4000", () => {
  const shortest = [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => retryWaitAfter(attempt, RETRY_DEFAULTS).from);
  expect(shortest).toEqual([300, 300, 600, 1200, 2400, 4000, 4000, 4000]);
});

test("the longest waits take the slowest attempts and the latest look at the queue", () => {
  // Attempts of 900 seconds: age 900, wait 900 + 300; age 900 + 1200 + 900, wait 3000 + 300; then 4000 + 300.
  const longest = [1, 2, 3, 8].map((attempt) => retryWaitAfter(attempt, RETRY_DEFAULTS).to);
  expect(longest).toEqual([1200, 3300, 4300, 4300]);
});
