import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { LiveEvent } from "@mxray/contracts";
import { ProbeDetail, VantageInfo, VantageList } from "@mxray/contracts/schemas";
import type { ProbeOptions } from "@mxray/probe";
import { openStore } from "@mxray/store";
import { Compile } from "typebox/compile";
import { describe, expect, it } from "vitest";
import { LabVantage, type LabVantageDeps } from "../src/vantages/lab-vantage.ts";
import { ended, LOOPBACK, startTestServer, type TestServer } from "./test-server.ts";

const PROGRAM = fileURLToPath(new URL("./fake-lab.ts", import.meta.url));

const fakeLab = (over: Partial<LabVantageDeps> = {}) =>
  new LabVantage({ program: PROGRAM, capability: async () => ({ ok: true }), version: "1.2.3", ...over });
const get = async ({ app, headers }: TestServer, url: string) => (await app.inject({ url: `/api/v1${url}`, headers })).json();
const post = ({ app, headers }: TestServer, url: string, payload?: object) =>
  app.inject({ method: "POST", url: `/api/v1${url}`, headers, ...(payload === undefined ? {} : { payload }) });
const labOf = async (server: TestServer): Promise<VantageInfo> => (await get(server, "/vantages")).vantages[1];
const practise = async (server: TestServer, target: string) => await post(server, "/probes", { target, vantage: "lab" });

async function withLab(): Promise<TestServer> {
  const server = await startTestServer({ lab: fakeLab() });
  expect((await post(server, "/vantages/lab/start")).statusCode).toBe(200);
  return server;
}

describe("the practice lab as a vantage", () => {
  it("is listed, started, stopped and started again", async () => {
    await using server = await startTestServer({ lab: fakeLab() });
    const list = await get(server, "/vantages");
    expect(Compile(VantageList).Errors(list)).toEqual([]);
    expect(list.vantages).toMatchObject([
      { name: "local", state: "ready", startable: false },
      { name: "lab", state: "stopped", startable: true, reason: null, domains: [] },
    ]);
    for (let round = 0; round < 2; round += 1) {
      // Two clicks start one lab.
      const [started, again] = await Promise.all([post(server, "/vantages/lab/start"), post(server, "/vantages/lab/start")]);
      expect(Compile(VantageInfo).Check(started.json())).toBe(true);
      expect(again.json()).toEqual(started.json());
      expect(started.json()).toMatchObject({ state: "ready", domains: [{ domain: "nothing.lab.test", finding: "no-mail-host" }] });
      expect((await post(server, "/vantages/lab/stop")).json()).toMatchObject({ state: "stopped", reason: null, domains: [] });
    }
    expect((await post(server, "/vantages/local/stop")).json()).toMatchObject({ error: { code: "not-startable" } });
    expect((await post(server, "/vantages/moon/start")).statusCode).toBe(404);
  });

  it("says why it cannot be, and what helps; once that was done, it can", async () => {
    let allowed = false;
    const capability: LabVantageDeps["capability"] = async () =>
      allowed
        ? { ok: true }
        : { ok: false, reason: "User namespaces are forbidden here.", remedy: "sysctl user.max_user_namespaces=10000" };
    await using server = await startTestServer({ lab: fakeLab({ capability }) });
    const trouble = { reason: "User namespaces are forbidden here.", remedy: "sysctl user.max_user_namespaces=10000" };
    expect(await labOf(server)).toMatchObject({ state: "unavailable", ...trouble });
    const refused = await post(server, "/vantages/lab/start");
    expect(refused.statusCode).toBe(409);
    expect(refused.json().error.message).toBe(`${trouble.reason} ${trouble.remedy}`);
    allowed = true;
    expect(await labOf(server)).toMatchObject({ state: "stopped" });
    expect((await post(server, "/vantages/lab/start")).statusCode).toBe(200);
  });

  it("that is stopped while it starts does not come up", async () => {
    const { promise, resolve } = Promise.withResolvers<{ ok: true }>();
    const lab = fakeLab({ capability: () => promise });
    const started = lab.start();
    await lab.stop();
    resolve({ ok: true });
    await expect(started).rejects.toThrow("was stopped");
    expect(await lab.info()).toMatchObject({ state: "stopped", reason: null });
  });
});

