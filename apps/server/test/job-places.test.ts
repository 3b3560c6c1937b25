/** A bounded number of jobs at a time; one that waits for something else holds no place. */
import { openStore, type Store } from "@mxray/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HostPace } from "../src/probing/host-pace.ts";
import { JobPlaces } from "../src/probing/job-places.ts";
import type { JobWork } from "../src/probing/job-queue.ts";
import { RowJobQueue } from "../src/probing/row-job-queue.ts";
import { WorkHealth } from "../src/work-health.ts";

const never = () => new AbortController().signal;

describe("a place", () => {
  const places = (most: number) => new JobPlaces(most, { onFree: () => undefined, onLeft: () => undefined });

  it("that was left is another's, and is waited for in order; one that is kept is not left", async () => {
    const all = places(1);
    const first = all.take(never());
    first.leave();
    expect(all.free).toBe(1);
    const second = all.take(never());
    second.leave();
    const third = all.take(never());
    const order: string[] = [];
    const back = [first, second].map((place, index) => place.keep().then(() => order.push(["first", "second"][index] ?? "")));
    third.end();
    await back[0];
    expect([order, all.free]).toEqual([["first"], 0]);
    first.leave();
    expect(all.free).toBe(0);
    first.end();
    await back[1];
    second.end();
    expect([order, all.free]).toEqual([["first", "second"], 1]);
  });

  it("is not waited for by work that is to end, which takes none", async () => {
    const all = places(1);
    const ending = new AbortController();
    const left = all.take(ending.signal);
    left.leave();
    const other = all.take(never());
    const waiting = left.keep();
    ending.abort();
    await waiting;
    left.end();
    other.end();
    expect(all.free).toBe(1);
  });
});

describe("a job queue", () => {
  let store: Store;
  beforeEach(async () => {
    store = await openStore({ path: ":memory:" });
  });
  afterEach(() => store.close());

  it("works at other jobs while some wait for the pace of their host, and at no more than its places at a time", async () => {
    const pace = new HostPace(60_000);
    const ended: string[] = [];
    let most = 0;
    let working = 0;
    const targets = new Map<string, string>();
    const work: JobWork = async (id, signal, place) => {
      const target = targets.get(id) ?? "";
      if (await pace.turn(id, target, signal, place)) {
        working += 1;
        most = Math.max(most, working);
        await new Promise((resolve) => setTimeout(resolve, 5));
        working -= 1;
        ended.push(target);
      }
      await store.probes.finish(id, {
        ...{ status: "done", finishedAt: new Date().toISOString(), observation: null, findings: [], fixed: [], verdict: null, error: null },
      });
    };
    const queue = new RowJobQueue({
      ...{ rows: store.probes, alone: true, places: 2, health: new WorkHealth(), work },
      onError: (error) => {
        throw error;
      },
    });
    // Six of one host come first: five of them wait for minutes.
    for (const target of ["busy", "busy", "busy", "busy", "busy", "busy", "a", "b", "c", "d"]) {
      const createdAt = new Date().toISOString();
      targets.set((await store.probes.create({ target, request: { target }, createdAt, previousId: null })).id, target);
    }
    await queue.start();
    while (ended.length < 5) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(ended.toSorted()).toEqual(["a", "b", "busy", "c", "d"]);
    expect(most).toBeLessThanOrEqual(2);
    expect(queue.away).toBe(5);
    await queue.stop();
    expect(queue.away).toBe(0);
  });
});
