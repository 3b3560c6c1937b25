import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { HostPace } from "../src/probing/host-pace.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("keeps no turn for a probe that was cancelled while it waited", async () => {
  const pace = new HostPace(10_000);
  const turn = (probeId: string, signal = new AbortController().signal) => pace.turn(probeId, "192.0.2.1", signal);
  expect(await turn("first")).toBe(true);
  for (const probeId of ["second", "third"]) {
    const cancelled = new AbortController();
    const waiting = turn(probeId, cancelled.signal);
    cancelled.abort();
    expect(await waiting).toBe(false);
    pace.forget(probeId);
  }
  const began = Date.now();
  const last = turn("last");
  await vi.runAllTimersAsync();
  expect(await last).toBe(true);
  expect(Date.now() - began).toBe(10_000);
});
