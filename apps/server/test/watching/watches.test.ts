/** Watches by the API: real mail hosts, the real queue and store; only the interval is short. */
import type { Watch, WatchList } from "@mxray/contracts";
import { ProbeDetail, WallSnapshot, Watch as WatchBody, WatchList as WatchListBody } from "@mxray/contracts/schemas";
import { mailHostScript, startMailHost } from "@mxray/lab";
import type { ProbeRunner } from "@mxray/probe";
import { openStore } from "@mxray/store";
import { Compile } from "typebox/compile";
import { describe, expect, it } from "vitest";
import { HOLE, host, hostOf, probe } from "../../../../packages/diagnosis/test/observation.ts";
import type { ProbeVantage } from "../../src/vantages/vantage.ts";
import { FEEDS } from "../feeds.ts";
import { ended, LOOPBACK, startTestServer, type TestServer, type TestServerOptions } from "../test-server.ts";

const AT = "2026-03-01T10:00:00.000Z";
/** A round every 300 ms. */
const QUICK = { minuteMs: 20 };

const put = ({ app, headers }: TestServer, payload: object) => app.inject({ method: "PUT", url: "/api/v1/watches", headers, payload });
const list = async ({ app, headers }: TestServer): Promise<WatchList> => (await app.inject({ url: "/api/v1/watches", headers })).json();
const end = async ({ app, headers }: TestServer, id: string) =>
  (await app.inject({ method: "DELETE", url: `/api/v1/watches/${id}`, headers })).statusCode;
const read = async ({ app, headers }: TestServer, url: string) => (await app.inject({ url, headers })).json();

