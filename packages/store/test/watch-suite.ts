/** What every engine of the store must do with watches. */
import type { Finding } from "@mxray/contracts";
import { expect, it } from "vitest";
import type { Store } from "../src/index.ts";
import { AFTERWARDS, AT, done, hole, LATER, LATEST, observation, storeSteps } from "./suite-data.ts";

export function watchSuite(storeOf: () => Store): void {
  const { create, begin, run, share } = storeSteps(storeOf);

  const put = (target: string, dueAt = AT, most = 9) =>
    storeOf().watches.put({ target, request: { target, dataLadder: false }, createdAt: AT, dueAt }, most);
  const healthy = hole({ code: "healthy", severity: "info" });
  const round = async (watchId: string, findings: readonly Finding[], createdAt: string, fixed: readonly string[] = []) => {
    const target = "example.test";
    const { id } = await storeOf().probes.create({ target, request: { target }, createdAt, previousId: null, watchId });
    await storeOf().probes.finish(id, done(findings, createdAt, fixed));
    return id;
  };

  it("are one per target, as many as allowed, and end once", async () => {
    const first = await put("b.test");
    expect(first).toMatchObject({ created: true });
    expect(
      await storeOf().watches.put({ target: "b.test", request: { target: "b.test", family: 6 }, createdAt: LATER, dueAt: LATER }, 1),
    ).toEqual({ id: first?.id, created: false });
    expect(await put("a.test", AT, 1)).toBeNull();
    await put("a.test");
    expect((await storeOf().watches.list()).map(({ target }) => target)).toEqual(["a.test", "b.test"]);
    expect(await storeOf().watches.get(first?.id ?? "")).toEqual({
      id: first?.id,
      target: "b.test",
      vantage: "local",
      request: { target: "b.test", family: 6 },
      createdAt: AT,
      dueAt: AT,
      refusals: 0,
      trouble: null,
      code: null,
      sinceAt: null,
      memory: [],
      everyMinutes: null,
      tags: [],
      paused: false,
      probing: false,
      rounds: [],
    });
    expect(await storeOf().watches.end(first?.id ?? "")).toBe(true);
    expect(await storeOf().watches.end(first?.id ?? "")).toBe(false);
    expect(await storeOf().watches.get(first?.id ?? "")).toBeNull();
    expect(await storeOf().watches.change(first?.id ?? "", { refusals: 1 })).toBe(false);
  });

  it("of one target are several, one from each vantage, with rounds of their own", async () => {
    const from = (vantage: string) =>
      storeOf().watches.put({ target: "a.test", request: { target: "a.test", vantage }, createdAt: AT, dueAt: AT }, 9);
    const [own, theirs] = [await put("a.test"), await from("mx1")];
    expect(await from("mx1")).toEqual({ id: theirs?.id, created: false });
    expect(await from("local")).toEqual({ id: own?.id, created: false });
    const failed = await round(theirs?.id ?? "", [hole()], LATER);
    expect((await storeOf().watches.list()).map(({ vantage, rounds }) => [vantage, rounds.map(({ probeId }) => probeId)])).toEqual([
      ["local", []],
      ["mx1", [failed]],
    ]);
    expect((await storeOf().metrics.facts({ watched: 9 })).planned).toMatchObject([{ vantage: "local" }, { vantage: "mx1" }]);
    expect(await storeOf().watches.end(own?.id ?? "")).toBe(true);
    expect((await storeOf().watches.list()).map(({ vantage }) => vantage)).toEqual(["mx1"]);
  });

  it("come due, the one that waits longest first, and take what changes", async () => {
    expect(await storeOf().watches.nextDueAt()).toBeNull();
    const late = await put("late.test", LATER);
    await put("early.test", AT);
    await put("future.test", LATEST);
    expect((await storeOf().watches.due(LATER, 9)).map(({ target }) => target).toSorted()).toEqual(["early.test", "late.test"]);
    expect((await storeOf().watches.due(LATER, 1)).map(({ target }) => target)).toEqual(["early.test"]);
    expect(await storeOf().watches.due(LATER, 0)).toEqual([]);
    expect(await storeOf().watches.nextDueAt()).toBe(AT);
    const id = late?.id ?? "";
    expect(await storeOf().watches.change(id, { dueAt: LATEST, trouble: "…" })).toBe(true);
    await storeOf().watches.change(id, { refusals: 2, code: "healthy", sinceAt: LATER });
    expect(await storeOf().watches.get(id)).toMatchObject({ dueAt: LATEST, trouble: "…", refusals: 2, code: "healthy", sinceAt: LATER });
    await storeOf().watches.change(id, { trouble: null, code: null });
    expect(await storeOf().watches.get(id)).toMatchObject({ dueAt: LATEST, trouble: null, refusals: 2, code: null });
  });

  it("begin a round once, whoever sees that it is due, and take what it changes when it ends", async () => {
    const id = (await put("example.test", AT))?.id ?? "";
    await storeOf().watches.change(id, { trouble: "…" });
    const limits = { unended: 9, deliveries: { since: AT, perRecipient: 1, overall: 1 } };
    const asked = { target: "example.test", request: { target: "example.test" }, createdAt: AT, previousId: null, watchId: id };
    const claim = { kind: "round", watchId: id, dueAt: AT, nextDueAt: LATER } as const;
    const answers = await Promise.all([1, 2, 3].map(() => storeOf().probes.admit(asked, limits, claim)));
    expect(answers.filter((answer) => answer === "claimed")).toHaveLength(2);
    expect(await storeOf().watches.underWay()).toBe(1);
    expect(await storeOf().watches.get(id)).toMatchObject({ dueAt: LATER, trouble: null, probing: true });
    const [begun] = await begin();
    const change = { code: "healthy", sinceAt: LATER, refusals: 1, dueAt: LATEST } as const;
    expect(await storeOf().probes.finish(begun ?? "", { ...done([]), watch: change })).toBe(true);
    expect(await storeOf().probes.finish(begun ?? "", { ...done([]), watch: { refusals: 2 } })).toBe(false);
    expect(await storeOf().watches.get(id)).toMatchObject({ ...change, probing: false });
    expect(await storeOf().watches.underWay()).toBe(0);
  });

  it("tell of their newest rounds, and whether anybody probes their target", async () => {
    const id = (await put("example.test"))?.id ?? "";
    for (let index = 0; index < 30; index += 1) await round(id, [index === 29 ? hole() : healthy], AT);
    await run([hole()]);
    expect((await storeOf().watches.get(id))?.rounds).toHaveLength(24);
    expect((await storeOf().watches.get(id))?.rounds[0]).toMatchObject({ at: AT, status: "done", verdict: { code: "pmtu-black-hole" } });
    expect((await storeOf().watches.get(id))?.rounds[1]).toMatchObject({ verdict: { code: "healthy" } });
    expect(await storeOf().watches.get(id)).toMatchObject({ probing: false });
    const other = await create();
    expect(await storeOf().watches.get(id)).toMatchObject({ probing: true });
    await storeOf().probes.finish(other.id, done([]));
    const own = await storeOf().probes.create({
      target: "example.test",
      request: { target: "example.test" },
      createdAt: AT,
      previousId: null,
      watchId: id,
    });
    expect(own).toMatchObject({ watchId: id });
    expect((await storeOf().probes.list({ limit: 50 })).probes).toHaveLength(33);
    expect((await storeOf().probes.list({ limit: 50, watched: false })).probes.map((probe) => probe.id)).toEqual([
      other.id,
      expect.any(String),
    ]);
    expect(await storeOf().watches.list()).toMatchObject([{ probing: true }]);
    await storeOf().watches.end(id);
    expect((await storeOf().probes.get(own.id))?.summary).toMatchObject({ watchId: id });
  });

  it("keep rounds that changed something, recent ones, and those that something leads to", async () => {
    const id = (await put("example.test"))?.id ?? "";
    const rounds: string[] = [];
    const add = async (findings: readonly Finding[], at: string, fixed: readonly string[] = []) => {
      rounds.push(await round(id, findings, at, fixed));
      return rounds.length - 1;
    };
    for (let index = 0; index < 3; index += 1) await add([healthy], AT);
    await add([hole()], AT);
    const [finding] = await storeOf().findings.ofProbe(rounds[3] ?? "");
    for (let index = 0; index < 3; index += 1) await add([hole()], AT);
    const lastSeen = rounds.length - 1;
    for (let index = 0; index < 3; index += 1) await add([healthy], AT, [finding?.id ?? ""]);
    const shared = await add([healthy], AT);
    await storeOf().links.create(share(rounds[shared] ?? ""));
    const compared = await add([healthy], AT);
    await storeOf().probes.create({ target: "x.test", request: { target: "x.test" }, createdAt: AT, previousId: rounds[compared] ?? "" });
    for (let index = 0; index < 2; index += 1) await add([healthy], AT);
    await add([healthy], LATEST);
    for (let index = 0; index < 2; index += 1) await add([healthy], AT);
    const foreign = await run([healthy]);

    const left = async () => {
      const probes = await Promise.all(rounds.map((probe) => storeOf().probes.get(probe)));
      return probes.flatMap((probe, index) => (probe === null ? [] : [index]));
    };
    expect(await storeOf().watches.tidy(id, { keep: 99, before: LATER })).toBe(0);
    expect(await storeOf().watches.tidy(id, { keep: 2, before: LATER })).toBe(8);
    // First, broke, seen last, mended, shared, compared with, recent, the newest two.
    expect(await left()).toEqual([0, 3, lastSeen, 7, shared, compared, 14, 15, 16]);
    expect(await storeOf().watches.tidy(id, { keep: 2, before: LATER })).toBe(0);
    expect(await storeOf().probes.get(foreign)).not.toBeNull();
    expect(await storeOf().findings.get(finding?.id ?? "")).toMatchObject({ state: "fixed", fixedBy: rounds[7] });
    expect(await storeOf().watches.tidy("none", { keep: 0, before: LATEST })).toBe(0);
  });

  it("that changed nothing repeat an earlier one, and keep only what they measured themselves", async () => {
    const id = (await put("example.test"))?.id ?? "";
    const target = "example.test";
    const measures = (ms: number) => ({ outboundMtu: 1500, inboundMtu: null, stagesMs: [ms, 20], connections: 3, rungs: 12 });
    const rounds: string[] = [];
    const add = async (key: string, ms: number, over: object = {}) => {
      const probe = await storeOf().probes.create({ target, request: { target }, createdAt: AT, previousId: null, watchId: id });
      const seen = { ...observation, durationMs: ms };
      await storeOf().probes.finish(probe.id, {
        ...done([healthy], AT),
        ...{ observation: seen, round: { key, hosts: [measures(ms)] }, ...over },
      });
      rounds.push(probe.id);
    };
    const read = async () => {
      const probes = await Promise.all(rounds.map((round) => storeOf().probes.get(round)));
      return probes.map((probe) => [probe?.observation?.durationMs, rounds.indexOf(probe?.unchanged?.sameAs ?? "")]);
    };
    await add("a", 1.2345);
    await add("a", 2);
    await add("a", 3);
    // The newest is whole until the next one ends.
    expect(await read()).toEqual([
      [1.2345, -1],
      [1.2345, 0],
      [3, -1],
    ]);
    await add("b", 4);
    await add("a", 5);
    await add("b", 6);
    // The addresses of a domain are searched in turn.
    expect(await read()).toEqual([
      [1.2345, -1],
      [1.2345, 0],
      [1.2345, 0],
      [4, -1],
      [1.2345, 0],
      [6, -1],
    ]);
    await add("a", 7, { status: "failed", observation: null, verdict: null, round: undefined });
    await add("a", 8);
    await storeOf().links.create(share(rounds.at(-1) ?? ""));
    await add("a", 9);
    await add("a", 10);
    // What follows a failure is whole, and so is what is shared.
    expect((await read()).slice(5)).toEqual([
      [6, -1],
      [undefined, -1],
      [8, -1],
      [8, 7],
      [10, -1],
    ]);
    expect((await storeOf().probes.get(rounds[1] ?? ""))?.unchanged).toEqual({ sameAs: rounds[0], sameAt: AT, hosts: [measures(2)] });
    expect((await storeOf().probes.get(rounds[0] ?? ""))?.unchanged).toBeNull();
    const [newest] = (await storeOf().metrics.facts({ watched: 1 })).rounds;
    expect(newest?.probeId).toBe(rounds.at(-1));

    await storeOf().probes.delete(rounds[0] ?? "");
    expect(await storeOf().probes.get(rounds[1] ?? "")).toMatchObject({ observation: null, unchanged: { sameAs: null } });
  });

  it("are kept as long as a newer round repeats them", async () => {
    const id = (await put("example.test"))?.id ?? "";
    const target = "example.test";
    const rounds: string[] = [];
    for (const createdAt of [AT, AT, LATEST, LATEST]) {
      const probe = await storeOf().probes.create({ target, request: { target }, createdAt, previousId: null, watchId: id });
      await storeOf().probes.finish(probe.id, { ...done([healthy], createdAt), round: { key: "a", hosts: [] } });
      rounds.push(probe.id);
    }
    // However long nothing changes, there is one observation besides the newest.
    for (let index = 0; index < 30; index += 1) {
      const probe = await storeOf().probes.create({ target, request: { target }, createdAt: LATEST, previousId: null, watchId: id });
      await storeOf().probes.finish(probe.id, { ...done([healthy], LATEST), round: { key: "a", hosts: [] } });
      rounds.push(probe.id);
    }
    expect((await storeOf().probes.get(rounds.at(-2) ?? ""))?.unchanged?.sameAs).toBe(rounds[0]);
    expect(await storeOf().probes.tidy(LATER, LATER)).toBe(1);
    expect(await storeOf().probes.get(rounds[1] ?? "")).toBeNull();
    expect(await storeOf().probes.get(rounds[2] ?? "")).toMatchObject({ observation: { target }, unchanged: { sameAs: rounds[0] } });
    expect(await storeOf().probes.tidy(AFTERWARDS, LATER)).toBe(33);
  });

  it("find what is not fixed about the hosts that a round met, and about no host", async () => {
    const target = "a.test";
    const { id } = await storeOf().probes.create({ target, request: { target, noMx: true }, createdAt: AT, previousId: null });
    const nobody = { host: null, address: null, port: null };
    await storeOf().probes.finish(
      id,
      done([hole(), hole({ code: "mx-unresolvable", subject: nobody }), hole({ subject: { host: null, address: "192.0.2.9", port: 25 } })]),
    );
    const about = async (addresses: readonly string[]) =>
      (await storeOf().findings.unfixedAbout(addresses)).map(({ finding, request }) => [finding.code, request?.noMx]);
    expect(await about(["192.0.2.1", "192.0.2.2"])).toEqual([
      ["pmtu-black-hole", true],
      ["mx-unresolvable", true],
    ]);
    expect(await about([])).toEqual([["mx-unresolvable", true]]);
    const [first] = await storeOf().findings.unfixedAbout(["192.0.2.1"]);
    const proof = await storeOf().probes.create({ target, request: { target }, createdAt: LATER, previousId: null });
    await storeOf().probes.finish(proof.id, { ...done([], LATER, [first?.id ?? ""]), previousId: id });
    expect((await storeOf().probes.get(proof.id))?.summary).toMatchObject({ previousId: id });
    expect(await about(["192.0.2.1"])).toEqual([["mx-unresolvable", true]]);
  });
}
