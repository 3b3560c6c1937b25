import { describe, expect, it } from "vitest";
import { LiveFeed } from "../../src/live-feed.ts";
import { StressRuns } from "../../src/stress/stress-runs.ts";
import { emptyStore, REQUEST, type StressServer, second, startStressServer, stressRun } from "./stress-server.ts";

const begin = async ({ app, headers }: StressServer): Promise<string> => {
  const answer = await app.inject({ method: "POST", url: "/api/v1/stress", headers, payload: REQUEST });
  expect(answer.statusCode).toBe(202);
  return answer.json().id;
};
const read = async ({ app, headers }: StressServer, id: string) => (await app.inject({ url: `/api/v1/stress/${id}`, headers })).json();
const ended = async (server: StressServer, id: string) => {
  await expect.poll(async () => (await read(server, id)).state, { timeout: 20_000 }).not.toBe("running");
  return await read(server, id);
};

describe("a stress run", () => {
  it("shows what it does, then what it measured", async () => {
    await using server = await startStressServer();
    const id = await begin(server);
    const { hooks, order, finish } = server.load();
    hooks.onStep("load");
    hooks.onSecond(second(0));
    expect(await read(server, id)).toMatchObject({ state: "running", step: "load", series: [{ second: 0, accepted: 9 }], run: null });
    finish(stressRun(order));
    expect(await ended(server, id)).toMatchObject({
      state: "done",
      step: null,
      problem: null,
      result: { limit: "unknown", achieved: 99, p99Ms: 8, accepted: 99, failed: 1 },
      run: { schema: "mxray.stress/1", limit: { kneeRate: 99 } },
    });
    const { runs } = (await server.app.inject({ url: "/api/v1/stress", headers: server.headers })).json();
    expect(runs).toMatchObject([{ id, target: "127.0.0.1:2525", by: "the owner" }]);
  });

  it("that is cancelled keeps what it measured", async () => {
    await using server = await startStressServer();
    const id = await begin(server);
    const answer = await server.app.inject({ method: "POST", url: `/api/v1/stress/${id}/cancel`, headers: server.headers });
    expect(answer.json()).toMatchObject({ state: "done", run: { stopped: { why: "cancelled" } } });
    const again = await server.app.inject({ method: "POST", url: `/api/v1/stress/${id}/cancel`, headers: server.headers });
    expect(again.json()).toMatchObject({ error: { code: "already-ended" } });
  });

  it("whose process ends keeps what it measured, with the reason", async () => {
    await using server = await startStressServer();
    const id = await begin(server);
    server.load().hooks.onSecond(second(0));
    server.load().fail(new Error("The process that made the load ended (SIGKILL)."));
    expect(await ended(server, id)).toMatchObject({
      state: "failed",
      problem: expect.stringContaining("SIGKILL"),
      series: [{ accepted: 9 }],
    });
  });

  it("that the server's end cuts is kept and marked", async () => {
    const store = await emptyStore();
    const server = await startStressServer({ store });
    const id = await begin(server);
    await server.app.close();
    expect(await store.stress.get(id)).toMatchObject({
      state: "cut",
      problem: expect.stringContaining("kept"),
      run: { stopped: { why: "server-ended" } },
    });
    await store.close();
  });

  it("that was under way when the server was killed is kept and marked by the next one", async () => {
    const store = await emptyStore();
    const server = await startStressServer({ store });
    const id = await begin(server);
    // By a clock that was set back since.
    await store.stress.progress(id, [second(0), second(1)], new Date(Date.now() + 86_400_000).toISOString());
    const deps = { store, feed: new LiveFeed(), targetsFile: null, dataDir: "", host: "", run: null, onError: () => undefined };
    await new StressRuns(deps).start();
    expect(await store.stress.get(id)).toMatchObject({ state: "cut", run: null, series: [{ second: 0 }, { second: 1 }] });
    await server.app.close();
    await store.close();
  });

  it("is forgotten with its links, but not while it runs", async () => {
    await using server = await startStressServer();
    const id = await begin(server);
    const remove = async () =>
      (await server.app.inject({ method: "DELETE", url: `/api/v1/stress/${id}`, headers: server.headers })).statusCode;
    expect(await remove()).toBe(409);
    server.load().finish(stressRun(server.load().order));
    await ended(server, id);
    const { token } = (await share(server, id)).json();
    expect(await remove()).toBe(204);
    expect((await server.app.inject({ url: `/s/${token}.json` })).statusCode).toBe(404);
  });
});

const share = async ({ app, headers }: StressServer, runId: string, over: object = {}) =>
  await app.inject({ method: "POST", url: "/api/v1/links/stress", headers, payload: { runId, ...over } });

describe("a link to a stress run", () => {
  it("opens it without an account, and the run before it, without names and mail addresses", async () => {
    await using server = await startStressServer();
    const ids: string[] = [];
    for (const accepted of [50, 99]) {
      const id = await begin(server);
      const { order, finish } = server.load();
      finish(stressRun(order, { counts: { accepted, deferred: 1, rejected: 0, reset: 0, timedOut: 0, unsent: 0 } }));
      await ended(server, id);
      ids.push(id);
    }
    const made = (await share(server, ids[1] as string, { note: "after the new disk" })).json();
    expect(made).toMatchObject({ opens: "stress", name: "127.0.0.1:2525", stressId: ids[1], url: expect.stringContaining("/s/") });
    const shared = await server.app.inject({ url: `/s/${made.token}.json` });
    expect(shared.json()).toMatchObject({
      schema: "mxray.stress-share/1",
      note: "after the new disk",
      redacted: true,
      run: { counts: { accepted: 99 } },
      before: { counts: { accepted: 50 } },
    });
    expect(shared.body).not.toMatch(/example\.test|probe\.corp|the owner/);
    const ticket = await server.app.inject({ url: `/s/${made.token}.md` });
    expect(ticket.headers["content-disposition"]).toMatch(/filename="mxray-stress-127\.0\.0\.1-2525-[\d-]+\.md"/);
    expect(ticket.body).toMatch(
      /^# Stress test of 127\.0\.0\.1:2525\n\n> after the new disk\n\nMeasured [\d-]+ [\d:.]+ UTC in \d+ s\.\n\n```\n/,
    );
    expect(ticket.body).toContain("accepted 99, failed 1");
    expect(ticket.body).not.toMatch(/example\.test|probe\.corp|the owner/);
    const page = await server.app.inject({ url: `/s/${made.token}` });
    expect(page.body).toContain('"schema":"mxray.stress-share/1"');
    const open = (await share(server, ids[1] as string, { includePrivate: true })).json();
    expect((await server.app.inject({ url: `/s/${open.token}.json` })).body).toContain("mxray-stress@example.test");
    await server.app.inject({ method: "DELETE", url: `/api/v1/links/${made.id}`, headers: server.headers });
    expect((await server.app.inject({ url: `/s/${made.token}.json` })).statusCode).toBe(410);
    // A link opens what it was made for and nothing else.
    expect((await server.app.inject({ url: `/d/${open.token}.json` })).statusCode).toBe(404);
  });

  it("is not made of a run without a result", async () => {
    await using server = await startStressServer();
    expect((await share(server, await begin(server))).json()).toMatchObject({ error: { code: "nothing-to-share" } });
    expect((await share(server, "none")).statusCode).toBe(404);
  });
});