async function until<T>(look: () => Promise<T>, holds: (found: T) => boolean): Promise<T> {
  for (let turn = 0; ; turn += 1) {
    const found = await look();
    if (holds(found)) return found;
    if (turn >= 1000) throw new Error(`It never came: ${JSON.stringify(found)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Another place that probes run from. */
const branch = (runProbe: ProbeRunner, state: () => "ready" | "unavailable"): ProbeVantage => ({
  ...{ name: "branch", practice: false, paced: false, delivers: false, runProbe },
  settings: { vantage: { name: "branch", host: "branch.example", version: "0" }, controls: [] },
  info: async () => ({
    ...{ name: "branch", description: "The branch", practice: false, state: state(), startable: false },
    ...{ reason: null, remedy: null, domains: [] },
  }),
  elsewhere: () => false,
  start: async () => undefined,
  stop: async () => undefined,
  refusalOfTarget: () => null,
  refusalOfHost: () => null,
});

const only = ({ watches }: WatchList): Watch => {
  const [watch] = watches;
  if (watch === undefined) throw new Error("Nothing is watched.");
  return watch;
};

describe.each(FEEDS)("with $feed", ({ newFeed }) => {
  const start = (options: TestServerOptions = {}) => startTestServer({ ...options, feed: newFeed() });

  describe("a watch", () => {
    it("whose round changes nothing shows the round that it repeats, with its own measurements", async () => {
      const runProbe: ProbeRunner = async ({ target, vantage }) => probe([host()], { target: target.input, vantage, startedAt: AT });
      await using server = await start({ ...QUICK, runProbe });
      await put(server, { target: "127.0.0.1" });
      const { rounds } = only(
        await until(
          () => list(server),
          ({ watches }) => (watches[0]?.rounds.length ?? 0) >= 4,
        ),
      );
      // The newest first.
      const [repeating, first] = rounds.slice(-2);
      const detail = await read(server, `/api/v1/probes/${repeating?.probeId}`);
      expect(Compile(ProbeDetail).Errors(detail)).toEqual([]);
      expect(detail).toMatchObject({
        report: { hosts: [{ address: host().address }] },
        unchanged: { sameAs: first?.probeId, hosts: [{ outboundMtu: 1500, rungs: 3 }] },
      });
      expect((await read(server, `/api/v1/probes/${first?.probeId}`)).unchanged).toBeNull();
    });

    it("from each vantage has its own rounds; what is fine from one stays open until the one that sees it says otherwise", async () => {
      const broken = new Set(["local"]);
      let state: "ready" | "unavailable" = "ready";
      const runProbe: ProbeRunner = async ({ target, vantage }) =>
        probe([broken.has(vantage.name) ? hostOf(HOLE) : hostOf()], {
          ...{ target: target.input, vantage, startedAt: new Date().toISOString() },
        });
      await using server = await start({ ...QUICK, runProbe, lab: branch(runProbe, () => state) });
      const target = "127.0.0.1";
      expect((await put(server, { target, everyMinutes: 5, tags: ["ours"] })).json()).toMatchObject({ vantage: "local" });
      const second = await put(server, { target, vantage: "branch" });
      expect([second.statusCode, second.json()]).toMatchObject([201, { target, vantage: "branch", tags: [], ownMinutes: null }]);
      expect((await put(server, { target, vantage: "branch", paused: false })).statusCode).toBe(200);
      expect((await put(server, { target, vantage: "moon" })).json()).toMatchObject({ error: { code: "no-such-vantage" } });

      const both = (least: number) =>
        until(
          () => list(server),
          ({ watches }) => watches.length === 2 && watches.every(({ rounds }) => rounds.length >= least),
        );
      const { watches } = await both(3);
      expect(watches.map(({ vantage, rounds }) => [vantage, rounds[0]?.verdict?.code])).toEqual([
        ["branch", "healthy"],
        ["local", "pmtu-black-hole"],
      ]);
      const finding = async () => (await read(server, "/api/v1/findings?code=pmtu-black-hole")).findings[0];
      expect(await finding()).toMatchObject({ state: "open" });
      broken.clear();
      expect(await until(finding, ({ state }) => state === "fixed")).toMatchObject({ state: "fixed" });

      state = "unavailable";
      expect((await put(server, { target: "127.0.0.2", vantage: "branch" })).json()).toMatchObject({
        error: { code: "vantage-not-ready" },
      });
      expect((await put(server, { target, vantage: "branch", paused: true })).json()).toMatchObject({ paused: true });
      await end(server, watches[0]?.id ?? "");
      expect(only(await list(server))).toMatchObject({ vantage: "local", tags: ["ours"], ownMinutes: 5 });
    });

    it("that somebody else ends while it is made is refused as ended", async () => {
      const store = await openStore({ path: ":memory:" });
      await using server = await start({ store: { ...store, watches: { ...store.watches, get: async () => null } } });
      const made = await put(server, { target: "127.0.0.1" });
      expect([made.statusCode, made.json().error.code]).toEqual([404, "not-found"]);
    });

    it("is made, listed and ended; its rounds are ordinary probes with a mark", async () => {
      await using host = await startMailHost(mailHostScript("healthy"));
      await using server = await start({ env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(host.port) } });
      const target = `127.0.0.1:${host.port}`;
      expect(await list(server)).toEqual({ watches: [], everyMinutes: 15 });
      const made = await put(server, { target });
      expect([made.statusCode, Compile(WatchBody).Errors(made.json())]).toEqual([201, []]);
      expect((await put(server, { target, noMx: true })).json()).toMatchObject({ id: made.json().id });
      const found = await until(
        () => list(server),
        ({ watches }) => watches[0]?.rounds.length === 1,
      );
      expect(Compile(WatchListBody).Errors(found)).toEqual([]);
      const { id, rounds, dueAt } = only(found);
      expect(only(found)).toMatchObject({
        target,
        everyMinutes: 15,
        refusals: 0,
        trouble: null,
        probing: false,
        rounds: [{ verdict: { code: "healthy" } }],
      });
      expect((Date.parse(dueAt) - Date.now()) / 60_000).toBeGreaterThan(13);
      const probe = await read(server, `/api/v1/probes/${rounds[0]?.probeId}`);
      expect(probe).toMatchObject({ watchId: id, previousId: null, request: { target, dataLadder: false } });
      const outcomes = probe.report.hosts[0].stages.map(({ stage, outcome }: { stage: string; outcome: string }) => `${stage} ${outcome}`);
      expect(outcomes).toEqual(expect.arrayContaining(["noop-ladder ok", "envelope skipped", "data-ladder skipped"]));
      expect((await read(server, "/api/v1/probes")).probes).toMatchObject([{ watchId: id }]);
      expect(await read(server, "/api/v1/wall")).toMatchObject({ calm: [{ name: target, code: "healthy", watched: true }] });
      expect([await end(server, id), await end(server, id)]).toEqual([204, 404]);
      expect(await list(server)).toMatchObject({ watches: [] });
      expect((await server.store.probes.get(rounds[0]?.probeId ?? ""))?.summary.watchId).toBe(id);
      await new Promise((resolve) => setTimeout(resolve, 1100));
      expect(await read(server, "/api/v1/wall")).toMatchObject({ calm: [{ name: target, watched: false }] });
    });

    it("closes a finding with proof when the host is mended, whoever saw it, and opens it again when it comes back", async () => {
      const broken = await startMailHost(mailHostScript("pix-6"));
      const { port } = broken;
      await using server = await start({ env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(port) }, ...QUICK });
      const asked = await server.app.inject({
        method: "POST",
        url: "/api/v1/probes",
        headers: server.headers,
        payload: { target: `127.0.0.1:${port}` },
      });
      await ended(server, asked.json().id);
      const [summary] = (await read(server, "/api/v1/findings?code=smtp-fixup")).findings;
      const finding = () => read(server, `/api/v1/findings/${summary.id}`);
      const { watch } = await finding();
      expect(watch).toEqual({ target: `127.0.0.1:${port}` });
      await put(server, watch);
      await until(
        () => list(server),
        ({ watches }) => watches[0]?.rounds[0]?.verdict?.code === "smtp-fixup",
      );
      expect(await finding()).toMatchObject({ state: "open" });

      await broken.stop();
      const mended = await startMailHost(mailHostScript("healthy"), { port });
      const fixed = await until(finding, ({ state }) => state === "fixed");
      const proof = await read(server, `/api/v1/probes/${fixed.fixedBy}`);
      expect(proof).toMatchObject({
        watchId: expect.any(String),
        verdict: { code: "healthy" },
        comparison: { findings: [{ code: "smtp-fixup", fate: "fixed" }] },
      });
      expect((await finding()).probes.map(({ id }: { id: string }) => id)).toContain(proof.previousId);
      const calm = await until(
        () => list(server),
        ({ watches }) => watches[0]?.rounds[0]?.verdict?.code === "healthy",
      );

      await mended.stop();
      await using _broken = await startMailHost(mailHostScript("pix-6"), { port });
      expect(await until(finding, ({ state }) => state === "open")).toMatchObject({ fixedAt: null });
      expect((await finding()).life.map(({ change }: { change: string }) => change)).toEqual(["opened", "fixed", "reopened"]);
      const again = await until(
        () => list(server),
        ({ watches }) => watches[0]?.rounds[0]?.verdict?.code === "smtp-fixup",
      );
      expect(Date.parse(only(again).sinceAt ?? "")).toBeGreaterThan(Date.parse(only(calm).sinceAt ?? ""));
    });

    it("of a domain closes what is about the domain, and nothing of another", async () => {
      await using server = await start({ ...QUICK, env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: "2526" } });
      const { store } = server;
      const nobody = { host: null, address: null, port: null };
      const trouble = (code: "mx-unresolvable" | "no-mail-host") => ({
        code,
        severity: "critical" as const,
        confidence: "likely" as const,
        subject: nobody,
        subjects: [nobody],
        since: "2026-03-01T10:00:00.000Z",
        firstSeen: "2026-03-01T10:00:00.000Z",
        title: "…",
        summary: "…",
        absorbs: [],
        evidence: [],
        remedies: [],
      });
      for (const [target, code] of [
        ["127.0.0.1:2526", "mx-unresolvable"],
        ["elsewhere.example", "no-mail-host"],
      ] as const) {
        const { id } = await store.probes.create({ target, request: { target }, createdAt: new Date().toISOString(), previousId: null });
        const finishedAt = new Date().toISOString();
        await store.probes.finish(id, {
          status: "done",
          finishedAt,
          observation: null,
          findings: [trouble(code)],
          fixed: [],
          verdict: null,
          error: null,
        });
      }
      await put(server, { target: "127.0.0.1:2526" });
      const fixed = await until(
        async () => (await store.findings.list({ limit: 9, states: ["fixed"] })).findings,
        ({ length }) => length > 0,
      );
      expect(fixed.map(({ finding }) => finding.code)).toEqual(["mx-unresolvable"]);
      expect((await store.findings.list({ limit: 9, states: ["open"] })).findings.map(({ finding }) => finding.code)).toContain(
        "no-mail-host",
      );
    });

    it("keeps the server's rules, and says in a sentence what it does not watch", async () => {
      await using server = await start({ env: { MXRAY_DO_NOT_PROBE: "example.org" } });
      const refusal = async (payload: object) => {
        const answer = await put(server, payload);
        return [answer.statusCode, answer.json().error.code];
      };
      expect(await refusal({ target: "mx.example.org" })).toEqual([403, "target-not-allowed"]);
      expect(await refusal({ target: "127.0.0.1" })).toEqual([403, "target-not-allowed"]);
      expect(await refusal({ target: "example.com:80" })).toEqual([403, "port-not-allowed"]);
      expect(await refusal({ target: "not a target" })).toEqual([400, "invalid-target"]);
      expect(await refusal({ target: "black-hole.lab.test", vantage: "lab" })).toEqual([404, "no-such-vantage"]);
      expect(await refusal({ target: "example.com", deliverTo: "me@example.com" })).toEqual([400, "invalid-request"]);
      expect((await server.app.inject({ url: "/api/v1/watches" })).statusCode).toBe(401);
      expect((await list(server)).watches).toEqual([]);
    });

    it("goes on after a restart, with the rounds of before", async () => {
      await using host = await startMailHost(mailHostScript("healthy"));
      const store = await openStore({ path: ":memory:" });
      const options = { env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(host.port) }, store };
      const first = await start(options);
      await put(first, { target: `127.0.0.1:${host.port}` });
      await until(
        () => list(first),
        ({ watches }) => watches[0]?.rounds.length === 1,
      );
      await first[Symbol.asyncDispose]();
      const second = await start(options);
      const { id, dueAt } = only(await list(second));
      await second[Symbol.asyncDispose]();
      expect(Date.parse(dueAt)).toBeGreaterThan(Date.now() + 13 * 60_000);
      await store.watches.change(id, { dueAt: new Date(Date.now() - 86_400_000).toISOString() });
      await using third = await start({ ...options, minuteMs: 133 });
      const found = await until(
        () => list(third),
        ({ watches }) => (watches[0]?.rounds.length ?? 0) >= 2,
      );
      expect(only(found).id).toBe(id);
    });
  });

  describe("the interval", () => {
    it("is a setting: a shorter one brings the next round nearer at once", async () => {
      await using host = await startMailHost(mailHostScript("healthy"));
      await using server = await start({ env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(host.port) } });
      const { app, headers } = server;
      const change = async (watchMinutes: string) =>
        (await app.inject({ method: "PATCH", url: "/api/v1/settings", headers, payload: { watchMinutes } })).statusCode;
      const minutesAway = ({ watches }: WatchList) => (Date.parse(watches[0]?.dueAt ?? "") - Date.now()) / 60_000;
      expect(await change("600")).toBe(200);
      await put(server, { target: `127.0.0.1:${host.port}` });
      const slow = await until(
        () => list(server),
        (found) => found.watches[0]?.rounds.length === 1 && minutesAway(found) > 500,
      );
      expect([slow.everyMinutes, only(slow).everyMinutes]).toEqual([600, 600]);
      expect(await change("30")).toBe(200);
      const quick = await until(
        () => list(server),
        (found) => minutesAway(found) < 34,
      );
      expect([quick.everyMinutes, only(quick).everyMinutes]).toEqual([30, 30]);
      expect(minutesAway(quick)).toBeGreaterThan(26);
      expect(await change("0")).toBe(400);
    });
  });

  describe("the wall", () => {
    it("keeps a watched destination of which nothing was heard for long, and does not call it calm", async () => {
      await using server = await start();
      const { store } = server;
      const target = "192.0.2.7";
      const long = new Date(Date.now() - 9 * 86_400_000).toISOString();
      const later = new Date(Date.now() + 3_600_000).toISOString();
      await store.watches.put({ target, request: { target }, createdAt: long, dueAt: later }, 9);
      const { id } = await store.probes.create({ target, request: { target }, createdAt: long, previousId: null });
      const verdict = { code: "healthy", severity: "info", confidence: "proven", title: "…" } as const;
      await store.probes.finish(id, { status: "done", finishedAt: long, observation: null, findings: [], fixed: [], verdict, error: null });
      const wall = await read(server, "/api/v1/wall");
      expect(Compile(WallSnapshot).Errors(wall)).toEqual([]);
      expect(wall.calm).toEqual([{ name: target, code: null, probedAt: long, watched: true }]);
    });
  });
});
