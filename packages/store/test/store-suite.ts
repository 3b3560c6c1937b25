/** What every engine of the store must do; a second engine joins by calling `describeStore` with its own way to open one. */
import { FINDING_SORTS, type Finding, type ProbeObservation } from "@mxray/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FindingPageQuery, GoneSubject, ProbeOutcome, Store } from "../src/index.ts";
import { logSuite } from "./log-suite.ts";
import { peerSuite } from "./peer-suite.ts";

const AT = "2026-03-01T10:00:00.000Z";
const LATER = "2026-03-01T11:00:00.000Z";
const LATEST = "2026-03-01T12:00:00.000Z";
const AFTERWARDS = "2026-03-01T13:00:00.000Z";

export const hole = (over: Partial<Finding> = {}): Finding => ({
  code: "pmtu-black-hole",
  severity: "critical",
  confidence: "proven",
  subject: { host: "mx1.example.test", address: "192.0.2.1", port: 25 },
  subjects: [over.subject ?? { host: "mx1.example.test", address: "192.0.2.1", port: 25 }],
  since: AT,
  firstSeen: AT,
  title: "Packets above 1400 bytes vanish",
  summary: "…",
  absorbs: [],
  evidence: [],
  remedies: [],
  ...over,
});

const observation: ProbeObservation = {
  schema: "mxray.probe/1",
  target: "example.test",
  vantage: { name: "local", host: "here", version: "0.1.0" },
  startedAt: AT,
  durationMs: 1234.5,
  resolution: { kind: "mx", records: [{ preference: 10, exchange: "mx1.example.test" }], error: null, failure: null, unresolved: [] },
  hosts: [],
  controls: [],
  ended: null,
};

