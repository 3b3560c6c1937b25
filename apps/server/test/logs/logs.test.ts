import { once } from "node:events";
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { LogSource, MailEvent } from "@mxray/contracts";
import { FindingList, LogEventList, LogExplanation, LogScan, LogSeries, LogSourceList, LogStatistics } from "@mxray/contracts/schemas";
import { Compile } from "typebox/compile";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LOOPBACK, startTestServer, type TestServer } from "../test-server.ts";
import { stallingLog } from "./test-log.ts";

let folder = "";
let log = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-logs-"));
  log = join(folder, "mail.log");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const env = () => ({ ...LOOPBACK, MXRAY_LOG_FOLDERS: folder });
const get = async ({ app, headers }: TestServer, url: string) => (await app.inject({ url: `/api/v1/logs/${url}`, headers })).json();
const post = ({ app, headers }: TestServer, url: string, payload: object) =>
  app.inject({ method: "POST", url: `/api/v1/logs/${url}`, headers, payload });

async function until<T>(read: () => Promise<T>, is: (value: T) => boolean, ms = 8000): Promise<T> {
  for (const end = Date.now() + ms; ; ) {
    const value = await read();
    if (is(value)) return value;
    if (Date.now() > end) throw new Error(`It did not come about; at last: ${JSON.stringify(value).slice(0, 500)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const following = (server: TestServer, lines: number) =>
  until(
    async () => (await get(server, "sources")).sources[0] as LogSource,
    (source) => source?.lines >= lines,
  );

describe("a followed log", () => {
  it("is added, read, charted, diagnosed, and taken away", async () => {
    await using server = await startTestServer({ env: env() });
    const text = stallingLog(Date.now() - 900_000);
    await writeFile(log, text);
    const added = await post(server, "sources", { location: log });
    expect(added.statusCode).toBe(201);
    expect((await post(server, "sources", { location: log })).statusCode).toBe(409);
    await following(server, text.split("\n").length - 1);

    const list = await get(server, "sources");
    expect(Compile(LogSourceList).Errors(list)).toEqual([]);
    expect(list).toMatchObject({
      probing: "ask",
      sources: [{ location: log, origin: "page", state: "following", notice: null, lagBytes: 0 }],
    });

    const statistics = await get(server, "statistics");
    expect(Compile(LogStatistics).Errors(statistics)).toEqual([]);
    expect(statistics.peers).toMatchObject([
      { name: "mx.bad.example", sent: 20, stalled: 20, smallestStalled: 20_037, examples: { stalled: [{ file: log }, {}, {}] } },
      { name: "mx.good.example", sent: 40, stalled: 0 },
    ]);
    expect(statistics.backlog).toMatchObject({ waiting: 20, destinations: [{ name: "bad.example", waiting: 20 }] });

    const series = await get(server, "series?direction=outbound");
    expect(Compile(LogSeries).Errors(series)).toEqual([]);
    const sum = (points: { count: number }[]) => points.reduce((total, { count }) => total + count, 0);
    expect(sum(series.outcomes.filter(({ outcome }: { outcome: string }) => outcome === "sent"))).toBe(60);
    expect(sum(series.stages)).toBe(20);

    const events = await get(server, "events?peer=mx.bad.example&stage=end-of-data&limit=5");
    expect(Compile(LogEventList).Errors(events)).toEqual([]);
    expect(events.events).toHaveLength(5);
    expect((await get(server, `events?peer=198.51.100.9&limit=500&before=${events.next}`)).events.length).toBeGreaterThan(3);
    expect((await get(server, "events?peer=mx.good.example")).events).toEqual([]);
    const sizes = async (query: string) =>
      new Set((await get(server, `events?limit=500&${query}`)).events.map(({ event }: { event: MailEvent }) => event.size));
    expect(await sizes("minSize=20037&maxSize=20037")).toEqual(new Set([20_037]));
    expect(await sizes("minSize=1&maxSize=1000")).toEqual(new Set());
    expect(await sizes("minBytes=1")).toEqual(new Set());
    expect((await server.app.inject({ url: "/api/v1/logs/events?minSize=-1", headers: server.headers })).statusCode).toBe(400);

    const findings = await until(
      async () => (await server.store.findings.list({ limit: 10 })).findings,
      (all) => all.some(({ finding }) => finding.code === "log-size-correlated"),
    );
    expect(findings.find(({ finding }) => finding.code === "log-size-correlated")?.subject).toMatchObject({ host: "mx.bad.example" });

    const told = await get(server, "../findings?source=log&state=standing&detail=true");
    expect(Compile(FindingList).Errors(told)).toEqual([]);
    const sized = expect.objectContaining({ code: "log-size-correlated" });
    expect(told.findings).toContainEqual(expect.objectContaining({ finding: sized }));
    expect((await get(server, "../findings?peer=mx.bad.example&state=standing")).findings).toContainEqual(sized);
    expect((await get(server, "../findings?peer=198.51.100.7&source=log")).findings).toEqual([]);

    const { id } = added.json();
    const gone = await server.app.inject({ method: "DELETE", url: `/api/v1/logs/sources/${id}`, headers: server.headers });
    expect(gone.statusCode).toBe(204);
    expect((await get(server, "sources")).sources).toEqual([]);
  });

  it("goes on after a restart where it was, and what the environment names comes and goes with it", async () => {
    const first = await startTestServer({ env: { ...LOOPBACK, MXRAY_LOGS: log } });
    await writeFile(log, stallingLog(Date.now() - 900_000, 10));
    const [before] = (
      await until(
        async () => await get(first, "sources"),
        ({ sources }) => sources[0]?.lines > 50,
      )
    ).sources;
    await first.app.close();
    await appendFile(log, stallingLog(Date.now() - 400_000, 10));
    {
      await using second = await startTestServer({ env: { ...LOOPBACK, MXRAY_LOGS: log }, store: first.store });
      const after = await following(second, before.lines * 2);
      expect(after.lines).toBe(before.lines * 2);
      const refused = await second.app.inject({ method: "DELETE", url: `/api/v1/logs/sources/${after.id}`, headers: second.headers });
      expect(refused.json()).toMatchObject({ error: { code: "named-by-environment" } });
    }
    await using third = await startTestServer({ env: LOOPBACK, store: first.store });
    expect((await get(third, "sources")).sources).toEqual([]);
    await first.store.close();
  });

  it("says why a log is not followed", async () => {
    await using server = await startTestServer({ env: env() });
    for (const location of ["mail.log", "/etc/passwd", `${folder}/../x`, "-", "journal:a b", `${folder}/`]) {
      expect((await post(server, "sources", { location })).json(), location).toMatchObject({ error: { code: "invalid-location" } });
    }
    await post(server, "sources", { location: log });
    const source = await until(
      async () => (await get(server, "sources")).sources[0] as LogSource,
      ({ notice }) => notice !== null,
    );
    expect(source).toMatchObject({ state: "waiting", notice: `${log} does not exist yet.` });
    expect(await get(server, "statistics?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z")).toMatchObject({
      error: { code: "invalid-range" },
    });
  });

  it("is visible to nobody who is not signed in", async () => {
    await using server = await startTestServer({ env: env() });
    for (const url of ["sources", "statistics", "series", "events"]) {
      expect((await server.app.inject({ url: `/api/v1/logs/${url}` })).statusCode, url).toBe(401);
    }
    for (const url of ["scan", "explain"]) {
      expect((await server.app.inject({ method: "POST", url: `/api/v1/logs/${url}`, payload: {} })).statusCode, url).toBe(401);
    }
  });
});

describe("an uploaded log", () => {
  it("is analysed as it comes, compressed or not, larger than any other body may be, and nothing is stored", async () => {
    await using server = await startTestServer();
    await server.app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = server.app.server.address() as AddressInfo;
    const log = stallingLog(Date.UTC(2026, 2, 1), 2000);
    const upload = async (body: Uint8Array<ArrayBuffer>) => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/logs/scan?name=mail.log`, {
        method: "POST",
        body,
        headers: server.headers,
      });
      return (await answer.json()) as LogScan;
    };
    const plain = await upload(new TextEncoder().encode(log));
    const zipped = await upload(Uint8Array.from(await promisify(gzip)(log)));
    expect(Compile(LogScan).Errors(plain)).toEqual([]);
    expect(zipped.statistics).toEqual(plain.statistics);
    expect(plain.summary).toMatchObject({
      files: ["mail.log"],
      lines: log.split("\n").length - 1,
      deliveries: { sent: 3000, deferred: 1000 },
    });
    expect(plain.summary.findings.map(({ code }) => code)).toContain("log-size-correlated");
    expect(plain.series.outcomes.length).toBeGreaterThan(5);
    expect(plain.events.length).toBeGreaterThan(10);
    expect(await server.store.logs.peers({ limit: 10 })).toEqual([]);
  });

  it("is told why not while others are being read, however much of it was still to be sent", async () => {
    await using server = await startTestServer();
    await server.app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = server.app.server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/api/v1/logs/scan`;
    const begun = [1, 2].map(() => request(url, { method: "POST", headers: server.headers }));
    for (const upload of begun) {
      upload.on("error", () => undefined);
      upload.write("a line\n");
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    const large = request(url, { method: "POST", headers: server.headers });
    const answered = once(large, "response");
    const chunk = Buffer.alloc(1024 * 1024, "x");
    for (let sent = 0; sent < 32; sent += 1) if (!large.write(chunk)) await once(large, "drain");
    large.end();
    const [answer] = (await answered) as [IncomingMessage];
    expect(answer.statusCode).toBe(503);
    expect(JSON.parse(await text(answer))).toMatchObject({ error: { message: "2 logs are being read already; try again in a moment." } });
    for (const upload of begun) upload.destroy();
  });

  it("that is none is said so", async () => {
    await using server = await startTestServer();
    const scan = async (payload: string) =>
      (
        await server.app.inject({
          method: "POST",
          url: "/api/v1/logs/scan",
          headers: { ...server.headers, "content-type": "text/x-log" },
          payload,
        })
      ).json();
    expect(await scan("hello\nworld\n")).toMatchObject({ notice: expect.stringContaining("0 of 2 lines"), summary: { findings: [] } });
    expect(await scan("\0\x01\xff")).toMatchObject({ summary: { recognised: 0 } });
  });
});

describe("a pasted text", () => {
  const LINE =
    stallingLog(Date.now(), 2)
      .split("\n")
      .find((line) => line.includes("timed out")) ?? "";

  it("is explained: a log line, a bounce, a queue id, something else", async () => {
    await using server = await startTestServer({ env: env() });
    const explain = async (text: string) => (await post(server, "explain", { text })).json();
    const line = await explain(LINE);
    expect(Compile(LogExplanation).Errors(line)).toEqual([]);
    expect(line).toMatchObject({ kind: "line", event: { stage: "end-of-data", direction: "outbound" }, target: "198.51.100.9" });
    expect(line.tells).toContain("mx.bad.example");

    const bounce = await explain(
      "<b@bad.example>: conversation with\n    mx.bad.example[198.51.100.9] timed out while sending message\n    body\n\nReporting-MTA: dns; mx1.example.org",
    );
    expect(bounce).toMatchObject({ kind: "bounce", faults: [{ stage: "body" }], target: "198.51.100.9" });

    await writeFile(log, `${LINE}\n`);
    await post(server, "sources", { location: log });
    await following(server, 1);
    expect(await explain(/: (B[0-9A-F]+):/.exec(LINE)?.[1] ?? "")).toMatchObject({ kind: "queue-id", event: { stage: "end-of-data" } });
    expect(await explain("what is wrong with my mail?")).toMatchObject({ kind: "unknown", event: null, target: null });
  });
});
