/** Rounds begin when they are due, one at a time, never in a busy loop, and more rarely where they are not welcome. */
import { setTimeout as sleep } from "node:timers/promises";
import type { LiveEvent, ProbeRequest } from "@mxray/contracts";
import { openStore, type Store } from "@mxray/store";
import { afterEach, describe, expect, it, vi } from "vitest";
import { host, probe, stage } from "../../../../packages/diagnosis/test/observation.ts";
import type { LiveFeed } from "../../src/live-feed.ts";
import { HostPace } from "../../src/probing/host-pace.ts";
import { ProbeWork } from "../../src/probing/probe-work.ts";
import type { Probes } from "../../src/probing/probes.ts";
import { Refusal } from "../../src/refusal.ts";
import type { ProbeVantage } from "../../src/vantages/vantage.ts";
import { Watcher } from "../../src/watching/watcher.ts";
import { WorkHealth } from "../../src/work-health.ts";
import { FEEDS } from "../feeds.ts";

const INTERVAL_MS = 60_000;
const REFUSED = probe([host({ stages: [stage("greeting", "refused", null, "421 go away")] })]);
const WELCOME = probe([]);

type Submit = (request: ProbeRequest) => Refusal | null;

let stop: (() => Promise<void>) | null = null;
afterEach(async () => {
  await stop?.();
  stop = null;
});

interface WatchingOptions {
  readonly store?: Store;
  readonly intervalMs?: number;
  readonly concurrency?: number;
  readonly refuse?: Submit;
}

async function watchingWith(
  feed: LiveFeed,
  { store, intervalMs = INTERVAL_MS, concurrency = 8, refuse = () => null }: WatchingOptions = {},
) {
  const kept = store ?? (await openStore({ path: ":memory:" }));
  const begun: { id: string; request: ProbeRequest; watchId: string | undefined }[] = [];
  const errors: unknown[] = [];
  let asked = 0;
  const probes: Pick<Probes, "submitOnce" | "check" | "vantageOf" | "away"> = {
    away: () => 0,
    check: async () => undefined,
    vantageOf: ({ vantage }: ProbeRequest) => ({ practice: vantage === "lab" }) as ProbeVantage,
    async submitOnce(request, claim) {
      asked += 1;
      const refusal = refuse(request);
      if (refusal !== null) throw refusal;
      const watchId = claim.kind === "round" ? claim.watchId : "";
      const probe = { target: request.target, request, createdAt: new Date().toISOString(), previousId: null, watchId };
      const admitted = await kept.probes.admit(probe, { unended: 999, deliveries: { since: "", perRecipient: 0, overall: 0 } }, claim);
      if (typeof admitted === "string") return null;
      begun.push({ id: admitted.id, request, watchId });
      return admitted;
    },
  };
  const onError = (error: unknown) => errors.push(error);
  const watcher = new Watcher({
    health: new WorkHealth(),
    config: { concurrency },
    interval: () => intervalMs,
    most: () => 1000,
    store: kept,
    probes,
    feed,
    onError,
  });
  const work = new ProbeWork({
    health: new WorkHealth(),
    store: kept,
    feed,
    consequences: watcher,
    vantages: null as never,
    settings: null as never,
    pace: new HostPace(0),
    onError,
  });
  const start = async () => await watcher.start();
  stop = async () => {
    await watcher.stop();
    if (store === undefined) await kept.close();
    expect(errors).toEqual([]);
  };
  const end = async (id: string, observation = WELCOME, code: "healthy" | "pmtu-black-hole" = "healthy") => {
    const verdict = { code, severity: code === "healthy" ? "info" : "critical", confidence: "proven", title: code } as const;
    await work.end(id, { status: "done", result: { observation, findings: [], verdict }, error: null });
  };
  return { store: kept, feed, watcher, start, begun, end, asked: () => asked };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 300 && !(await holds()); turn += 1) await sleep(10);
  expect(await holds()).toBe(true);
}

