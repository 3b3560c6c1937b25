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

it("keeps late probes apart as well, here and between the servers of a store", async () => {
  const taken = new Map<string, string>();
  const turns = {
    turn: async (name: string, { now, until }: { now: string; until: string }) => {
      if ((taken.get(name) ?? "") > now) return false;
      taken.set(name, until);
      return true;
    },
  };
  for (const paces of [[new HostPace(500)], [new HostPace(500, turns), new HostPace(500, turns)]] as const) {
    const gate = Promise.withResolvers<void>();
    const place = { leave: () => undefined, keep: () => gate.promise };
    const connected: number[] = [];
    const probes = ["first", "second"].map(async (probeId, index) => {
      const pace = paces[index % paces.length] ?? paces[0];
      await pace.turn(probeId, "192.0.2.1", new AbortController().signal, place);
      connected.push(Date.now());
    });
    setTimeout(gate.resolve, 1200);
    await vi.runAllTimersAsync();
    await Promise.all(probes);
    const [first = 0, second = 0] = connected;
    expect(second - first).toBeGreaterThanOrEqual(500);
  }
});
