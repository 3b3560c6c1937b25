/** When a wall screen hears of what: by a clock of the test's own. */
import type { ProbeSummary, WallSnapshot } from "@mxray/contracts";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LiveFeed } from "../src/live-feed.ts";
import { wallMessages } from "../src/wall/wall-messages.ts";

// Fake timers leave this one alone.
vi.mock("node:timers/promises", () => ({ setTimeout: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)) }));
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("tells of a probe that ends right after a beat as soon as of any other", async () => {
  const feed = new LiveFeed();
  const controller = new AbortController();
  let findings = 0;
  const snapshot = async () => ({ at: new Date().toISOString(), findingsLeftOut: findings }) as WallSnapshot;
  const heard: [event: string, at: number][] = [];
  const began = Date.now();
  const listening = (async () => {
    for await (const { event } of wallMessages({ feed, snapshot, mayLook: async () => true, signal: controller.signal })) {
      heard.push([event, Date.now() - began]);
    }
  })();
  await vi.advanceTimersByTimeAsync(5500);
  findings = 1;
  feed.changed({ id: "1", status: "done" } as ProbeSummary);
  await vi.advanceTimersByTimeAsync(5000);
  controller.abort();
  await vi.runAllTimersAsync();
  await listening;
  expect(heard).toEqual([
    ["snapshot", 0],
    ["beat", 5000],
    ["snapshot", 6000],
  ]);
});