describe.each(FEEDS)("a watch, with $feed", ({ newFeed, heard }) => {
  const watching = (options?: WatchingOptions) => watchingWith(newFeed(), options);

  it("is one per target, begins at once with a NOOP ladder only, and again an interval after its round", async () => {
    const { watcher, start, begun, end, store } = await watching();
    await start();
    const { watch, created } = await watcher.put({ target: "Somebody@Example.com", allAddresses: true });
    expect([created, watch.target, watch.everyMinutes]).toEqual([true, "example.com", 1]);
    await until(() => begun.length === 1);
    expect(begun[0]).toMatchObject({ request: { target: "example.com", dataLadder: false, allAddresses: true }, watchId: watch.id });
    expect(await watcher.put({ target: "EXAMPLE.com." })).toMatchObject({ created: false, watch: { id: watch.id } });
    await end(begun[0]?.id ?? "");
    await until(async () => (await store.watches.get(watch.id))?.code === "healthy");
    const stored = await store.watches.get(watch.id);
    const wait = Date.parse(stored?.dueAt ?? "") - Date.now();
    expect(wait).toBeGreaterThan(0.85 * INTERVAL_MS);
    expect(wait).toBeLessThanOrEqual(1.1 * INTERVAL_MS);
    expect(stored).toMatchObject({
      request: { target: "example.com", dataLadder: false },
      probing: false,
      rounds: [{ verdict: { code: "healthy" } }],
    });
    expect(begun).toHaveLength(1);
  });

  it("says since when its rounds say the same", async () => {
    const { watcher, start, begun, end, store } = await watching({ intervalMs: 20 });
    await start();
    const { id } = (await watcher.put({ target: "example.com" })).watch;
    const since = async (round: number, code: "healthy" | "pmtu-black-hole") => {
      await until(() => begun.length >= round);
      await end(begun[round - 1]?.id ?? "", WELCOME, code);
      await until(async () => (await store.watches.get(id))?.rounds.length === round);
      await until(async () => (await store.watches.get(id))?.code === code);
      return (await store.watches.get(id))?.sinceAt;
    };
    const first = await since(1, "healthy");
    expect(await since(2, "healthy")).toBe(first);
    const broken = await since(3, "pmtu-black-hole");
    expect(broken).not.toBe(first);
    expect(await since(4, "pmtu-black-hole")).toBe(broken);
  });

  it("has one round at a time, and waits while somebody else probes its target", async () => {
    const { watcher, start, begun, store, end } = await watching({ intervalMs: 20 });
    const other = await store.probes.create({ target: "example.com", request: { target: "example.com" }, createdAt: "", previousId: null });
    await start();
    await watcher.put({ target: "example.com" });
    await sleep(100);
    expect(begun).toHaveLength(0);
    await end(other.id);
    await until(() => begun.length === 1);
    await sleep(100);
    expect(begun).toHaveLength(1);
    await end(begun[0]?.id ?? "");
    await until(() => begun.length === 2);
  });

  it("leaves half of the places to people", async () => {
    const { watcher, start, begun, end } = await watching({ concurrency: 4 });
    await start();
    for (let index = 0; index < 5; index += 1) await watcher.put({ target: `mx${index}.example.com` });
    await until(() => begun.length === 2);
    await sleep(50);
    expect(begun).toHaveLength(2);
    await end(begun[0]?.id ?? "");
    await until(() => begun.length === 3);
  });

  it("does not insist where the queue is full, and says why nothing happens", async () => {
    const full = new Refusal("queue-full", "100 probes are waiting already.");
    const { watcher, start, asked, store } = await watching({ refuse: () => full });
    await start();
    const { id } = (await watcher.put({ target: "example.com" })).watch;
    await until(() => asked() === 1);
    await sleep(200);
    expect(asked()).toBe(1);
    const watch = await store.watches.get(id);
    expect(watch).toMatchObject({ trouble: full.message, probing: false });
    const wait = Date.parse(watch?.dueAt ?? "") - Date.now();
    expect(wait).toBeGreaterThan(INTERVAL_MS / 3);
    expect(wait).toBeLessThanOrEqual(INTERVAL_MS);
  });

  it("waits a whole interval after the policy refused it", async () => {
    const refusal = new Refusal("target-not-allowed", "example.com is on this server's do-not-probe list.");
    const { watcher, start, store, asked } = await watching({ refuse: () => refusal });
    await start();
    const { id } = (await watcher.put({ target: "example.com" })).watch;
    await until(async () => (await store.watches.get(id))?.trouble === refusal.message);
    expect(Date.parse((await store.watches.get(id))?.dueAt ?? "") - Date.now()).toBeGreaterThan(0.85 * INTERVAL_MS);
    expect(asked()).toBe(1);
  });

  it("comes half as often for each answer of 421, and as before once it is welcome", async () => {
    const { watcher, start, begun, end, store } = await watching({ intervalMs: 40 });
    await start();
    const { id } = (await watcher.put({ target: "example.com" })).watch;
    for (const [round, observation, refusals, minutes] of [
      [1, REFUSED, 1, 80],
      [2, REFUSED, 2, 160],
      [3, WELCOME, 0, 40],
    ] as const) {
      await until(() => begun.length === round);
      await end(begun[round - 1]?.id ?? "", observation);
      await until(
        async () => (await store.watches.get(id))?.rounds.length === round && (await store.watches.get(id))?.refusals === refusals,
      );
      expect((await watcher.list()).watches).toMatchObject([{ refusals, everyMinutes: minutes / 60_000 }]);
    }
  });

  it("survives a restart: what was missed is done once, soon", async () => {
    const before = await watching();
    const dueAt = new Date(Date.now() - 100 * INTERVAL_MS).toISOString();
    for (let index = 0; index < 3; index += 1) {
      const target = `mx${index}.example.com`;
      await before.store.watches.put({ target, request: { target, dataLadder: false }, createdAt: dueAt, dueAt }, 10);
    }
    const after = await watching({ store: before.store, intervalMs: 1000 });
    await after.start();
    await until(() => after.begun.length === 3);
    for (const { id } of after.begun) await after.end(id);
    await sleep(200);
    expect(after.begun).toHaveLength(3);
    await stop?.();
    stop = () => before.store.close();
  });

  it("begins each round once, however many processes look, and those of a process that is gone", async () => {
    const first = await watching({ concurrency: 100 });
    const dueAt = new Date(Date.now() - 1000).toISOString();
    for (let index = 0; index < 30; index += 1) {
      const target = `mx${index}.example.com`;
      await first.store.watches.put({ target, request: { target, dataLadder: false }, createdAt: dueAt, dueAt }, 100);
    }
    const second = await watching({ store: first.store, concurrency: 100 });
    // Both have read the same list of what is due when they begin.
    const due = await first.store.watches.due(new Date().toISOString(), 100);
    const slow = { ...first.store, watches: { ...first.store.watches, due: async () => due } };
    const third = await watching({ store: slow, concurrency: 100 });
    for (const process of [first, second, third]) process.watcher.changed();
    const begun = () => [...first.begun, ...second.begun, ...third.begun].map(({ request }) => request.target);
    await until(() => begun().length >= 30);
    await sleep(50);
    expect(new Set(begun()).size).toBe(30);
    expect(begun()).toHaveLength(30);
    for (const { watcher } of [first, second, third]) await watcher.stop();
    stop = () => first.store.close();
  });

  it("is not put off by a clock that is set back", async () => {
    const { watcher, start, begun, end, store } = await watching({ intervalMs: 300 });
    vi.useFakeTimers({ toFake: ["Date"], shouldAdvanceTime: true });
    try {
      await start();
      const { id } = (await watcher.put({ target: "example.com" })).watch;
      await until(() => begun.length === 1);
      await end(begun[0]?.id ?? "");
      vi.setSystemTime(Date.now() - 3_600_000);
      await until(() => begun.length === 2);
      expect(Date.parse((await store.watches.get(id))?.dueAt ?? "")).toBeLessThan(Date.now() + 60_000);
    } finally {
      vi.useRealTimers();
    }
  });

  it.runIf(heard)("ends when it is switched off, and tells so", async () => {
    const { watcher, start, begun, end, feed } = await watching({ intervalMs: 20 });
    await start();
    const closing = new AbortController();
    const told: LiveEvent[] = [];
    feed.listen((event) => told.push(event), closing.signal);
    const { id } = (await watcher.put({ target: "example.com" })).watch;
    await until(() => begun.length === 1);
    expect(await watcher.end(id)).toBe(true);
    expect(await watcher.end(id)).toBe(false);
    await end(begun[0]?.id ?? "");
    await sleep(100);
    expect(begun).toHaveLength(1);
    expect(await watcher.list()).toMatchObject({ watches: [] });
    closing.abort();
    const watches = told.filter((event) => event.type === "watch");
    expect(watches.some(({ watch }) => watch?.probing === true)).toBe(true);
    expect(watches.at(-1)).toEqual({ type: "watch", id, watch: null });
  });

  it("is refused for practice and for what is no target", async () => {
    const { watcher } = await watching();
    await expect(watcher.put({ target: "black-hole.lab.test", vantage: "lab" })).rejects.toMatchObject({ code: "practice-not-watched" });
    await expect(watcher.put({ target: "https://example.com" })).rejects.toMatchObject({ code: "invalid-target" });
  });
});
