import { expect, it } from "vitest";
import type { Store } from "../src/index.ts";
import { AT, done, hole, LATER, LATEST, storeSteps } from "./suite-data.ts";

export function oldProbeSuite(storeOf: () => Store): void {
  const { create, begin, run, share } = storeSteps(storeOf);

  const tidy = () => storeOf().probes.tidy(LATER, LATER);
  const kept = async () => (await storeOf().probes.list({ limit: 50 })).probes.map(({ id }) => id).toSorted();

  it("are forgotten, with the findings that only they showed and that are long fixed", async () => {
    const old = await run([hole({ code: "smtp-fixup", severity: "warning" })]);
    const [finding] = await storeOf().findings.ofProbe(old);
    await run([], AT, [finding?.id ?? ""]);
    const failed = await create();
    await storeOf().probes.finish(failed.id, { ...done([]), status: "failed", observation: null, error: "No memory." });
    const recent = await run([], LATER);
    expect(await tidy()).toBe(3);
    expect(await kept()).toEqual([recent]);
    expect(await storeOf().findings.count({})).toEqual({ open: 0, acknowledged: 0, dismissed: 0, fixed: 0 });
    expect(await tidy()).toBe(0);
    expect(await storeOf().facts()).toMatchObject({ probes: 1, oldestProbeAt: LATER });
  });

  it("stay while a finding rests on them that stands, or was fixed lately", async () => {
    const first = await run([hole()]);
    await run([hole()]);
    const last = await run([hole()]);
    const other = await run([hole({ code: "smtp-fixup", severity: "warning" })]);
    const [fixup] = await storeOf().findings.ofProbe(other);
    const proof = await run([], LATER, [fixup?.id ?? ""]);
    expect(await tidy()).toBe(1);
    expect(await kept()).toEqual([first, last, other, proof].toSorted());
    const [open] = await storeOf().findings.ofProbe(last);
    expect(open).toMatchObject({ state: "open", firstSeenAt: AT, probeId: last });
    expect((await storeOf().probes.ofFinding(open?.id ?? "", 9)).map(({ id }) => id)).toEqual([last, first]);
  });

  it("stay while a share that works shows them, and with it what they are compared with", async () => {
    const before = await run([]);
    const { id } = await storeOf().probes.create({
      target: "example.test",
      request: { target: "example.test" },
      createdAt: AT,
      previousId: before,
    });
    await storeOf().probes.finish(id, done([]));
    const made = await storeOf().links.create(share(id, { expiresAt: LATEST }));
    await storeOf().links.create(share(await run([]), { tokenHash: "expired", expiresAt: LATER }));
    expect(await tidy()).toBe(1);
    expect(await kept()).toEqual([before, id].toSorted());
    await storeOf().links.revoke(made.id, LATER);
    expect(await tidy()).toBe(2);
    expect(await storeOf().links.list()).toEqual([]);
  });

  it("stay while they wait or run", async () => {
    const waiting = await create();
    const running = await create();
    await begin(AT, "one", 1);
    expect(await tidy()).toBe(0);
    expect(await kept()).toEqual([waiting.id, running.id].toSorted());
  });
}
