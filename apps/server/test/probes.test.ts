import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LiveEvent, ProbeObservation } from "@mxray/contracts";
import { ProbeDetail, ProbeReport, ProbeSummary } from "@mxray/contracts/schemas";
import { mailHostScripts, startMailHost } from "@mxray/lab";
import type { ProbeOptions, ProbeRunner } from "@mxray/probe";
import { openStore, type Store, StoreError } from "@mxray/store";
import { Compile } from "typebox/compile";
import { describe, expect, it } from "vitest";
import { ended, LOOPBACK, startTestServer, type TestServer } from "./test-server.ts";

const script = (name: string) => {
  const found = mailHostScripts.find((one) => one.name === name);
  if (found === undefined) throw new Error(`The lab has no host '${name}'.`);
  return found;
};
const allowing = (port: number) => ({ env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(port) } });
const ask = ({ app, headers }: TestServer, body: object) => app.inject({ method: "POST", url: "/api/v1/probes", headers, payload: body });

const observed = ({ target, vantage }: ProbeOptions, ended: ProbeObservation["ended"]): ProbeObservation => ({
  schema: "mxray.probe/1",
  target: target.input,
  vantage,
  startedAt: new Date().toISOString(),
  durationMs: 1,
  resolution: { kind: "address", records: [], error: null, failure: null, unresolved: [] },
  hosts: [],
  controls: [],
  ended,
});
const hanging: ProbeRunner = async (options) => {
  const { signal } = options;
  if (signal !== undefined && !signal.aborted) await once(signal, "abort");
  return observed(options, "cancelled");
};

