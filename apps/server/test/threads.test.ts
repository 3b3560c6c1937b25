/** Threads of the server that are killed: each is started again, and what it did not do is shown until then. */
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Worker as RealWorker } from "node:worker_threads";
import type { LiveEvent, WorkProblem } from "@mxray/contracts";
import { openStore } from "@mxray/store";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveFeed } from "../src/live-feed.ts";
import { WorkHealth } from "../src/work-health.ts";
import { LOOPBACK, startTestServer, type TestServer } from "./test-server.ts";

const threads = vi.hoisted(() => ({ started: [] as { readonly program: string; readonly worker: RealWorker }[], doomed: "" }));
vi.mock("node:worker_threads", async (original) => {
  const real = await original<typeof import("node:worker_threads")>();
  class Worker extends real.Worker {
    constructor(program: URL, options: object) {
      super(program, options);
      threads.started.push({ program: program.pathname, worker: this });
      if (threads.doomed !== "" && program.pathname.endsWith(threads.doomed)) void this.terminate();
    }
  }
  return { ...real, Worker };
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-threads-"));
  threads.started.length = 0;
  threads.doomed = "";
});
afterEach(() => rm(folder, { recursive: true }));

const startedAs = (name: string) => threads.started.filter(({ program }) => program.endsWith(name)).map(({ worker }) => worker);

describe("the thread that reads followed logs", () => {
  it("is started again and reads on; its sources, the readiness and open pages say so until then", async () => {
    const path = join(folder, "mail.log");
    await writeFile(path, line("one.example"));
    await using server = await startedOn(folder, { MXRAY_LOGS: path });
    const told: LiveEvent[] = [];
    server.feed.listen((event) => told.push(event), new AbortController().signal);
    await expect.poll(async () => (await source(server)).recognised).toBe(1);
    await startedAs("follower-pool-thread.ts").at(-1)?.terminate();
    await expect
      .poll(() => source(server))
      .toMatchObject({
        state: "failed",
        notice: expect.stringMatching(/^The thread that reads logs ended because it ended with status \d/),
      });
    expect(await readiness(server)).toEqual({
      status: "degraded",
      problems: [expect.objectContaining({ work: "logs", message: expect.stringMatching(/^Followed logs are not read because/) })],
    });
    await appendFile(path, line("two.example"));
    await expect.poll(async () => (await source(server)).recognised).toBe(2);
    expect(await source(server)).toMatchObject({ state: "following", notice: null });
    expect(startedAs("follower-pool-thread.ts")).toHaveLength(2);
    expect(await readiness(server)).toEqual({ status: "ok" });
    const problems = told.flatMap((event) => (event.type === "problems" ? [event.problems.map(({ work }) => work)] : []));
    expect(problems).toEqual([["logs"], []]);
  });

  it("that ends again and again is started less and less often", async () => {
    threads.doomed = "follower-pool-thread.ts";
    await using server = await startedOn(folder, { MXRAY_LOGS: join(folder, "mail.log") });
    await new Promise((resolve) => setTimeout(resolve, 5000));
    // After 1, 2 and 4 s.
    expect(startedAs("follower-pool-thread.ts").length).toBeLessThanOrEqual(4);
    expect(await readiness(server)).toMatchObject({ problems: expect.arrayContaining([expect.objectContaining({ work: "logs" })]) });
    threads.doomed = "";
    await expect.poll(() => readiness(server)).toEqual({ status: "ok" });
  });
});

describe("the thread that computes findings", () => {
  it("that ends under an upload leaves the figures, and says what is missing", async () => {
    await using server = await startedOn(folder);
    threads.doomed = "diagnosis-thread.ts";
    expect(await upload(server)).toMatchObject({
      summary: { lines: 1, recognised: 1, findings: [] },
      notice: expect.stringMatching(/no findings were computed: the thread that computes them ended because it ended with status \d/),
    });
    threads.doomed = "";
    expect(await upload(server)).toMatchObject({ notice: null });
  });

  it("that ends in a round of log findings: the round is shown as not done, and done again", async () => {
    threads.doomed = "diagnosis-thread.ts";
    await using server = await startedOn(folder);
    await expect
      .poll(() => readiness(server))
      .toMatchObject({ status: "degraded", problems: [{ work: "log-findings" } satisfies Partial<WorkProblem>] });
    threads.doomed = "";
    await expect.poll(() => readiness(server)).toEqual({ status: "ok" });
  });
});

describe("the threads of the store", () => {
  for (const [program, work, url] of [
    ["sqlite-thread.ts", "store", "/api/v1/findings"],
    ["log-reading-thread.ts", "statistics", "/api/v1/peers"],
  ] as const) {
    it(`are started again: ${program}`, async () => {
      await using server = await startedOn(folder);
      const ask = async () => await server.app.inject({ url, headers: server.headers });
      expect((await ask()).statusCode).toBe(200);
      await startedAs(program).at(-1)?.terminate();
      expect(server.health.problems()).toMatchObject([{ work }]);
      const refused = await ask();
      expect(refused.statusCode).toBe(503);
      expect(refused.json()).toMatchObject({ error: { code: "store-unavailable", message: expect.stringMatching(/is started again/) } });
      await expect.poll(async () => (await ask()).statusCode).toBe(200);
      expect(server.health.problems()).not.toContainEqual(expect.objectContaining({ work }));
      expect(startedAs(program)).toHaveLength(2);
    });
  }
});

type ThreadedServer = TestServer & { readonly health: WorkHealth; readonly feed: LiveFeed };

/** With a store in a file, and all its threads. */
async function startedOn(dir: string, env: Record<string, string> = {}): Promise<ThreadedServer> {
  const health = new WorkHealth();
  const feed = new LiveFeed();
  const store = await openStore({
    path: join(dir, "mxray.sqlite"),
    onThreadEnd: (thread, reason) => health.failed(thread, reason),
    onThreadBack: (thread) => health.succeeded(thread),
  });
  const server = await startTestServer({ store, health, feed, env: { ...LOOPBACK, ...env } });
  return {
    ...server,
    health,
    feed,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await store.close();
    },
  };
}

function line(host: string): string {
  return `${new Date().toISOString()} mx postfix/smtp[1]: connect to ${host}[192.0.2.1]:25: Connection refused\n`;
}

async function source({ app, headers }: TestServer) {
  return (await app.inject({ url: "/api/v1/logs/sources", headers })).json().sources[0];
}

async function readiness({ app }: TestServer) {
  return (await app.inject("/readyz")).json();
}

async function upload({ app, headers }: TestServer) {
  return (await app.inject({ method: "POST", url: "/api/v1/logs/scan", headers, payload: line("one.example") })).json();
}
