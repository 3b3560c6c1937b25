import { expect, test } from "vitest";
import { DEFAULT_RETRY_SETTINGS, retryWaitAfter } from "./retry-schedule.ts";

test("by default the age doubles from 300 seconds until the wait stays at 4000", () => {
  const shortest = [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => retryWaitAfter(attempt, DEFAULT_RETRY_SETTINGS).from);
  expect(shortest).toEqual([300, 300, 600, 1200, 2400, 4000, 4000, 4000]);
});

test("the longest waits take the slowest attempts and the latest look at the queue", () => {
  // Attempts of 900 seconds: age 900, wait 900 + 300; age 900 + 1200 + 900, wait 3000 + 300; then 4000 + 300.
  const longest = [1, 2, 3, 8].map((attempt) => retryWaitAfter(attempt, DEFAULT_RETRY_SETTINGS).to);
  expect(longest).toEqual([1200, 3300, 4300, 4300]);
});
