import type { StressOptions, StressRun, StressSecond } from "@mxray/contracts";
import { expect, it } from "vitest";
import type { Act, Store } from "../src/index.ts";
import { AT, LATER, LATEST, storeSteps } from "./suite-data.ts";

const options: StressOptions = {
  ...{
    sessions: 10,
    perSession: 1,
    messages: 100,
    seconds: null,
    rate: null,
    ramp: 0,
    steps: 0,
    spike: 1,
    from: "",
    helo: "mxray-stress.x",
  },
  ...{ size: { least: 4096, most: 4096 }, recipients: ["a@example.test"], starttls: false, lmtp: false, pipelining: true },
  ...{ timeoutSeconds: 60, seed: 1 },
};
const second: StressSecond = {
  ...{ second: 0, due: 9, accepted: 9, deferred: 0, rejected: 0, reset: 0, timedOut: 0, p50: 1, p99: 2 },
  ...{ waiting: 0, connected: 3, served: 3 },
};
const latency = { p50: 1, p90: 2, p99: 3, p999: 4, max: 5 };
const document = (target: string): StressRun => ({
  ...{ schema: "mxray.stress/1", target, address: "192.0.2.1", run: { id: "r", by: "Ada", startedAt: AT, seconds: 1 }, options },
  ...{ calibration: { rate: 900, p99Ms: 1 }, rate: { offered: null, achieved: 90 }, stagesMs: {}, curve: [], answers: [] },
  counts: { accepted: 90, deferred: 1, rejected: 2, reset: 3, timedOut: 4, unsent: 5 },
  latencyMs: { fromDue: latency, fromStart: latency },
  ...{ series: [second], host: null, stopped: null, findings: [] },
  limit: { kind: "io", evidence: [], kneeRate: 80, changes: [] },
});

export function stressSuite(storeOf: () => Store): void {
  const { share } = storeSteps(storeOf);
  const act: Act = { at: AT, actor: { kind: "user", id: "u", name: "Ada" }, address: "192.0.2.7", action: "stress.started" };
  const begin = async (target = "mx.example.test:25", startedAt = AT) =>
    await storeOf().stress.begin({ target, address: "192.0.2.1", by: "Ada", startedAt, options }, startedAt, act);
  const end = async (id: string | null, target = "mx.example.test:25") =>
    await storeOf().stress.end(id ?? "", { state: "done", at: LATER, problem: null, run: document(target) });

  it("run one at a time, and each is in the audit", async () => {
    const id = await begin();
    expect(await begin()).toBeNull();
    expect((await storeOf().audit.list({ limit: 5 })).map(({ object }) => object.id)).toEqual([id]);
    expect(await storeOf().stress.delete(id ?? "")).toBe(false);
    expect(await end(id)).toBe(true);
    expect(await end(id)).toBe(false);
    expect(await begin()).not.toBeNull();
  });

  it("keep what they measured, with its outcome in the list", async () => {
    const id = (await begin()) ?? "";
    expect(await storeOf().stress.progress(id, [second], LATER)).toBe(true);
    expect(await storeOf().stress.get(id)).toMatchObject({ state: "running", series: [second], run: null, result: null, endedAt: null });
    await end(id);
    expect(await storeOf().stress.progress(id, [], LATER)).toBe(false);
    const result = { limit: "io", achieved: 90, p99Ms: 3, accepted: 90, failed: 10 };
    expect(await storeOf().stress.list(5)).toMatchObject([{ id, state: "done", by: "Ada", endedAt: LATER, options, result }]);
    expect(await storeOf().stress.get(id)).toMatchObject({ run: document("mx.example.test:25"), series: [second] });
    expect(await storeOf().stress.get("none")).toBeNull();
  });

  it("that nobody has touched are cut, and make room", async () => {
    const id = (await begin()) ?? "";
    await storeOf().stress.progress(id, [second], LATER);
    expect(await storeOf().stress.cut(AT, LATER)).toBe(0);
    expect(await storeOf().stress.cut(LATEST, LATEST)).toBe(1);
    expect(await storeOf().stress.get(id)).toMatchObject({ state: "cut", endedAt: LATEST, series: [second], problem: expect.any(String) });
    const stale = await begin();
    expect(await begin("mx.example.test:25", LATEST)).not.toBeNull();
    expect(await storeOf().stress.get(stale ?? "")).toMatchObject({ state: "cut" });
  });

  it("are compared with the one before of the same target", async () => {
    const ids: string[] = [];
    for (const target of ["mx.example.test:25", "other.example.test:25", "mx.example.test:25"]) {
      const id = (await begin(target)) ?? "";
      await end(id, target);
      ids.push(id);
    }
    expect(await storeOf().stress.before(ids[2] ?? "")).toMatchObject({ id: ids[0] });
    expect(await storeOf().stress.before(ids[0] ?? "")).toBeNull();
  });

  it("are forgotten with their links", async () => {
    const id = (await begin()) ?? "";
    await end(id);
    await storeOf().links.create({ ...share(""), opens: "stress", probeId: null, stressId: id, name: "mx.example.test:25" });
    expect(await storeOf().links.list()).toMatchObject([{ opens: "stress", stressId: id, probeId: null }]);
    await storeOf().stress.tidy(LATER);
    expect(await storeOf().stress.list(5)).toHaveLength(1);
    await storeOf().stress.tidy(LATEST);
    expect(await storeOf().stress.list(5)).toEqual([]);
    expect(await storeOf().links.list()).toEqual([]);
  });
}
