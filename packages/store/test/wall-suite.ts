/** What every engine of the store must do with the wall. */
import type { Finding } from "@mxray/contracts";
import { expect, it } from "vitest";
import type { Store } from "../src/index.ts";
import { AT, done, hole, LATER, LATEST, storeSteps } from "./suite-data.ts";

export function wallSuite(storeOf: () => Store): void {
  const { create, run } = storeSteps(storeOf);

  const LIMITS = { now: Date.parse(LATEST) / 1000, since: "2026-01-01T00:00:00.000Z", findings: 10, changed: 10, probes: 10 };
  const codesOf = (findings: readonly { finding: Finding }[]) => findings.map(({ finding }) => finding.code);

  it("gets what is not fixed with the target of its last probe, the worst first, and the newest changes", async () => {
    await run([hole({ code: "smtp-fixup", severity: "warning" })], LATER, [], "a.test");
    const second = await run([hole(), hole({ code: "dotcrlf-split" })], AT, [], "b.test");
    const gone = (await storeOf().findings.ofProbe(second)).find(({ finding }) => finding.code === "dotcrlf-split");
    await run([], LATEST, [gone?.id ?? ""], "b.test");
    const facts = await storeOf().wall.facts(LIMITS);
    expect(codesOf(facts.findings)).toEqual(["pmtu-black-hole", "smtp-fixup"]);
    expect(facts.findings.map(({ target }) => target)).toEqual(["b.test", "a.test"]);
    expect(codesOf(facts.changed)).toEqual(["dotcrlf-split", "smtp-fixup", "pmtu-black-hole"]);
    const few = await storeOf().wall.facts({ ...LIMITS, findings: 1, changed: 1 });
    expect([codesOf(few.findings), few.findingCount, codesOf(few.changed)]).toEqual([["pmtu-black-hole"], 2, ["dotcrlf-split"]]);
  });

  it("gets the newest probe of each target that ended, but none of the practice lab and none too old", async () => {
    await run([hole()], AT, [], "b.test");
    const newest = await run([], LATER, [], "b.test");
    const other = await run([], AT, [], "a.test");
    await create("a.test");
    const cancelled = await create("c.test");
    await storeOf().probes.finish(cancelled.id, { ...done([]), status: "cancelled", observation: null });
    const practice = await storeOf().probes.create({
      target: "black-hole.lab.test",
      request: { target: "black-hole.lab.test", vantage: "lab" },
      practice: true,
      createdAt: AT,
      previousId: null,
    });
    await storeOf().probes.finish(practice.id, done([]));
    expect((await storeOf().wall.facts(LIMITS)).probes.map(({ id }) => id)).toEqual([other, newest]);
    expect((await storeOf().wall.facts({ ...LIMITS, probes: 1 })).probes).toHaveLength(1);
    const tomorrow = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
    expect((await storeOf().wall.facts({ ...LIMITS, since: tomorrow })).probes).toEqual([]);
    for (const target of ["b.test", "never.test"])
      await storeOf().watches.put({ target, request: { target }, createdAt: AT, dueAt: AT }, 9);
    const { probes: old, watched } = await storeOf().wall.facts({ ...LIMITS, since: tomorrow });
    expect([old.map(({ id }) => id), watched.toSorted()]).toEqual([[newest], ["b.test", "never.test"]]);
  });
}