describe("a probe", () => {
  it("is taken, run, stored, listed, read and forgotten", async () => {
    await using host = await startMailHost(script("pix-6"));
    await using server = await startTestServer(allowing(host.port));
    const taken = await ask(server, { target: ` 127.0.0.1:${host.port} ` });
    expect(taken.statusCode).toBe(202);
    expect(Compile(ProbeSummary).Check(taken.json())).toBe(true);
    const { id } = taken.json();
    expect(taken.headers.location).toBe(`/api/v1/probes/${id}`);

    const probe = await ended(server, id);
    expect(Compile(ProbeDetail).Errors(probe)).toEqual([]);
    expect(Compile(ProbeReport).Check(probe.report)).toBe(true);
    expect(probe).toMatchObject({ status: "done", target: `127.0.0.1:${host.port}`, verdict: { code: "smtp-fixup" }, events: [] });
    expect((await server.store.findings.ofProbe(id)).map(({ finding }) => finding.code)).toContain("smtp-fixup");

    const list = (await server.app.inject({ url: "/api/v1/probes?limit=5&target=127", headers: server.headers })).json();
    expect(list).toMatchObject({ probes: [{ id, verdict: { code: "smtp-fixup" } }], next: null });
    const gone = await server.app.inject({ method: "DELETE", url: `/api/v1/probes/${id}`, headers: server.headers });
    expect(gone.statusCode).toBe(204);
    const missing = await server.app.inject({ url: `/api/v1/probes/${id}`, headers: server.headers });
    expect(missing.statusCode).toBe(404);
    expect(missing.json()).toMatchObject({ error: { code: "not-found" } });
  });

  it("is followed live over a real connection, from the beginning, whenever its reader comes", async () => {
    await using host = await startMailHost(script("slow-greeting"));
    await using server = await startTestServer(allowing(host.port));
    await server.app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = server.app.server.address() as AddressInfo;
    const { id } = (await ask(server, { target: `127.0.0.1:${host.port}` })).json();
    const url = `http://127.0.0.1:${port}/api/v1/events?probe=${id}`;
    const [early, late] = await Promise.all([
      readEvents(url, server.headers),
      new Promise((resolve) => setTimeout(resolve, 300)).then(() => readEvents(url, server.headers)),
    ]);
    for (const events of [early, late]) {
      const steps = events.filter((event) => event.type === "probe-event");
      expect(steps.map(({ sequence }) => sequence)).toEqual(steps.map((_, index) => index));
      const kinds = new Set(steps.map(({ event }) => event.type));
      for (const kind of ["resolved", "host", "stage-begun", "stage", "rung", "transcript", "host-done"] as const)
        expect(kinds).toContain(kind);
      expect(events.at(-1)).toMatchObject({ type: "probe", probe: { id, status: "done", verdict: expect.anything() } });
    }
    // Who lost the connection goes on where it ended.
    const rest = await readEvents(url, { ...server.headers, "last-event-id": "3" });
    expect(rest).toMatchObject([{ type: "probe", probe: { status: "done" } }]);
  });

  it("ends at once when it is cancelled, and keeps what it saw", async () => {
    await using host = await startMailHost(script("silent"));
    await using server = await startTestServer(allowing(host.port));
    const { id } = (await ask(server, { target: `127.0.0.1:${host.port}` })).json();
    await expect
      .poll(async () => (await server.app.inject({ url: `/api/v1/probes/${id}`, headers: server.headers })).json().events.length)
      .toBeGreaterThan(3);
    const began = Date.now();
    const cancelled = await server.app.inject({ method: "POST", url: `/api/v1/probes/${id}/cancel`, headers: server.headers });
    expect(Date.now() - began).toBeLessThan(8000);
    expect(cancelled.json()).toMatchObject({ id, status: "cancelled" });
    const probe = await ended(server, id);
    expect(probe.report).toMatchObject({ ended: "cancelled", hosts: [{ address: "127.0.0.1" }] });
    expect(await server.store.findings.ofProbe(id)).toEqual([]);
    const again = await server.app.inject({ method: "POST", url: `/api/v1/probes/${id}/cancel`, headers: server.headers });
    expect(again.json()).toMatchObject({ error: { code: "already-ended" } });
  });

  it("that the server's end interrupted is run at the next start", async () => {
    await using host = await startMailHost(script("silent"));
    const store = await openStore({ path: ":memory:" });
    let id = "";
    {
      await using server = await startTestServer({ ...allowing(host.port), store });
      ({ id } = (await ask(server, { target: `127.0.0.1:${host.port}` })).json());
      await expect.poll(async () => (await store.probes.get(id))?.summary.status).toBe("running");
    }
    expect((await store.probes.get(id))?.summary).toMatchObject({ status: "queued", startedAt: null, finishedAt: null });
    const runProbe: ProbeRunner = async (options) => observed(options, null);
    await using server = await startTestServer({ ...allowing(host.port), store, runProbe });
    expect(await ended(server, id)).toMatchObject({ status: "done" });
  });

  it("that had begun to deliver is never run again, however its server ended", async () => {
    const store = await openStore({ path: ":memory:" });
    const deliverTo = "me@example.test";
    const asked = { target: "127.0.0.1", deliverTo, deliverConfirmed: deliverTo };
    let delivered = 0;
    const delivering: ProbeRunner = async (options) => {
      const refusal = await options.admitDelivery?.(["<1@here>", "<2@here>"]);
      if (refusal === null) delivered += 1;
      return await hanging(options);
    };
    const begun = (id: string) => expect.poll(async () => (await store.deliveries.ofProbe(id))?.recipient).toBe(deliverTo);
    let [stopped, killed] = ["", ""];
    {
      await using server = await startTestServer({ store, runProbe: delivering });
      [stopped, killed] = [(await ask(server, asked)).json().id, (await ask(server, asked)).json().id];
      await begun(stopped);
      await begun(killed);
    }
    expect((await store.probes.get(stopped))?.summary.status).toBe("failed");
    // What was measured until then is kept.
    expect((await store.probes.get(stopped))?.observation).not.toBeNull();
    // As `kill -9` leaves a probe: nothing but its row says that it ran.
    const leftRunning = await store.probes.create({
      target: asked.target,
      request: asked,
      createdAt: new Date().toISOString(),
      previousId: null,
    });
    await store.probes.start(leftRunning.id, new Date().toISOString(), { owner: "the one that was killed", until: "2999" });
    await store.deliveries.begin(
      { probeId: leftRunning.id, recipient: deliverTo, at: new Date().toISOString(), messageIds: ["<3@here>", "<4@here>"] },
      { since: new Date().toISOString(), perRecipient: 9, overall: 9 },
    );
    await using server = await startTestServer({ store, runProbe: delivering });
    for (const id of [stopped, killed, leftRunning.id]) {
      const probe = await ended(server, id);
      expect(probe).toMatchObject({ status: "failed", error: expect.stringContaining(deliverTo) });
      expect(probe.error).toContain("never repeated");
    }
    expect((await ended(server, leftRunning.id)).error).toContain("<3@here>, <4@here>");
    expect(delivered).toBe(2);
    await store.close();
  });

  it("that waits to deliver is run at the next start, and delivers within the limits of the hour in which it does", async () => {
    const store = await openStore({ path: ":memory:" });
    const deliverTo = "me@example.test";
    const longAgo = new Date(Date.now() - 7_200_000).toISOString();
    for (let index = 0; index < 4; index += 1) {
      const request = { target: "127.0.0.1", deliverTo, deliverConfirmed: deliverTo };
      await store.probes.create({ target: request.target, request, createdAt: longAgo, previousId: null });
    }
    const answers: (string | null | undefined)[] = [];
    const runProbe: ProbeRunner = async (options) => {
      answers.push(await options.admitDelivery?.(["<1@here>", "<2@here>"]));
      return observed(options, null);
    };
    await using server = await startTestServer({ store, runProbe });
    await expect.poll(() => answers.length).toBe(4);
    expect(answers.filter((answer) => answer === null)).toHaveLength(3);
    expect(answers.find((answer) => answer !== null)).toContain("at most 3 tests an hour to me@example.test");
    for (const { id } of (await store.probes.list({ limit: 9 })).probes) await ended(server, id);
    await server.app.close();
    await store.close();
  });

  it("that hits a bug is told as failed, and the server lives on", async () => {
    await using server = await startTestServer({
      runProbe: async () => {
        throw new Error("a bug with /etc/secret in it");
      },
    });
    const probe = await ended(server, (await ask(server, { target: "127.0.0.1" })).json().id);
    expect(probe).toMatchObject({ status: "failed", report: null, error: expect.stringContaining("server's log") });
    expect(JSON.stringify(probe)).not.toContain("secret");
    expect((await server.app.inject({ url: "/healthz" })).statusCode).toBe(200);
  });
});