describe("a probe from the lab", () => {
  it("is told apart: its vantage is stored and shown, it leaves no finding and stands in no list but its own", async () => {
    await using server = await withLab();
    const taken = await practise(server, "nothing.lab.test");
    expect(taken.json()).toMatchObject({ vantage: "lab" });
    const probe = await ended(server, taken.json().id);
    expect(Compile(ProbeDetail).Errors(probe)).toEqual([]);
    // The child claims another vantage; the server knows better.
    expect(probe).toMatchObject({ vantage: "lab", status: "done", report: { vantage: { name: "lab", version: "1.2.3" } } });
    expect(probe.verdict).toMatchObject({ code: "no-mail-host", severity: "critical" });
    expect(await server.store.findings.list({ limit: 9 })).toMatchObject({ findings: [] });
    expect((await get(server, "/probes")).probes).toEqual([]);
    expect((await get(server, "/probes?practice=true")).probes).toMatchObject([{ id: probe.id, vantage: "lab" }]);
    const { token } = (await post(server, "/links/diagnosis", { probeId: probe.id })).json();
    const shared = async (ending: string) => (await server.app.inject({ url: `/d/${token}${ending}` })).body;
    expect(await shared(".md")).toContain("**Practice**");
    expect(JSON.parse(await shared(".json"))).toMatchObject({ report: { vantage: { name: "lab" } } });
  });

  it("is followed live, and cancelled", async () => {
    await using server = await withLab();
    await server.app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = server.app.server.address() as AddressInfo;
    const follow = async (id: string) => {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/events?probe=${id}`, { headers: server.headers });
      return [...(await response.text()).matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? "") as LiveEvent);
    };
    const slow = (await practise(server, "slow.lab.test")).json().id;
    const told = await follow(slow);
    expect(told.find(({ type }) => type === "probe-event")).toMatchObject({ event: { type: "stage-begun", stage: "connect" } });
    expect(told.at(-1)).toMatchObject({ type: "probe", probe: { id: slow, status: "done" } });

    const { id } = (await practise(server, "hang.lab.test")).json();
    const following = follow(id);
    await expect.poll(async () => (await get(server, `/probes/${id}`)).status).toBe("running");
    await post(server, `/probes/${id}/cancel`);
    expect((await following).at(-1)).toMatchObject({ type: "probe", probe: { status: "cancelled" } });
  });

  it("reaches the lab's own hosts and no others", async () => {
    await using server = await withLab();
    for (const target of ["127.0.0.1", "203.0.113.8", "[2001:db8:ff::1]"]) {
      const refused = await practise(server, target);
      expect(refused.statusCode, target).toBe(403);
    }
    expect((await practise(server, "203.0.113.9")).statusCode).toBe(202);
    expect((await practise(server, "[2001:db8:ff::9]")).statusCode).toBe(202);
    // Asked at the connect; the fake lab puts the answer where the test can see it.
    const stray = await ended(server, (await practise(server, "stray.lab.test")).json().id);
    expect(stray.report.resolution.error).toContain("198.51.100.7 is no mail host of the practice lab");
    // What is the lab's is nothing to the local vantage.
    expect((await post(server, "/probes", { target: "203.0.113.9" })).json()).toMatchObject({ error: { code: "target-not-allowed" } });
  });

  it("gets the lab's names, however they are asked for, and no others", async () => {
    await using server = await withLab();
    const typed = async (target: string) => (await post(server, "/probes", { target })).json();
    for (const target of ["nothing.lab.test", "Nothing.LAB.test.", "me@nothing.lab.test"]) {
      expect(await typed(target), target).toMatchObject({ vantage: "lab" });
    }
    expect((await ended(server, (await typed("nothing.lab.test")).id)).verdict).toMatchObject({ code: "no-mail-host" });
    expect((await server.store.findings.list({ limit: 9 })).findings).toEqual([]);
    expect(await typed("collab.test")).toMatchObject({ vantage: "local" });
  });

  it("needs the lab to run", async () => {
    await using stopped = await startTestServer({ lab: fakeLab() });
    expect((await post(stopped, "/probes", { target: "nothing.lab.test" })).json()).toMatchObject({ error: { code: "vantage-not-ready" } });
    await using server = await startTestServer({ lab: fakeLab() });
    expect((await practise(server, "nothing.lab.test")).json()).toMatchObject({ error: { code: "vantage-not-ready" } });
    await using without = await startTestServer();
    expect((await practise(without, "nothing.lab.test")).json()).toMatchObject({ error: { code: "no-such-vantage" } });
  });

  it("that a restart interrupted ends with a sentence when the lab is no longer there", async () => {
    const store = await openStore({ path: ":memory:" });
    let id = "";
    {
      await using server = await startTestServer({ store, lab: fakeLab() });
      await post(server, "/vantages/lab/start");
      id = (await practise(server, "hang.lab.test")).json().id;
      await expect.poll(async () => (await store.probes.get(id))?.summary.status).toBe("running");
    }
    await using server = await startTestServer({ store, lab: fakeLab() });
    expect(await ended(server, id)).toMatchObject({ status: "failed", error: expect.stringContaining("start it") });
  });
});

describe("a lab that goes wrong", () => {
  it.each([
    ["crash.lab.test", "ended unexpectedly (status 3)"],
    ["nonsense.lab.test", "makes no sense"],
    ["flood.lab.test", "sent more output than any probe produces"],
  ])("%s: the probe fails with a sentence, the lab says why, and can be started again", async (target, words) => {
    await using server = await withLab();
    const probe = await ended(server, (await practise(server, target)).json().id);
    expect(probe).toMatchObject({ status: "failed", error: expect.stringContaining(words), report: null });
    expect(await labOf(server)).toMatchObject({ state: "stopped", reason: expect.stringContaining(words) });
    expect((await post(server, "/vantages/lab/start")).json()).toMatchObject({ state: "ready", reason: null });
    expect(await ended(server, (await practise(server, "nothing.lab.test")).json().id)).toMatchObject({ status: "done" });
  });

  it("a bug in there is a bug: its text stays in the log", async () => {
    await using server = await withLab();
    const probe = await ended(server, (await practise(server, "bug.lab.test")).json().id);
    expect(probe).toMatchObject({ status: "failed", error: expect.stringContaining("server's log") });
  });

  it("being stopped ends its probes", async () => {
    await using server = await withLab();
    const { id } = (await practise(server, "hang.lab.test")).json();
    await expect.poll(async () => (await get(server, `/probes/${id}`)).status).toBe("running");
    await post(server, "/vantages/lab/stop");
    expect(await ended(server, id)).toMatchObject({ status: "failed", error: expect.stringContaining("was stopped") });
  });
});

describe("controls that a request names", () => {
  it("are bound to the policy, unlike the operator's own", async () => {
    const asked: (readonly [unknown, string | null])[] = [];
    const runProbe = async ({ controls = [], admit, target, vantage }: ProbeOptions) => {
      for (const { host } of controls) {
        const refusal = (await admit?.({ name: null, address: host, port: 25, control: true }, AbortSignal.timeout(1000))) ?? null;
        asked.push([host, refusal]);
      }
      return {
        schema: "mxray.probe/1" as const,
        target: target.input,
        vantage,
        startedAt: new Date().toISOString(),
        durationMs: 1,
        resolution: { kind: "address" as const, records: [], error: null, failure: null, unresolved: [] },
        hosts: [],
        controls: [],
        ended: null,
      };
    };
    await using server = await startTestServer({ runProbe, env: { ...LOOPBACK, MXRAY_CONTROL_HOSTS: "10.1.1.1" } });
    await ended(server, (await post(server, "/probes", { target: "127.0.0.1", controls: ["10.2.2.2", "127.0.0.9"] })).json().id);
    await ended(server, (await post(server, "/probes", { target: "127.0.0.1" })).json().id);
    expect(asked).toEqual([
      ["10.2.2.2", expect.stringContaining("RFC 1918")],
      ["127.0.0.9", null],
      ["10.1.1.1", null],
    ]);
    expect((await post(server, "/probes", { target: "127.0.0.1", controls: ["not a host!"] })).statusCode).toBe(400);
    expect((await post(server, "/probes", { target: "127.0.0.1", controls: ["a.test", "b.test", "c.test", "d.test"] })).statusCode).toBe(
      400,
    );
  });
});
