import { expect, it } from "vitest";
import type { Store } from "../src/index.ts";
import { AFTERWARDS, AT, done, hole, LATER, LATEST, observation, storeSteps } from "./suite-data.ts";

export function probeSuite(storeOf: () => Store): void {
  const { create, begin, run, share } = storeSteps(storeOf);

  it("keeps what was asked and what was measured, as it was", async () => {
    const { id } = await create();
    expect(await storeOf().probes.get(id)).toMatchObject({
      summary: { id, target: "example.test", status: "queued", createdAt: AT, startedAt: null, finishedAt: null, verdict: null },
      request: { target: "example.test", family: 4 },
      observation: null,
    });
    expect(await begin(LATER)).toEqual([id]);
    expect(await storeOf().probes.finish(id, done([hole()], LATEST))).toBe(true);
    const stored = await storeOf().probes.get(id);
    expect(stored?.observation).toEqual(observation);
    expect(stored?.summary).toMatchObject({
      status: "done",
      startedAt: LATER,
      finishedAt: LATEST,
      verdict: { code: "pmtu-black-hole", severity: "critical", confidence: "proven" },
    });
  });

  it("keeps what a hostile peer said, and lists it with all others", async () => {
    const said = "220 \u0000 \ud800 \\u0000 \u{1f4e8}";
    const host = { name: said, address: "192.0.2.1", transcript: [{ at: 1, dir: "<", text: said }] };
    const { id } = await create();
    const found = hole({ title: said, subject: { host: said, address: "192.0.2.1", port: 25 } });
    await storeOf().probes.finish(id, { ...done([found]), observation: { ...observation, hosts: [host as never] } });
    await run([hole({ code: "smtp-fixup" })]);
    const stored = JSON.stringify(await storeOf().probes.get(id));
    expect(stored).toContain("\u{1f4e8}");
    expect((await storeOf().findings.list({ limit: 9, text: "220" })).findings).toHaveLength(1);
    expect((await storeOf().findings.list({ limit: 9 })).findings).toHaveLength(2);
    expect((await storeOf().peers.list({ limit: 9, now: Date.parse(LATEST) / 1000 })).peers.length).toBeGreaterThan(0);
    expect((await storeOf().probes.list({ limit: 9 })).probes).toHaveLength(2);
  });

  it("tells which probe it checks and whom it writes to", async () => {
    const first = await create();
    expect(first).toMatchObject({ previousId: null, deliverTo: null });
    const second = await storeOf().probes.create({
      target: "example.test",
      request: { target: "example.test", deliverTo: "Me@example.test" },
      createdAt: LATER,
      previousId: first.id,
    });
    expect(second).toMatchObject({ previousId: first.id, deliverTo: "Me@example.test" });
    expect((await storeOf().probes.list({ limit: 1 })).probes).toEqual([second]);
    await storeOf().probes.delete(first.id);
    expect((await storeOf().probes.get(second.id))?.summary).toMatchObject({ previousId: first.id });
  });

  it("starts and ends a probe once", async () => {
    const { id } = await create();
    expect(await begin()).toEqual([id]);
    expect(await begin()).toEqual([]);
    expect(await storeOf().probes.finish(id, { ...done([]), status: "cancelled", observation: null })).toBe(true);
    expect(await storeOf().probes.finish(id, done([hole()]))).toBe(false);
    expect((await storeOf().probes.get(id))?.summary).toMatchObject({ status: "cancelled", verdict: null });
    expect((await storeOf().findings.list({ limit: 10 })).findings).toEqual([]);
  });

  it("keeps why a probe failed", async () => {
    const { id } = await create();
    await storeOf().probes.finish(id, {
      status: "failed",
      finishedAt: AT,
      observation: null,
      findings: [],
      fixed: [],
      verdict: null,
      error: "No memory.",
    });
    expect((await storeOf().probes.get(id))?.summary).toMatchObject({ status: "failed", error: "No memory." });
  });

  it("answers null or false for an id that there is not", async () => {
    expect(await storeOf().probes.get("none")).toBeNull();
    expect(await storeOf().probes.finish("none", done([]))).toBe(false);
    expect(await storeOf().probes.delete("none")).toBe(false);
  });

  it("keeps the vantage, whatever its name, and lists practice apart from all else", async () => {
    const { id } = await create();
    const from = (vantage: string, practice: boolean) => {
      const request = { target: "hole.test", vantage };
      return storeOf().probes.create({ target: request.target, request, createdAt: AT, previousId: null, practice });
    };
    const far = await from("berlin-2", false);
    const practice = await from("training", true);
    expect([far.vantage, far.practice, practice.vantage, practice.practice]).toEqual(["berlin-2", false, "training", true]);
    const listed = async (query: { practice?: boolean }) =>
      (await storeOf().probes.list({ limit: 9, ...query })).probes.map((probe) => [probe.id, probe.vantage]);
    expect(await listed({ practice: true })).toEqual([[practice.id, "training"]]);
    expect(await listed({ practice: false })).toEqual([
      [far.id, "berlin-2"],
      [id, "local"],
    ]);
    expect(await listed({})).toHaveLength(3);
  });

  it("lists the newest first, page by page, and finds targets without case", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 7; index += 1) ids.push((await create(index % 2 === 0 ? "Even.test" : "odd_%.test")).id);
    const seen: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await storeOf().probes.list({ limit: 3, ...(typeof cursor === "string" ? { cursor } : {}) });
      seen.push(...page.probes.map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== null);
    expect(seen).toEqual(ids.toReversed());
    expect((await storeOf().probes.list({ limit: 10, target: "eVeN" })).probes).toHaveLength(4);
    expect((await storeOf().probes.list({ limit: 10, target: "_%" })).probes).toHaveLength(3);
    expect((await storeOf().probes.list({ limit: 10, target: "%v%" })).probes).toHaveLength(0);
  });

  it("finds the newest probe of each target, but none of the practice lab", async () => {
    await create("mx.Example.test");
    const other = await create("other.example.test", LATER);
    const newest = await create("mx.Example.test", LATEST);
    await storeOf().probes.create({
      target: "lab.example.test",
      request: { target: "lab.example.test", vantage: "lab" },
      practice: true,
      createdAt: LATEST,
      previousId: null,
    });
    expect(await storeOf().probes.ofTargets("eXample", 5)).toEqual([newest, other]);
    expect(await storeOf().probes.ofTargets("example", 1)).toEqual([newest]);
    expect(await storeOf().probes.ofTargets("%", 5)).toEqual([]);
  });

  it("begins probes for one owner each, the oldest first, as many as it has room for", async () => {
    const ids = [];
    for (let index = 0; index < 6; index += 1) ids.push((await create()).id);
    expect(await begin(AT, "one", 0)).toEqual([]);
    expect(await begin(AT, "one", 2)).toEqual(ids.slice(0, 2));
    const [two, three] = await Promise.all([begin(AT, "two", 4), begin(AT, "three", 4)]);
    expect([...two, ...three].toSorted()).toEqual(ids.slice(2));
    expect((await storeOf().probes.get(ids[0] ?? ""))?.summary).toMatchObject({ status: "running", startedAt: AT });
  });

  it("takes a probe from an owner whose lease ended, and from no other", async () => {
    const [first, second] = [await create(), await create()];
    expect(await begin(AT, "one", 1)).toEqual([first.id]);
    expect(await begin(AT, "two", 1)).toEqual([second.id]);
    expect(await storeOf().probes.renew({ owner: "two", until: LATEST })).toEqual([second.id]);
    // An owner knows what it runs, and has only lost the time to say so.
    expect(await begin(LATEST, "one", 9)).toEqual([]);
    expect(await begin(LATEST, "three", 9)).toEqual([first.id]);
    expect(await storeOf().probes.renew({ owner: "one", until: AFTERWARDS })).toEqual([]);
    await storeOf().probes.finish(second.id, done([]));
    expect(await storeOf().probes.renew({ owner: "two", until: AFTERWARDS })).toEqual([]);
  });

  it("lets those wait again whose owner stops, or is known to be dead", async () => {
    const [first, second] = [await create(), await create()];
    await begin(AT, "one", 1);
    await begin(AT, "two", 1);
    await storeOf().probes.release("one");
    expect((await storeOf().probes.get(first.id))?.summary).toMatchObject({ status: "queued", startedAt: null });
    expect((await storeOf().probes.get(second.id))?.summary).toMatchObject({ status: "running" });
    await storeOf().probes.release(null);
    expect(await begin(LATER, "three", 9)).toEqual([first.id, second.id]);
  });

  it("admits as many as may wait, whoever asks at once", async () => {
    const limits = { unended: 3, deliveries: { since: AT, perRecipient: 1, overall: 1 } };
    const asked = { target: "example.test", request: { target: "example.test" }, createdAt: AT, previousId: null };
    const answers = await Promise.all(Array.from({ length: 5 }, () => storeOf().probes.admit(asked, limits)));
    expect(answers.filter((answer) => answer === "queue-full")).toHaveLength(2);
    expect((await storeOf().probes.list({ limit: 9 })).probes).toHaveLength(3);
  });

  it("makes an automatic probe of a stalled peer once in a while, and never after it was refused", async () => {
    const limits = { unended: 9, deliveries: { since: AT, perRecipient: 1, overall: 1 } };
    const probe = (createdAt: string, since: string, address = "192.0.2.1") =>
      storeOf().probes.admit({ target: address, request: { target: address }, createdAt, previousId: null }, limits, {
        kind: "stalled-peer",
        address,
        since,
      });
    const first = await Promise.all([probe(LATER, AT), probe(LATER, AT), probe(LATER, AT, "192.0.2.2")]);
    expect(first.filter((answer) => answer === "claimed")).toHaveLength(1);
    expect(await probe(LATEST, AT)).toBe("claimed");
    const again = await probe(LATEST, LATER);
    if (typeof again === "string") throw new Error(again);
    await storeOf().probes.finish(again.id, { ...done([]), unwelcome: true });
    expect(await probe(AFTERWARDS, AFTERWARDS)).toBe("claimed");
    expect(await probe(AFTERWARDS, AFTERWARDS, "192.0.2.2")).toHaveProperty("id");
  });

  it("forgets a probe with its shares and the findings that only it showed", async () => {
    const older = await run([hole()]);
    const newer = await run([hole(), hole({ code: "smtp-fixup", severity: "warning" })], LATER);
    await storeOf().links.create(share(newer));
    expect(await storeOf().probes.delete(newer)).toBe(true);
    expect(await storeOf().links.byTokenHash("hash")).toBeNull();
    expect((await storeOf().findings.list({ limit: 10 })).findings).toMatchObject([
      { finding: { code: "pmtu-black-hole" }, probeId: older },
    ]);
  });
}