it("a probe that the store would not let begin waits until it does, and for no restart", async () => {
  const store = await openStore({ path: ":memory:" });
  let refusals = 0;
  const start: Store["probes"]["start"] = async (...asked) => {
    refusals += 1;
    if (refusals < 4) throw new Error("database is locked");
    return await store.probes.start(...asked);
  };
  await using server = await startTestServer({
    store: { ...store, probes: { ...store.probes, start } },
    runProbe: async (options) => observed(options, null),
  });
  const { id } = (await ask(server, { target: "127.0.0.1" })).json();
  expect(await ended(server, id)).toMatchObject({ status: "done" });
  await server.app.close();
  await store.close();
});

it("a result that the store would not take is kept until it does, and can be cancelled no more", async () => {
  const store = await openStore({ path: ":memory:" });
  let isFull = true;
  let attempts = 0;
  const finish: Store["probes"]["finish"] = async (id, outcome) => {
    attempts += 1;
    if (isFull) throw new StoreError("database or disk is full", "full");
    return await store.probes.finish(id, outcome);
  };
  let runs = 0;
  await using server = await startTestServer({
    store: { ...store, probes: { ...store.probes, finish } },
    runProbe: async (options) => {
      runs += 1;
      return observed(options, null);
    },
  });
  const { id } = (await ask(server, { target: "127.0.0.1" })).json();
  await expect.poll(() => attempts).toBeGreaterThan(1);
  const cancelled = await server.app.inject({ method: "POST", url: `/api/v1/probes/${id}/cancel`, headers: server.headers });
  expect(cancelled.json()).toMatchObject({ error: { code: "store-unavailable" } });
  isFull = false;
  expect(await ended(server, id)).toMatchObject({ status: "done", report: { durationMs: 1 } });
  expect(runs).toBe(1);
  await server.app.close();
  await store.close();
});