/** @param fixed findings that it proves gone: at the address of `hole`, unless it says otherwise */
export const done = (findings: readonly Finding[], finishedAt = AT, fixed: readonly (string | GoneSubject)[] = []): ProbeOutcome => {
  const [worst] = findings;
  return {
    status: "done",
    finishedAt,
    observation,
    findings,
    fixed: fixed.map((one) => (typeof one === "string" ? { id: one, address: "192.0.2.1" } : one)),
    verdict: worst === undefined ? null : { code: worst.code, severity: worst.severity, confidence: worst.confidence, title: worst.title },
    error: null,
  };
};

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

    it("answers", async () => {
      await expect(store.ping()).resolves.toBeUndefined();
    });

    describe("probes", () => {
      it("keeps what was asked and what was measured, as it was", async () => {
        const { id } = await create();
        expect(await store.probes.get(id)).toMatchObject({
          summary: { id, target: "example.test", status: "queued", createdAt: AT, startedAt: null, finishedAt: null, verdict: null },
          request: { target: "example.test", family: 4 },
          observation: null,
        });
        expect(await begin(LATER)).toEqual([id]);
        expect(await store.probes.finish(id, done([hole()], LATEST))).toBe(true);
        const stored = await store.probes.get(id);
        expect(stored?.observation).toEqual(observation);
        expect(stored?.summary).toMatchObject({
          status: "done",
          startedAt: LATER,
          finishedAt: LATEST,
          verdict: { code: "pmtu-black-hole", severity: "critical", confidence: "proven" },
        });
      });

      it("tells which probe it checks and whom it writes to", async () => {
        const first = await create();
        expect(first).toMatchObject({ previousId: null, deliverTo: null });
        const second = await store.probes.create({
          target: "example.test",
          request: { target: "example.test", deliverTo: "Me@example.test" },
          createdAt: LATER,
          previousId: first.id,
        });
        expect(second).toMatchObject({ previousId: first.id, deliverTo: "Me@example.test" });
        expect((await store.probes.list({ limit: 1 })).probes).toEqual([second]);
        await store.probes.delete(first.id);
        expect((await store.probes.get(second.id))?.summary).toMatchObject({ previousId: first.id });
      });

      it("starts and ends a probe once", async () => {
        const { id } = await create();
        expect(await begin()).toEqual([id]);
        expect(await begin()).toEqual([]);
        expect(await store.probes.finish(id, { ...done([]), status: "cancelled", observation: null })).toBe(true);
        expect(await store.probes.finish(id, done([hole()]))).toBe(false);
        expect((await store.probes.get(id))?.summary).toMatchObject({ status: "cancelled", verdict: null });
        expect((await store.findings.list({ limit: 10 })).findings).toEqual([]);
      });

      it("keeps why a probe failed", async () => {
        const { id } = await create();
        await store.probes.finish(id, {
          status: "failed",
          finishedAt: AT,
          observation: null,
          findings: [],
          fixed: [],
          verdict: null,
          error: "No memory.",
        });
        expect((await store.probes.get(id))?.summary).toMatchObject({ status: "failed", error: "No memory." });
      });

      it("answers null or false for an id that there is not", async () => {
        expect(await store.probes.get("none")).toBeNull();
        expect(await store.probes.finish("none", done([]))).toBe(false);
        expect(await store.probes.delete("none")).toBe(false);
      });

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

    describe("peers", () => peerSuite(() => store));

    describe("logs", () => {
      logSuite(
        () => store,
        async (finding) => (await store.findings.ofProbe(await run([finding], LATEST)))[0]?.id ?? "",
        (id, at) => run([], at, [id]),
      );
    });

    describe("watches", () => {
      const put = (target: string, dueAt = AT, most = 9) =>
        store.watches.put({ target, request: { target, dataLadder: false }, createdAt: AT, dueAt }, most);
      const healthy = hole({ code: "healthy", severity: "info" });
      const round = async (watchId: string, findings: readonly Finding[], createdAt: string, fixed: readonly string[] = []) => {
        const target = "example.test";
        const { id } = await store.probes.create({ target, request: { target }, createdAt, previousId: null, watchId });
        await store.probes.finish(id, done(findings, createdAt, fixed));
        return id;
      };

      it("are one per target, as many as allowed, and end once", async () => {
        const first = await put("b.test");
        expect(first).toMatchObject({ created: true });
        expect(
          await store.watches.put({ target: "b.test", request: { target: "b.test", family: 6 }, createdAt: LATER, dueAt: LATER }, 1),
        ).toEqual({ id: first?.id, created: false });
        expect(await put("a.test", AT, 1)).toBeNull();
        await put("a.test");
        expect((await store.watches.list()).map(({ target }) => target)).toEqual(["a.test", "b.test"]);
        expect(await store.watches.get(first?.id ?? "")).toEqual({
          id: first?.id,
          target: "b.test",
          request: { target: "b.test", family: 6 },
          createdAt: AT,
          dueAt: AT,
          refusals: 0,
          trouble: null,
          code: null,
          sinceAt: null,
          probing: false,
          rounds: [],
        });
        expect(await store.watches.end(first?.id ?? "")).toBe(true);
        expect(await store.watches.end(first?.id ?? "")).toBe(false);
        expect(await store.watches.get(first?.id ?? "")).toBeNull();
        expect(await store.watches.change(first?.id ?? "", { refusals: 1 })).toBe(false);
      });

      it("come due, the one that waits longest first, and take what changes", async () => {
        expect(await store.watches.nextDueAt()).toBeNull();
        const late = await put("late.test", LATER);
        await put("early.test", AT);
        await put("future.test", LATEST);
        expect((await store.watches.due(LATER, 9)).map(({ target }) => target).toSorted()).toEqual(["early.test", "late.test"]);
        expect((await store.watches.due(LATER, 1)).map(({ target }) => target)).toEqual(["early.test"]);
        expect(await store.watches.due(LATER, 0)).toEqual([]);
        expect(await store.watches.nextDueAt()).toBe(AT);
        const id = late?.id ?? "";
        expect(await store.watches.change(id, { dueAt: LATEST, trouble: "…" })).toBe(true);
        await store.watches.change(id, { refusals: 2, code: "healthy", sinceAt: LATER });
        expect(await store.watches.get(id)).toMatchObject({ dueAt: LATEST, trouble: "…", refusals: 2, code: "healthy", sinceAt: LATER });
        await store.watches.change(id, { trouble: null, code: null });
        expect(await store.watches.get(id)).toMatchObject({ dueAt: LATEST, trouble: null, refusals: 2, code: null });
      });

      it("begin a round once, whoever sees that it is due, and take what it changes when it ends", async () => {
        const id = (await put("example.test", AT))?.id ?? "";
        await store.watches.change(id, { trouble: "…" });
        const limits = { unended: 9, deliveries: { since: AT, perRecipient: 1, overall: 1 } };
        const asked = { target: "example.test", request: { target: "example.test" }, createdAt: AT, previousId: null, watchId: id };
        const claim = { kind: "round", watchId: id, dueAt: AT, nextDueAt: LATER } as const;
        const answers = await Promise.all([1, 2, 3].map(() => store.probes.admit(asked, limits, claim)));
        expect(answers.filter((answer) => answer === "claimed")).toHaveLength(2);
        expect(await store.watches.underWay()).toBe(1);
        expect(await store.watches.get(id)).toMatchObject({ dueAt: LATER, trouble: null, probing: true });
        const [begun] = await begin();
        const change = { code: "healthy", sinceAt: LATER, refusals: 1, dueAt: LATEST } as const;
        expect(await store.probes.finish(begun ?? "", { ...done([]), watch: change })).toBe(true);
        expect(await store.probes.finish(begun ?? "", { ...done([]), watch: { refusals: 2 } })).toBe(false);
        expect(await store.watches.get(id)).toMatchObject({ ...change, probing: false });
        expect(await store.watches.underWay()).toBe(0);
      });

      it("tell of their newest rounds, and whether anybody probes their target", async () => {
        const id = (await put("example.test"))?.id ?? "";
        for (let index = 0; index < 30; index += 1) await round(id, [index === 29 ? hole() : healthy], AT);
        await run([hole()]);
        expect((await store.watches.get(id))?.rounds).toHaveLength(24);
        expect((await store.watches.get(id))?.rounds[0]).toMatchObject({ at: AT, status: "done", verdict: { code: "pmtu-black-hole" } });
        expect((await store.watches.get(id))?.rounds[1]).toMatchObject({ verdict: { code: "healthy" } });
        expect(await store.watches.get(id)).toMatchObject({ probing: false });
        const other = await create();
        expect(await store.watches.get(id)).toMatchObject({ probing: true });
        await store.probes.finish(other.id, done([]));
        const own = await store.probes.create({
          target: "example.test",
          request: { target: "example.test" },
          createdAt: AT,
          previousId: null,
          watchId: id,
        });
        expect(own).toMatchObject({ watchId: id });
        expect((await store.probes.list({ limit: 50 })).probes).toHaveLength(33);
        expect((await store.probes.list({ limit: 50, watched: false })).probes.map((probe) => probe.id)).toEqual([
          other.id,
          expect.any(String),
        ]);
        expect(await store.watches.list()).toMatchObject([{ probing: true }]);
        await store.watches.end(id);
        expect((await store.probes.get(own.id))?.summary).toMatchObject({ watchId: id });
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
        const [finding] = await store.findings.ofProbe(rounds[3] ?? "");
        for (let index = 0; index < 3; index += 1) await add([hole()], AT);
        const lastSeen = rounds.length - 1;
        for (let index = 0; index < 3; index += 1) await add([healthy], AT, [finding?.id ?? ""]);
        const shared = await add([healthy], AT);
        await store.links.create(share(rounds[shared] ?? ""));
        const compared = await add([healthy], AT);
        await store.probes.create({ target: "x.test", request: { target: "x.test" }, createdAt: AT, previousId: rounds[compared] ?? "" });
        for (let index = 0; index < 2; index += 1) await add([healthy], AT);
        await add([healthy], LATEST);
        for (let index = 0; index < 2; index += 1) await add([healthy], AT);
        const foreign = await run([healthy]);

        const left = async () => {
          const probes = await Promise.all(rounds.map((probe) => store.probes.get(probe)));
          return probes.flatMap((probe, index) => (probe === null ? [] : [index]));
        };
        expect(await store.watches.tidy(id, { keep: 99, before: LATER })).toBe(0);
        expect(await store.watches.tidy(id, { keep: 2, before: LATER })).toBe(8);
        // First, broke, seen last, mended, shared, compared with, recent, the newest two.
        expect(await left()).toEqual([0, 3, lastSeen, 7, shared, compared, 14, 15, 16]);
        expect(await store.watches.tidy(id, { keep: 2, before: LATER })).toBe(0);
        expect(await store.probes.get(foreign)).not.toBeNull();
        expect(await store.findings.get(finding?.id ?? "")).toMatchObject({ state: "fixed", fixedBy: rounds[7] });
        expect(await store.watches.tidy("none", { keep: 0, before: LATEST })).toBe(0);
      });

      it("find what is not fixed about the hosts that a round met, and about no host", async () => {
        const target = "a.test";
        const { id } = await store.probes.create({ target, request: { target, noMx: true }, createdAt: AT, previousId: null });
        const nobody = { host: null, address: null, port: null };
        await store.probes.finish(
          id,
          done([
            hole(),
            hole({ code: "mx-unresolvable", subject: nobody }),
            hole({ subject: { host: null, address: "192.0.2.9", port: 25 } }),
          ]),
        );
        const about = async (addresses: readonly string[]) =>
          (await store.findings.unfixedAbout(addresses)).map(({ finding, request }) => [finding.code, request?.noMx]);
        expect(await about(["192.0.2.1", "192.0.2.2"])).toEqual([
          ["pmtu-black-hole", true],
          ["mx-unresolvable", true],
        ]);
        expect(await about([])).toEqual([["mx-unresolvable", true]]);
        const [first] = await store.findings.unfixedAbout(["192.0.2.1"]);
        const proof = await store.probes.create({ target, request: { target }, createdAt: LATER, previousId: null });
        await store.probes.finish(proof.id, { ...done([], LATER, [first?.id ?? ""]), previousId: id });
        expect((await store.probes.get(proof.id))?.summary).toMatchObject({ previousId: id });
        expect(await about(["192.0.2.1"])).toEqual([["mx-unresolvable", true]]);
      });
    });

    describe("chores", () => {
      const claim = (until: string, now = LATER) => store.chores.claim("tidy", { now, until, latest: AFTERWARDS });

      it("are begun once when they are due, and again when they were asked for meanwhile", async () => {
        expect(await claim(LATEST)).toBe(false);
        await store.chores.ask("tidy", LATEST);
        expect(await claim(LATEST)).toBe(false);
        await store.chores.ask("tidy", AT);
        await store.chores.ask("tidy", LATEST);
        expect((await Promise.all([claim(LATEST), claim(LATEST)])).toSorted()).toEqual([false, true]);
        await store.chores.done("tidy", LATEST, AFTERWARDS);
        expect(await claim(AFTERWARDS, LATEST)).toBe(false);
        await store.chores.ask("tidy", AT);
        expect(await claim(LATEST)).toBe(true);
        await store.chores.ask("tidy", AT);
        await store.chores.done("tidy", LATEST, AFTERWARDS);
        expect(await claim(LATEST)).toBe(true);
      });

      it("are due again when the process that began one is gone, and when the clock was set back", async () => {
        await store.chores.ask("tidy", AT);
        expect(await claim(LATEST)).toBe(true);
        expect(await claim(AFTERWARDS, LATEST)).toBe(true);
        await store.chores.done("tidy", AFTERWARDS, "2027-01-01T00:00:00.000Z");
        expect(await claim(LATEST, AT)).toBe(true);
      });
    });

    describe("settings", () => {
      it("are kept, changed and taken away, all of a change at once", async () => {
        expect(await store.settings.list()).toEqual([]);
        await store.settings.change({ logDays: "9", helo: "mx.example.test" }, AT);
        await store.settings.change({ logDays: "14", helo: null, contact: null }, LATER);
        expect(await store.settings.list()).toEqual([{ name: "logDays", value: "14", changedAt: LATER }]);
      });
    });

    describe("old probes", () => {
      const tidy = () => store.probes.tidy(LATER, LATER);
      const kept = async () => (await store.probes.list({ limit: 50 })).probes.map(({ id }) => id).toSorted();

      it("are forgotten, with the findings that only they showed and that are long fixed", async () => {
        const old = await run([hole({ code: "smtp-fixup", severity: "warning" })]);
        const [finding] = await store.findings.ofProbe(old);
        await run([], AT, [finding?.id ?? ""]);
        const failed = await create();
        await store.probes.finish(failed.id, { ...done([]), status: "failed", observation: null, error: "No memory." });
        const recent = await run([], LATER);
        expect(await tidy()).toBe(3);
        expect(await kept()).toEqual([recent]);
        expect(await store.findings.count({})).toEqual({ open: 0, acknowledged: 0, dismissed: 0, fixed: 0 });
        expect(await tidy()).toBe(0);
        expect(await store.facts()).toMatchObject({ probes: 1, oldestProbeAt: LATER });
      });

      it("stay while a finding rests on them that stands, or was fixed lately", async () => {
        const first = await run([hole()]);
        await run([hole()]);
        const last = await run([hole()]);
        const other = await run([hole({ code: "smtp-fixup", severity: "warning" })]);
        const [fixup] = await store.findings.ofProbe(other);
        const proof = await run([], LATER, [fixup?.id ?? ""]);
        expect(await tidy()).toBe(1);
        expect(await kept()).toEqual([first, last, other, proof].toSorted());
        const [open] = await store.findings.ofProbe(last);
        expect(open).toMatchObject({ state: "open", firstSeenAt: AT, probeId: last });
        expect((await store.probes.ofFinding(open?.id ?? "", 9)).map(({ id }) => id)).toEqual([last, first]);
      });

      it("stay while a share that works shows them, and with it what they are compared with", async () => {
        const before = await run([]);
        const { id } = await store.probes.create({
          target: "example.test",
          request: { target: "example.test" },
          createdAt: AT,
          previousId: before,
        });
        await store.probes.finish(id, done([]));
        const made = await store.links.create(share(id, { expiresAt: LATEST }));
        await store.links.create(share(await run([]), { tokenHash: "expired", expiresAt: LATER }));
        expect(await tidy()).toBe(1);
        expect(await kept()).toEqual([before, id].toSorted());
        await store.links.revoke(made.id, LATER);
        expect(await tidy()).toBe(2);
        expect(await store.links.list()).toEqual([]);
      });

      it("stay while they wait or run", async () => {
        const waiting = await create();
        const running = await create();
        await begin(AT, "one", 1);
        expect(await tidy()).toBe(0);
        expect(await kept()).toEqual([waiting.id, running.id].toSorted());
      });
    });

    describe("the wall", () => {
      const LIMITS = { since: "2026-01-01T00:00:00.000Z", findings: 10, changed: 10, probes: 10 };
      const codesOf = (findings: readonly { finding: Finding }[]) => findings.map(({ finding }) => finding.code);

      it("gets what is not fixed with the target of its last probe, the worst first, and the newest changes", async () => {
        await run([hole({ code: "smtp-fixup", severity: "warning" })], LATER, [], "a.test");
        const second = await run([hole(), hole({ code: "dotcrlf-split" })], AT, [], "b.test");
        const gone = (await store.findings.ofProbe(second)).find(({ finding }) => finding.code === "dotcrlf-split");
        await run([], LATEST, [gone?.id ?? ""], "b.test");
        const facts = await store.wall.facts(LIMITS);
        expect(codesOf(facts.findings)).toEqual(["pmtu-black-hole", "smtp-fixup"]);
        expect(facts.findings.map(({ target }) => target)).toEqual(["b.test", "a.test"]);
        expect(codesOf(facts.changed)).toEqual(["dotcrlf-split", "smtp-fixup", "pmtu-black-hole"]);
        const few = await store.wall.facts({ ...LIMITS, findings: 1, changed: 1 });
        expect([codesOf(few.findings), few.findingCount, codesOf(few.changed)]).toEqual([["pmtu-black-hole"], 2, ["dotcrlf-split"]]);
      });

      it("gets the newest probe of each target that ended, but none of the practice lab and none too old", async () => {
        await run([hole()], AT, [], "b.test");
        const newest = await run([], LATER, [], "b.test");
        const other = await run([], AT, [], "a.test");
        await create("a.test");
        const cancelled = await create("c.test");
        await store.probes.finish(cancelled.id, { ...done([]), status: "cancelled", observation: null });
        const practice = await store.probes.create({
          target: "black-hole.lab.test",
          request: { target: "black-hole.lab.test", vantage: "lab" },
          practice: true,
          createdAt: AT,
          previousId: null,
        });
        await store.probes.finish(practice.id, done([]));
        expect((await store.wall.facts(LIMITS)).probes.map(({ id }) => id)).toEqual([other, newest]);
        expect((await store.wall.facts({ ...LIMITS, probes: 1 })).probes).toHaveLength(1);
        const tomorrow = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
        expect((await store.wall.facts({ ...LIMITS, since: tomorrow })).probes).toEqual([]);
        for (const target of ["b.test", "never.test"])
          await store.watches.put({ target, request: { target }, createdAt: AT, dueAt: AT }, 9);
        const { probes: old, watched } = await store.wall.facts({ ...LIMITS, since: tomorrow });
        expect([old.map(({ id }) => id), watched.toSorted()]).toEqual([[newest], ["b.test", "never.test"]]);
      });
    });

    it("keeps transactions apart when many write at once", async () => {
      const ids = await Promise.all(Array.from({ length: 20 }, () => run([hole()], LATER)));
      expect(new Set(ids).size).toBe(20);
      expect((await store.findings.list({ limit: 50 })).findings).toHaveLength(1);
      expect((await store.probes.list({ limit: 50 })).probes.every(({ status }) => status === "done")).toBe(true);
    });
  });
}
