/** What every engine of the store must do; a second engine joins by calling `describeStore` with its own way to open one. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../src/index.ts";
import { choreSuite } from "./chore-suite.ts";
import { deliverySuite } from "./delivery-suite.ts";
import { findingSuite } from "./finding-suite.ts";
import { linkSuite } from "./link-suite.ts";
import { logSuite } from "./log-suite.ts";
import { oldProbeSuite } from "./old-probe-suite.ts";
import { peerSuite } from "./peer-suite.ts";
import { probeSuite } from "./probe-suite.ts";
import { sessionSuite } from "./session-suite.ts";
import { settingSuite } from "./setting-suite.ts";
import { hole, LATER, LATEST, storeSteps } from "./suite-data.ts";
import { wallSuite } from "./wall-suite.ts";
import { watchSuite } from "./watch-suite.ts";

export function describeStore(name: string, open: () => Promise<Store>, forget: () => Promise<void> = async () => undefined): void {
  describe(name, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(async () => {
      await store.close();
      await forget();
    });

<<<<<<< HEAD
    const { run } = storeSteps(() => store);
=======
    const create = (target = "example.test", createdAt = AT) =>
      store.probes.create({ target, request: { target, family: 4 }, createdAt, previousId: null });
    const begin = async (at = AT, owner = "one", limit = 1) => {
      const ids = await store.probes.waiting({ owner, at, limit });
      const begun = await Promise.all(ids.map(async (id) => ((await store.probes.start(id, at, { owner, until: LATER })) ? [id] : [])));
      return begun.flat();
    };
    const run = async (findings: readonly Finding[], at = AT, fixed: readonly string[] = [], target = "example.test") => {
      const { id } = await create(target, at);
      await store.probes.finish(id, done(findings, at, fixed));
      return id;
    };
>>>>>>> called

    it("answers", async () => 
      await expect(store.ping()).resolves.toBeUndefined(););

    describe("probes", () => probeSuite(() => store));

    describe("findings", () => findingSuite(() => store));

    describe("links", () => linkSuite(() => store));

    describe("deliveries", () => deliverySuite(() => store));

<<<<<<< HEAD
    describe("sessions", () => sessionSuite(() => store));
=======
      it("answers null or false for an id that there is not", async () => 
        expect(await store.probes.get("none")).toBeNull();
        expect(await store.probes.finish("none", done([]))).toBe(false);
        expect(await store.probes.delete("none")).toBe(false););

      it("keeps the vantage, whatever its name, and lists practice apart from all else", async () => {
        const { id } = await create();
        const from = (vantage: string, practice: boolean) => {
          const request = { target: "hole.test", vantage };
          return store.probes.create({ target: request.target, request, createdAt: AT, previousId: null, practice });
        };
        const far = await from("berlin-2", false);
        const practice = await from("training", true);
        expect([far.vantage, far.practice, practice.vantage, practice.practice]).toEqual(["berlin-2", false, "training", true]);
        const listed = async (query: { practice?: boolean }) =>
          (await store.probes.list({ limit: 9, ...query })).probes.map((probe) => [probe.id, probe.vantage]);
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
          const page = await store.probes.list({ limit: 3, ...(typeof cursor === "string" ? { cursor } : {}) });
          seen.push(...page.probes.map(({ id }) => id));
          cursor = page.next;
        } while (cursor !== null);
        expect(seen).toEqual(ids.toReversed());
        expect((await store.probes.list({ limit: 10, target: "eVeN" })).probes).toHaveLength(4);
        expect((await store.probes.list({ limit: 10, target: "_%" })).probes).toHaveLength(3);
        expect((await store.probes.list({ limit: 10, target: "%v%" })).probes).toHaveLength(0);
      });

      it("finds the newest probe of each target, but none of the practice lab", async () => {
        await create("mx.Example.test");
        const other = await create("other.example.test", LATER);
        const newest = await create("mx.Example.test", LATEST);
        await store.probes.create({
          target: "lab.example.test",
          request: { target: "lab.example.test", vantage: "lab" },
          practice: true,
          createdAt: LATEST,
          previousId: null,
        });
        expect(await store.probes.ofTargets("eXample", 5)).toEqual([newest, other]);
        expect(await store.probes.ofTargets("example", 1)).toEqual([newest]);
        expect(await store.probes.ofTargets("%", 5)).toEqual([]);
      });

      it("begins probes for one owner each, the oldest first, as many as it has room for", async () => {
        const ids = [];
        for (let index = 0; index < 6; index += 1) ids.push((await create()).id);
        expect(await begin(AT, "one", 0)).toEqual([]);
        expect(await begin(AT, "one", 2)).toEqual(ids.slice(0, 2));
        const [two, three] = await Promise.all([begin(AT, "two", 4), begin(AT, "three", 4)]);
        expect([...two, ...three].toSorted()).toEqual(ids.slice(2));
        expect((await store.probes.get(ids[0] ?? ""))?.summary).toMatchObject({ status: "running", startedAt: AT });
      });

      it("takes a probe from an owner whose lease ended, and from no other", async () => {
        const [first, second] = [await create(), await create()];
        expect(await begin(AT, "one", 1)).toEqual([first.id]);
        expect(await begin(AT, "two", 1)).toEqual([second.id]);
        expect(await store.probes.renew({ owner: "two", until: LATEST })).toEqual([second.id]);
        // An owner knows what it runs, and has only lost the time to say so.
        expect(await begin(LATEST, "one", 9)).toEqual([]);
        expect(await begin(LATEST, "three", 9)).toEqual([first.id]);
        expect(await store.probes.renew({ owner: "one", until: AFTERWARDS })).toEqual([]);
        await store.probes.finish(second.id, done([]));
        expect(await store.probes.renew({ owner: "two", until: AFTERWARDS })).toEqual([]);
      });

      it("lets those wait again whose owner stops, or is known to be dead", async () => {
        const [first, second] = [await create(), await create()];
        await begin(AT, "one", 1);
        await begin(AT, "two", 1);
        await store.probes.release("one");
        expect((await store.probes.get(first.id))?.summary).toMatchObject({ status: "queued", startedAt: null });
        expect((await store.probes.get(second.id))?.summary).toMatchObject({ status: "running" });
        await store.probes.release(null);
        expect(await begin(LATER, "three", 9)).toEqual([first.id, second.id]);
      });

      it("admits as many as may wait, whoever asks at once", async () => {
        const limits = { unended: 3, deliveries: { since: AT, perRecipient: 1, overall: 1 } };
        const asked = { target: "example.test", request: { target: "example.test" }, createdAt: AT, previousId: null };
        const answers = await Promise.all(Array.from({ length: 5 }, () => store.probes.admit(asked, limits)));
        expect(answers.filter((answer) => answer === "queue-full")).toHaveLength(2);
        expect((await store.probes.list({ limit: 9 })).probes).toHaveLength(3);
      });

      it("makes an automatic probe of a stalled peer once in a while, and never after it was refused", async () => {
        const limits = { unended: 9, deliveries: { since: AT, perRecipient: 1, overall: 1 } };
        const probe = (createdAt: string, since: string, address = "192.0.2.1") =>
          store.probes.admit({ target: address, request: { target: address }, createdAt, previousId: null }, limits, {
            kind: "stalled-peer",
            address,
            since,
          });
        const first = await Promise.all([probe(LATER, AT), probe(LATER, AT), probe(LATER, AT, "192.0.2.2")]);
        expect(first.filter((answer) => answer === "claimed")).toHaveLength(1);
        expect(await probe(LATEST, AT)).toBe("claimed");
        const again = await probe(LATEST, LATER);
        if (typeof again === "string") throw new Error(again);
        await store.probes.finish(again.id, { ...done([]), unwelcome: true });
        expect(await probe(AFTERWARDS, AFTERWARDS)).toBe("claimed");
        expect(await probe(AFTERWARDS, AFTERWARDS, "192.0.2.2")).toHaveProperty("id");
      });

      it("forgets a probe with its shares and the findings that only it showed", async () => {
        const older = await run([hole()]);
        const newer = await run([hole(), hole({ code: "smtp-fixup", severity: "warning" })], LATER);
        await store.links.create(share(newer));
        expect(await store.probes.delete(newer)).toBe(true);
        expect(await store.links.byTokenHash("hash")).toBeNull();
        expect((await store.findings.list({ limit: 10 })).findings).toMatchObject([
          { finding: { code: "pmtu-black-hole" }, probeId: older },
        ]);
      });
    });

    describe("findings", () => {
      it("are one per cause and subject, with a first and a last time", async () => {
        await run([hole({ confidence: "likely" })]);
        const second = await run([hole(), hole({ subject: { host: null, address: "192.0.2.9", port: 25 } })], LATER);
        const all = (await store.findings.list({ limit: 10 })).findings;
        expect(all).toHaveLength(2);
        const [same] = (await store.findings.list({ limit: 10, address: "192.0.2.1" })).findings;
        expect(same).toMatchObject({
          state: "open",
          firstSeenAt: AT,
          lastSeenAt: LATER,
          probeId: second,
          finding: { confidence: "proven" },
        });
        expect(await store.findings.get(same?.id ?? "")).toEqual(same);
      });

      it("tell one subject from another where a part of it is unknown", async () => {
        await run([hole({ subject: { host: null, address: null, port: null } })]);
        await run([hole({ subject: { host: null, address: null, port: null } })], LATER);
        expect((await store.findings.list({ limit: 10 })).findings).toHaveLength(1);
      });

      it("do not last when they are information", async () => {
        const id = await run([hole({ code: "healthy", severity: "info" })]);
        expect((await store.findings.list({ limit: 10 })).findings).toEqual([]);
        expect(await store.findings.ofProbe(id)).toEqual([]);
      });

      it("live: open, acknowledged, fixed, reopened, and remember it", async () => {
        const first = await run([hole()]);
        const [open] = await store.findings.ofProbe(first);
        const id = open?.id ?? "";
        expect(await store.findings.reopen(id, AT)).toBe(false);
        expect(await store.findings.acknowledge(id, "the network team knows", AT)).toBe(true);
        expect(await store.findings.acknowledge(id, "again", AT)).toBe(false);
        await run([hole()], LATER);
        expect(await store.findings.get(id)).toMatchObject({
          state: "acknowledged",
          note: "the network team knows",
          lastSeenAt: LATER,
          sinceAt: AT,
        });
        const check = await run([], LATEST, [id, "none"]);
        expect(await store.findings.get(id)).toMatchObject({ state: "fixed", fixedAt: LATEST, fixedBy: check });
        expect((await store.findings.list({ limit: 10, states: ["open", "acknowledged"] })).findings).toEqual([]);
        await run([], LATEST, [id]);
        expect(await store.findings.get(id)).toMatchObject({ fixedBy: check });
        const last = await run([hole()], LATEST);
        expect(await store.findings.get(id)).toMatchObject({
          state: "open",
          fixedAt: null,
          fixedBy: null,
          firstSeenAt: AT,
          sinceAt: LATEST,
        });
        expect(await store.findings.life(id)).toEqual([
          { at: AT, change: "opened", probeId: first, note: null },
          { at: AT, change: "acknowledged", probeId: null, note: "the network team knows" },
          { at: LATEST, change: "fixed", probeId: check, note: null },
          { at: LATEST, change: "reopened", probeId: last, note: null },
        ]);
        expect((await store.probes.ofFinding(id, 2)).map((probe) => probe.id)).toEqual([last, expect.any(String)]);
        await store.findings.acknowledge(id, "a mistake", LATEST);
        expect(await store.findings.reopen(id, AFTERWARDS)).toBe(true);
        // It stands since it came back, whoever took note of it meanwhile.
        expect(await store.findings.get(id)).toMatchObject({ state: "open", sinceAt: LATEST });
        expect((await store.findings.list({ limit: 1 })).findings).toMatchObject([{ sinceAt: LATEST }]);
        expect((await store.wall.facts({ since: AT, findings: 9, changed: 9, probes: 9 })).changed).toMatchObject([{ sinceAt: LATEST }]);
        expect((await store.findings.life(id)).at(-1)).toMatchObject({ change: "reopened", probeId: null });
        expect(await store.findings.life("none")).toEqual([]);
        expect(await store.findings.reopen("none", AT)).toBe(false);
      });

      it("are filtered, counted by state, sorted and paged", async () => {
        const at = (host: string | null, address: string) => ({ host, address, port: 25 });
        await run([hole(), hole({ code: "smtp-fixup", severity: "warning", title: "A firewall rewrites SMTP" })]);
        await run([hole({ subject: at("MX2.example.test", "192.0.2.2") })], LATER);
        await run([hole({ subject: at(null, "192.0.2.3"), code: "connect-refused", title: "100%_refused" })], LATEST);
        const subjects = async (query: Partial<FindingPageQuery>) =>
          (await store.findings.list({ limit: 10, ...query })).findings.map(({ subject, finding }) => `${subject.address} ${finding.code}`);
        const [, second] = (await store.findings.list({ limit: 10 })).findings;
        await store.findings.acknowledge(second?.id ?? "", "Ticket 4711 für Österreich", LATEST);
        expect(await subjects({ states: ["acknowledged"] })).toEqual(["192.0.2.2 pmtu-black-hole"]);
        expect(await subjects({ severity: "warning" })).toEqual(["192.0.2.1 smtp-fixup"]);
        expect(await subjects({ code: "connect-refused" })).toEqual(["192.0.2.3 connect-refused"]);
        expect(await subjects({ peer: "mx2.Example.test" })).toEqual(["192.0.2.2 pmtu-black-hole"]);
        expect(await subjects({ peer: "192.0.2.3" })).toEqual(["192.0.2.3 connect-refused"]);
        expect(await subjects({ text: "ticket 4711" })).toEqual(["192.0.2.2 pmtu-black-hole"]);
        expect(await subjects({ text: "Für Österreich" })).toEqual(["192.0.2.2 pmtu-black-hole"]);
        expect(await subjects({ text: "FIREWALL" })).toEqual(["192.0.2.1 smtp-fixup"]);
        expect(await subjects({ text: "%_" })).toEqual(["192.0.2.3 connect-refused"]);
        expect(await store.findings.count({})).toEqual({ open: 3, acknowledged: 1, dismissed: 0, fixed: 0 });
        expect(await store.findings.count({ severity: "critical" })).toEqual({ open: 2, acknowledged: 1, dismissed: 0, fixed: 0 });

        for (const sort of FINDING_SORTS) {
          const whole = await subjects({ sort });
          const paged: string[] = [];
          let cursor: string | null | undefined;
          do {
            const page = await store.findings.list({ limit: 1, sort, ...(typeof cursor === "string" ? { cursor } : {}) });
            paged.push(...page.findings.map(({ subject, finding }) => `${subject.address} ${finding.code}`));
            cursor = page.next;
          } while (cursor !== null);
          expect(paged, sort).toEqual(whole);
          expect(whole[0]).toBe("192.0.2.3 connect-refused");
        }
        expect((await subjects({ sort: "harm" })).at(-1)).toBe("192.0.2.1 smtp-fixup");
      });

      it("come the worst first", async () => {
        await run([hole({ code: "smtp-fixup", severity: "warning" })], LATEST);
        await run([hole()]);
        expect((await store.findings.list({ limit: 10 })).findings.map(({ finding }) => finding.code)).toEqual([
          "pmtu-black-hole",
          "smtp-fixup",
        ]);
        expect((await store.findings.list({ limit: 1 })).findings).toHaveLength(1);
      });
    });

    const share = (probeId: string, over: object = {}) => ({
      opens: "diagnosis" as const,
      probeId,
      name: null,
      tokenHash: "hash",
      createdAt: AT,
      expiresAt: LATER,
      note: "see below",
      includePrivate: false,
      signInId: null,
      ...over,
    });
    const screen = (over: object = {}) => ({
      ...share("", { opens: "wall" as const, probeId: null, name: "NOC, left", expiresAt: null, note: null }),
      ...over,
    });

    describe("links", () => {
      it("to a diagnosis are found by their token's hash, counted and revoked once", async () => {
        const probeId = await run([hole()]);
        const made = await store.links.create(share(probeId));
        expect(made).toMatchObject({
          opens: "diagnosis",
          probeId,
          name: "example.test",
          opened: 0,
          revokedAt: null,
          includePrivate: false,
          madeBy: null,
        });
        await store.links.countOpening(made.id, LATER);
        await store.links.countOpening(made.id, LATEST);
        expect(await store.links.revoke(made.id, LATEST)).toBe(true);
        expect(await store.links.revoke(made.id, LATEST)).toBe(false);
        expect(await store.links.byTokenHash("hash")).toMatchObject({ opened: 2, lastUsedAt: LATEST, revokedAt: LATEST });
        expect(await store.links.byTokenHash("other")).toBeNull();
        await store.links.create(share(probeId, { tokenHash: "second", includePrivate: true }));
        expect((await store.links.list()).map(({ tokenHash }) => tokenHash)).toEqual(["second", "hash"]);
      });

      it("open a probe that exists, or a wall that has a name, and nothing else", async () => {
        await expect(store.links.create(share("none"))).rejects.toThrow();
        await expect(store.links.create(screen({ name: null }))).rejects.toThrow();
        await expect(store.links.create(screen({ opens: "diagnosis" }))).rejects.toThrow();
      });

      it("to the wall note their use, are revoked once and outlive every probe", async () => {
        const probeId = await run([hole()]);
        const made = await store.links.create(screen());
        expect(made).toMatchObject({ opens: "wall", name: "NOC, left", probeId: null, expiresAt: null, lastUsedAt: null, opened: 0 });
        await store.links.countOpening(made.id, AT);
        await store.links.noteUse(made.id, LATER);
        await store.links.create(share(probeId, { tokenHash: "second" }));
        expect((await store.links.list()).map(({ opens }) => opens)).toEqual(["diagnosis", "wall"]);
        await store.probes.delete(probeId);
        expect((await store.links.list()).map(({ opens }) => opens)).toEqual(["wall"]);
        expect(await store.links.revoke(made.id, LATEST)).toBe(true);
        expect(await store.links.revoke(made.id, LATEST)).toBe(false);
        expect(await store.links.byTokenHash("hash")).toEqual({ ...made, lastUsedAt: LATER, opened: 1, revokedAt: LATEST });
      });
    });

    describe("deliveries", () => {
      const limits = { since: AT, perRecipient: 2, overall: 3 };
      const start = (probeId: string, at = LATER, deliverTo = "me@example.test") =>
        store.deliveries.begin({ probeId, recipient: deliverTo, at, messageIds: ["<1@here>", "<2@here>"] }, limits);
      const admit = (deliverTo: string, createdAt = LATER) =>
        store.probes.admit(
          { target: "example.test", request: { target: "example.test", deliverTo }, createdAt, previousId: null },
          { unended: 99, deliveries: limits },
        );
      const admitted = async (deliverTo: string, createdAt = LATER) => {
        const probe = await admit(deliverTo, createdAt);
        if (typeof probe === "string") throw new Error(probe);
        return probe.id;
      };

      it("are limited per recipient and overall, without case; what is refused leaves no probe", async () => {
        await admitted("me@example.test");
        const second = await admitted("ME@Example.Test");
        expect(await admit("me@example.test")).toBe("perRecipient");
        await admitted("you@example.test");
        expect(await admit("they@example.test")).toBe("overall");
        expect((await store.probes.list({ limit: 9 })).probes).toHaveLength(3);
        await store.probes.delete(second);
        // What is forgotten still counts.
        expect(await admit("me@example.test")).toBe("perRecipient");
      });

      it("of long ago do not count, and one limit holds for all that ask at once", async () => {
        for (let index = 0; index < 3; index += 1) expect(await admit("me@example.test", AT)).toHaveProperty("id");
        const answers = await Promise.all(Array.from({ length: 5 }, () => admit("me@example.test")));
        expect(answers.filter((answer) => typeof answer !== "string")).toHaveLength(2);
      });

      it("begin once for each probe, whoever asks, and also when nobody asked for them before", async () => {
        const id = await admitted("me@example.test");
        expect(await store.deliveries.ofProbe(id)).toBeNull();
        const answers = await Promise.all(Array.from({ length: 5 }, () => start(id)));
        expect(answers.toSorted()).toEqual(["begun", "repeated", "repeated", "repeated", "repeated"]);
        expect(await store.deliveries.ofProbe(id)).toEqual({
          recipient: "me@example.test",
          begunAt: LATER,
          messageIds: ["<1@here>", "<2@here>"],
        });
        expect([await start("of another version"), await start("of another version")]).toEqual(["begun", "repeated"]);
      });

      it("are limited where they begin: those that waited for long do not all leave at once", async () => {
        const ids: string[] = [];
        for (let index = 0; index < 3; index += 1) ids.push(await admitted("me@example.test", AT));
        expect([await start(ids[0] ?? "", LATER), await start(ids[1] ?? "", LATER)]).toEqual(["begun", "begun"]);
        expect(await start(ids[2] ?? "", LATER)).toBe("perRecipient");
        expect(await store.deliveries.ofProbe(ids[2] ?? "")).toBeNull();
        expect(await start("another", LATER, "you@example.test")).toBe("begun");
        expect(await start("one more", LATER, "they@example.test")).toBe("overall");
      });
    });

    describe("sessions", () => {
      it("use up a sign-in token once, and never an expired one", async () => {
        await store.sessions.addSignInToken("token", LATER);
        await store.sessions.addSignInToken("old", AT);
        expect(await store.sessions.hasSignInToken("token", AT)).toBe(true);
        expect(await store.sessions.hasSignInToken("old", LATER)).toBe(false);
        expect(await store.sessions.consumeSignInToken("old", LATER)).toBe(false);
        expect(await store.sessions.consumeSignInToken("token", LATER)).toBe(false);
        await store.sessions.addSignInToken("fresh", LATER);
        expect(await Promise.all([1, 2, 3].map(() => store.sessions.consumeSignInToken("fresh", AT)))).toEqual([true, false, false]);
      });

      const begin = (sessionHash: string, createdAt = AT) =>
        store.sessions.create({ sessionHash, createdAt, expiresAt: LATER, address: "192.0.2.7", browser: "Firefox on Linux" });

      it("stand until they expire or end", async () => {
        await begin("session");
        const signIn = await store.sessions.signInOf("session", AT);
        expect(signIn).toEqual({ id: expect.any(String), at: AT, address: "192.0.2.7", browser: "Firefox on Linux" });
        expect(await store.sessions.signInOf("session", LATER)).toBeNull();
        await store.sessions.delete("session");
        expect(await store.sessions.signInOf("session", AT)).toBeNull();
      });

      it("are remembered by the links that were made in them, also when they have ended", async () => {
        await begin("session");
        const madeBy = await store.sessions.signInOf("session", AT);
        const signInId = madeBy?.id ?? "";
        const made = await store.links.create(share(await run([hole()]), { signInId }));
        const wall = await store.links.create(screen({ tokenHash: "wall", signInId }));
        expect([made.madeBy, wall.madeBy]).toEqual([madeBy, madeBy]);
        await store.sessions.delete("session");
        await begin("next", LATEST);
        expect((await store.links.list()).map((link) => link.madeBy)).toEqual([madeBy, madeBy]);
      });
    });
>>>>>>> called

    describe("peers", () => peerSuite(() => store));

    describe("logs", () => {
      logSuite(
        () => store,
        async (finding) => (await store.findings.ofProbe(await run([finding], LATEST)))[0]?.id ?? "",
        (id, at) => run([], at, [id]),
      );
    });

    describe("watches", () => watchSuite(() => store));

    describe("chores", () => choreSuite(() => store));

    describe("settings", () => settingSuite(() => store));

    describe("old probes", () => oldProbeSuite(() => store));

    describe("the wall", () => wallSuite(() => store));

    it("keeps transactions apart when many write at once", async () => {
      const ids = await Promise.all(Array.from({ length: 20 }, () => run([hole()], LATER)));
      expect(new Set(ids).size).toBe(20);
      expect((await store.findings.list({ limit: 50 })).findings).toHaveLength(1);
      expect((await store.probes.list({ limit: 50 })).probes.every(({ status }) => status === "done")).toBe(true);
    });
  });
}