describe("bad input", () => {
  it.each([
    [{ target: "not a host!" }, 400, "invalid-target", "'not a host!'"],
    [{ target: "http://example.com/" }, 400, "invalid-target", "URL"],
    [{ target: "example.com:0" }, 400, "invalid-target", "65535"],
    [{ target: "" }, 400, "invalid-request", "target"],
    [{}, 400, "invalid-request", "lacks the field 'target'"],
    [{ target: "example.com", speed: 9 }, 400, "invalid-request", "no field 'speed'"],
    [{ target: 25 }, 400, "invalid-request", "'target'"],
    [{ target: "example.com", family: 5 }, 400, "invalid-request", "'family'"],
    [{ target: "example.com:22" }, 403, "port-not-allowed", "Port 22"],
    [{ target: "10.0.0.1" }, 403, "target-not-allowed", "RFC 1918"],
    [{ target: "[::ffff:10.0.0.1]" }, 403, "target-not-allowed", "not a public address"],
    [{ target: "[fe80::1]" }, 403, "target-not-allowed", "link-local"],
    [{ target: "example.com", recipient: "two words" }, 400, "invalid-recipient", "two words"],
    [{ target: "example.com", deliverTo: "a@example.com" }, 400, "delivery-not-confirmed", "deliverConfirmed"],
  ])("%j is answered with its own code and sentence", async (body, status, code, words) => {
    await using server = await startTestServer({ env: {} });
    const response = await ask(server, body);
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ error: { code, message: expect.stringContaining(words) } });
    expect(response.json().error.message).toMatch(/^\S.*\w.*\.$/);
    expect((await server.store.probes.list({ limit: 1 })).probes).toEqual([]);
  });

  it("that is no JSON, or too much of it, crashes nothing", async () => {
    await using server = await startTestServer();
    const send = (payload: string, type = "application/json") =>
      server.app.inject({ method: "POST", url: "/api/v1/probes", headers: { ...server.headers, "content-type": type }, payload });
    expect((await send("{")).statusCode).toBe(400);
    expect((await send("x".repeat(300_000))).json()).toMatchObject({ error: { code: "too-large" } });
    expect((await send("target=x", "text/plain")).json()).toMatchObject({ error: { code: "unsupported-media-type" } });
    const nested = await send(`{"target":${"[".repeat(5000)}${"]".repeat(5000)}}`);
    expect(nested.statusCode).toBe(400);
  });
});

describe("the target policy", () => {
  it("judges the resolved address, not the name", async () => {
    await using host = await startMailHost(script("healthy"));
    await using server = await startTestServer({ env: { MXRAY_ALLOW_PORTS: String(host.port) } });
    const probe = await ended(server, (await ask(server, { target: `localhost:${host.port}` })).json().id);
    expect(probe.status).toBe("done");
    for (const { stages } of probe.report.hosts) {
      expect(stages.find(({ stage }: { stage: string }) => stage === "connect")).toMatchObject({ outcome: "not-tested", cause: "policy" });
    }
    expect(host.connections).toEqual([]);
  });

  it("keeps the do-not-probe list: names, names below them, addresses", async () => {
    await using server = await startTestServer({ env: { ...LOOPBACK, MXRAY_DO_NOT_PROBE: "example.org, 127.0.0.9 2001:db8::/32" } });
    for (const target of ["example.org", "mx.Example.org:25", "127.0.0.9", "[2001:db8::1]"]) {
      const response = await ask(server, { target });
      expect(response.json(), target).toMatchObject({
        error: { code: "target-not-allowed", message: expect.stringContaining("do-not-probe") },
      });
    }
    expect((await ask(server, { target: "notexample.org" })).statusCode).toBe(202);
  });
});

