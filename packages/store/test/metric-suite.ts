/** What every engine of the store must do for metrics. */
import { expect, it } from "vitest";
import type { Store } from "../src/index.ts";
import { AT, done, hole, LATER, LATEST, storeSteps } from "./suite-data.ts";

export function metricSuite(storeOf: () => Store): void {
  const { create, run } = storeSteps(storeOf);
  const LIMITS = { watched: 10 };
  const watch = async (target: string) =>
    (await storeOf().watches.put({ target, request: { target }, createdAt: AT, dueAt: AT }, 9))?.id ?? "";
  const round = async (watchId: string, outcome: ReturnType<typeof done> | null, target = "example.test") => {
    const { id } = await storeOf().probes.create({ target, request: { target }, createdAt: AT, previousId: null, watchId });
    if (outcome !== null) await storeOf().probes.finish(id, outcome);
    return id;
  };

  it("is empty where nothing is", async () => {
    const { storeBytes, ...facts } = await storeOf().metrics.facts(LIMITS);
    expect(facts).toEqual({ findings: [], watched: [], rounds: [], planned: [], probes: { queued: 0, running: 0 } });
    expect(storeBytes).toBeGreaterThan(0);
  });

  it("counts findings that are not fixed, and names those that a watched target shows", async () => {
    const of = (address: string) => ({ host: null, address, port: 25 });
    await run([hole({ code: "smtp-fixup", severity: "warning" }), hole({ subject: of("192.0.2.2") })], AT);
    await round(await watch("example.test"), done([hole(), hole({ code: "dotcrlf-split", confidence: "likely" })], AT));
    const split = (await storeOf().findings.list({ limit: 9, code: "dotcrlf-split" })).findings[0];
    await storeOf().findings.acknowledge(split?.id ?? "", null, LATER);
    const { findings, watched } = await storeOf().metrics.facts(LIMITS);
    expect(findings.map(({ code, severity, state, count }) => `${code} ${severity} ${state} ${count}`).toSorted()).toEqual([
      "dotcrlf-split critical acknowledged 1",
      "pmtu-black-hole critical open 2",
      "smtp-fixup warning open 1",
    ]);
    expect(watched).toHaveLength(2);
    expect(watched).toContainEqual({
      id: split?.id,
      code: "dotcrlf-split",
      severity: "critical",
      confidence: "likely",
      state: "acknowledged",
      subject: { host: "mx1.example.test", address: "192.0.2.1", port: 25 },
    });
    expect((await storeOf().metrics.facts({ watched: 1 })).watched).toHaveLength(1);
    const hidden = watched.find(({ code }) => code === "pmtu-black-hole");
    await round((await storeOf().watches.list())[0]?.id ?? "", done([], LATEST, [hidden?.id ?? ""]));
    expect((await storeOf().metrics.facts(LIMITS)).watched.map(({ code }) => code)).toEqual(["dotcrlf-split"]);
  });

  it("gives the last round of each watch that ended, and what waits", async () => {
    const [a, b] = [await watch("a.test"), await watch("b.test")];
    const settings = { paused: true };
    await storeOf().watches.put({ target: "never.test", request: { target: "never.test" }, createdAt: AT, dueAt: AT, settings }, 9);
    await round(a, done([hole()], AT), "a.test");
    const newest = await round(a, done([], LATER), "a.test");
    await round(a, null, "a.test");
    const failed = await round(b, { ...done([], LATER), status: "failed", observation: null, error: "…" }, "b.test");
    const facts = await storeOf().metrics.facts(LIMITS);
    expect(facts.rounds).toEqual([
      { target: "a.test", vantage: "local", probeId: newest, finishedAt: LATER, verdict: null },
      { target: "b.test", vantage: "local", probeId: failed, finishedAt: LATER, verdict: null },
    ]);
    expect(facts.planned).toEqual([
      { target: "a.test", vantage: "local", dueAt: AT },
      { target: "b.test", vantage: "local", dueAt: AT },
      { target: "never.test", vantage: "local", dueAt: null },
    ]);
    expect(facts.probes).toEqual({ queued: 1, running: 0 });
  });

  it("finds the probes of one target by the family that they were limited to", async () => {
    const { metrics, probes } = storeOf();
    expect(await metrics.probesOf("example.test", 4)).toEqual({ latest: null, result: null });
    const result = await run([hole()]);
    const waiting = await create();
    await run([], LATER, [], "mx.example.test");
    const found = await metrics.probesOf("example.test", 4);
    expect([found.latest?.id, found.result?.id, found.result?.verdict?.code]).toEqual([waiting.id, result, "pmtu-black-hole"]);
    expect(await metrics.probesOf("example.test", null)).toEqual({ latest: null, result: null });
    const request = { target: "example.test", vantage: "lab", family: 4 as const };
    await probes.create({ target: "example.test", request, practice: true, createdAt: LATEST, previousId: null });
    expect((await metrics.probesOf("example.test", 4)).latest?.id).toBe(waiting.id);
  });
}