describe("the queue", () => {
  it("runs so many at once, lets so many wait, and says when it is full", async () => {
    await using server = await startTestServer({ config: { concurrency: 2, queueLimit: 2 }, runProbe: hanging });
    const answers = [];
    for (let index = 0; index < 5; index += 1) answers.push(await ask(server, { target: "127.0.0.1" }));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 202, 202, 202, 503]);
    expect(answers[4]?.json()).toMatchObject({ error: { code: "queue-full" } });
    const statuses = async () => (await server.store.probes.list({ limit: 9 })).probes.map(({ status }) => status).toReversed();
    await expect.poll(statuses).toEqual(["running", "running", "queued", "queued"]);
    const waiting = answers[2]?.json().id;
    await server.app.inject({ method: "POST", url: `/api/v1/probes/${waiting}/cancel`, headers: server.headers });
    await server.app.inject({ method: "POST", url: `/api/v1/probes/${answers[0]?.json().id}/cancel`, headers: server.headers });
    await expect.poll(statuses).toEqual(["cancelled", "running", "cancelled", "running"]);
  });

  it("lets no more wait when many come in the same moment", async () => {
    const store = await openStore({ path: ":memory:" });
    // As long as a thread and a disk take.
    const admit: Store["probes"]["admit"] = async (...asked) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return await store.probes.admit(...asked);
    };
    const slow = { ...store, probes: { ...store.probes, admit } };
    await using server = await startTestServer({ store: slow, config: { concurrency: 2, queueLimit: 2 }, runProbe: hanging });
    const answers = await Promise.all(Array.from({ length: 9 }, () => ask(server, { target: "127.0.0.1" })));
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([202, 202, 202, 202, 503, 503, 503, 503, 503]);
  });

  it("of two processes on one store runs each probe once, and what one leaves behind is run by the other", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mxray-two-"));
    const open = async () => ({ ...(await openStore({ path: join(folder, "mxray.sqlite") })), shared: true });
    const [store, other] = [await open(), await open()];
    const runs = new Map<string, number>();
    const runProbe: ProbeRunner = async (options) => {
      runs.set(options.target.input, (runs.get(options.target.input) ?? 0) + 1);
      return await (options.target.input === "127.0.0.99" && runs.get("127.0.0.99") === 1 ? hanging(options) : observed(options, null));
    };
    const options = { runProbe, config: { concurrency: 2, queueLimit: 100 } };
    const first = await startTestServer({ ...options, store });
    const second = await startTestServer({ ...options, store: other });
    const { id: left } = (await ask(first, { target: "127.0.0.99" })).json();
    await expect.poll(() => runs.get("127.0.0.99")).toBe(1);
    const targets = Array.from({ length: 40 }, (_, index) => `127.0.0.${index + 1}`);
    const ids = await Promise.all(
      targets.map(async (target, index) => (await ask(index % 2 === 0 ? first : second, { target })).json().id),
    );
    for (const id of ids) expect(await ended(second, id)).toMatchObject({ status: "done" });
    expect(targets.map((target) => runs.get(target))).toEqual(targets.map(() => 1));
    // One process stops, the other runs what it left.
    await first.app.close();
    expect(await ended(second, left)).toMatchObject({ status: "done" });
    expect(runs.get("127.0.0.99")).toBe(2);
    await second.app.close();
    await Promise.all([store.close(), other.close()]);
    await rm(folder, { recursive: true });
  });

  it("keeps two probes of one host apart", async () => {
    await using host = await startMailHost(script("healthy"));
    await using server = await startTestServer({ ...allowing(host.port), config: { paceMs: 4000 } });
    const ids = [];
    for (let index = 0; index < 2; index += 1) ids.push((await ask(server, { target: `127.0.0.1:${host.port}` })).json().id);
    const [first, second] = await Promise.all(ids.map((id) => ended(server, id)));
    expect(Date.parse(second.finishedAt) - Date.parse(first.startedAt)).toBeGreaterThan(3950);
    expect(first.report.durationMs).toBeLessThan(3900);
    expect(second.verdict.code).toBe(first.verdict.code);
  });
});

/** Reads server-sent events until the stream ends. */
async function readEvents(url: string, headers: Record<string, string>): Promise<LiveEvent[]> {
  const response = await fetch(url, { headers: { ...headers, accept: "text/event-stream" } });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  return [...(await response.text()).matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ""));
}
