/** `mxray serve` with DATABASE_URL, as a stranger runs it, on a real PostgreSQL that asks for a password. */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogSource, ProbeDetail } from "@mxray/contracts";
import { type MailHost, mailHostScript, type PostgresServer, postgresAvailability, startMailHost, startPostgres } from "@mxray/lab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mxray } from "./mxray.ts";
import { type Served, startServed } from "./served.ts";

const PASSWORD = "hunter2";
const available = postgresAvailability();
if (!available.ok) it.skip(`PostgreSQL: ${available.reason} ${available.remedy}`);

describe.runIf(available.ok)("mxray serve on PostgreSQL", () => {
  let postgres: PostgresServer;
  let host: MailHost;
  let folder: string;
  let env: Record<string, string>;
  let served: Served;
  /** Everything that a reader of pages, logs or terminals sees. */
  const seen: string[] = [];
  const run = async (args: readonly string[], settings: Record<string, string> = {}) => {
    const result = await mxray(args, { env: { ...env, ...settings } });
    seen.push(result.stdout, result.stderr);
    return result;
  };
  const migrate = (way: "--from" | "--to", data: string) => run(["migrate-store", way, env.DATABASE_URL ?? "", "--data", data]);
  const get = async <T>(path: string) => {
    const text = await (await served.get(path)).text();
    seen.push(text);
    return JSON.parse(text) as T;
  };
  const codes = async () => (await get<{ findings: { code: string }[] }>("/api/v1/findings")).findings.map(({ code }) => code);
  const lines = async () =>
    (await get<{ sources: { lines: number }[] }>("/api/v1/logs/sources")).sources.reduce((sum, source) => sum + source.lines, 0);

  beforeAll(async () => {
    postgres = await startPostgres({ password: PASSWORD });
    await postgres.run("create database mxray");
    host = await startMailHost(mailHostScript("pix-4"));
    folder = await mkdtemp(join(tmpdir(), "mxray-postgres-"));
    await writeFile(join(folder, "mail.log"), stalls("mx.bad.example", "198.51.100.9", 6));
    env = {
      DATABASE_URL: `postgresql://mxray:${PASSWORD}@127.0.0.1:${postgres.port}/mxray`,
      MXRAY_LOGS: join(folder, "mail.log"),
      MXRAY_ALLOW_TARGETS: "127.0.0.0/8",
      MXRAY_ALLOW_PORTS: String(host.port),
      MXRAY_PACE_SECONDS: "0",
      MXRAY_LOG: "debug",
      MXRAY_SERVER_NAME: "first",
    };
    served = await startServed(join(folder, "data"), env);
  });
  afterAll(async () => {
    await served?.end("SIGTERM");
    await host?.stop();
    await postgres?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it("probes a host, follows a log, keeps what both show, and shares it", async () => {
    const { id } = (await (await served.send("POST", "/api/v1/probes", { target: `127.0.0.1:${host.port}` })).json()) as { id: string };
    const status = async () => (await get<{ status: string }>(`/api/v1/probes/${id}`)).status;
    await expect.poll(status).toBe("done");
    await expect.poll(codes).toEqual(expect.arrayContaining(["smtp-fixup", "log-outbound-stalls"]));
    const link = (await (await served.send("POST", "/api/v1/links/diagnosis", { probeId: id })).json()) as { url: string };
    expect(await (await fetch(`${link.url}.md`)).text()).toContain("smtp-fixup");
    await get(`/api/v1/logs/statistics`);
    await get("/api/v1/peers");
    expect(await (await served.get("/readyz")).json()).toEqual({ status: "ok" });
  });

  it("is one of several servers on its database, which hear of each other, keep to each other's settings, and follow their own logs", async () => {
    const other = await startServed(join(folder, "second"), { ...env, MXRAY_LOGS: "", MXRAY_SERVER_NAME: "second" });
    try {
      const json = async <T>(server: Served, path: string) => (await (await server.get(path)).json()) as T;
      const followed = async (server: Served) =>
        (await json<{ sources: LogSource[] }>(server, "/api/v1/logs/sources")).sources.map(({ agent, lines }) => `${agent} ${lines}`);
      await expect.poll(() => followed(served)).toEqual(["first 6"]);
      await writeFile(join(folder, "mail.log"), stalls("mx.bad.example", "198.51.100.9", 1), { flag: "a" });
      await expect.poll(() => followed(other)).toEqual(["first 7"]);

      // A page on one sees each step of a probe, wherever it runs.
      const target = `127.0.0.1:${host.port}`;
      const stepsOf = async (server: Served, id: string) => {
        const headers = { ...server.headers, accept: "text/event-stream" };
        return await (await fetch(`${server.url}/api/v1/events?probe=${id}`, { headers, signal: AbortSignal.timeout(40_000) })).text();
      };
      const begin = async (server: Served) => (await (await server.send("POST", "/api/v1/probes", { target })).json()) as ProbeDetail;
      const { id } = await begin(other);
      const stories = await Promise.all([stepsOf(served, id), stepsOf(other, id)]);
      const steps = stories.map((story) => [...story.matchAll(/"type":"probe-event"/g)].length);
      expect(steps[0]).toBe(steps[1]);
      expect(stories[0]).toContain('"status":"done"');

      // What is told on one holds on the other.
      const forbidden = async (server: Served) => (await (await server.get("/api/v1/settings")).text()).includes('"127.0.0.1"');
      expect((await other.send("PATCH", "/api/v1/settings", { doNotProbe: "127.0.0.1" })).status).toBe(200);
      await expect.poll(() => forbidden(served)).toBe(true);
      expect(await begin(served)).toMatchObject({ error: { code: "target-not-allowed" } });
      expect((await served.send("PATCH", "/api/v1/settings", { doNotProbe: "" })).status).toBe(200);
      await expect.poll(() => forbidden(other)).toBe(false);
      expect(await begin(other)).toMatchObject({ target });
    } finally {
      await other.end("SIGTERM");
    }
  });

  it("says where its store is when a command looks elsewhere, and refuses commands that need the database alone", async () => {
    const data = ["--data", join(folder, "data")];
    expect((await run(["link", ...data])).stdout).toContain("/sign-in?token=");
    const elsewhere = { status: 3, stderr: expect.stringContaining("keeps its store in postgresql://127.0.0.1:") };
    expect(await run(["link", ...data], { DATABASE_URL: "" })).toMatchObject(elsewhere);
    expect(await run(["apply", "--export", ...data], { DATABASE_URL: "" })).toMatchObject(elsewhere);
    expect((await migrate("--from", join(folder, "moved"))).stderr).toContain("another mxray server uses it");
    expect(await run(["backup", join(folder, "copy"), ...data])).toMatchObject({ status: 3, stderr: expect.stringContaining("pg_dump") });
  });

  it("goes on when PostgreSQL is back, and misses no line of a log", async () => {
    await expect.poll(lines).toBe(7);
    await postgres.kill();
    await expect.poll(async () => (await served.get("/readyz")).status).toBe(503);
    const refused = await served.send("POST", "/api/v1/probes", { target: `127.0.0.1:${host.port}` });
    expect([refused.status, await refused.text()]).toEqual([503, expect.stringContaining("PostgreSQL does not answer")]);
    await writeFile(join(folder, "mail.log"), stalls("mx.worse.example", "198.51.100.10", 9), { flag: "a" });
    await postgres.start();
    await expect.poll(async () => (await served.get("/readyz")).status).toBe(200);
    await expect.poll(lines).toBe(16);
  });

  it("has everything after a restart, and never shows the password", async () => {
    expect(await served.end("SIGTERM")).toBe(0);
    seen.push(served.output().stdout, served.output().stderr);
    expect(await migrate("--from", join(folder, "moved"))).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^probe {12}\s*3$[\s\S]*^Moved [\d,]+ rows from postgresql:\S+ to \S+; both have the same counts\.$/m),
    });
    expect(await migrate("--to", join(folder, "moved"))).toMatchObject({ status: 3, stderr: expect.stringContaining("is not empty") });
    served = await startServed(join(folder, "data"), env);
    expect(await codes()).toEqual(expect.arrayContaining(["smtp-fixup", "log-outbound-stalls"]));
    const about = await get("/api/v1/about");
    expect(JSON.stringify(about)).toContain(`postgresql://127.0.0.1:${postgres.port}/mxray`);
    expect(seen.join("\n")).not.toContain(PASSWORD);
  });

  it("says in one sentence why it cannot start", async () => {
    const data = ["--port", "0", "--data", join(folder, "third")];
    const start = (DATABASE_URL: string) => run(["serve", ...data], { DATABASE_URL });
    expect(await start(`mysql://mxray:${PASSWORD}@127.0.0.1/mxray`)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^DATABASE_URL takes an address such as [^\n]+\n$/),
    });
    expect(await start(`postgresql://mxray:${PASSWORD}no@127.0.0.1:${postgres.port}/mxray`)).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/^The store \S+ cannot be opened: PostgreSQL rejects the user or the password [^\n]+\n$/),
    });
    expect(seen.join("\n")).not.toContain(PASSWORD);
  });

  it("ends when another process has taken the database for itself", async () => {
    const holds = "application_name like 'mxray server%'";
    // It waits for the lock before the server that loses it can.
    const take = `select pg_terminate_backend(pid) from pg_stat_activity where ${holds}; select pg_advisory_lock(7268302); select pg_sleep(3600)`;
    postgres.run(take, "mxray").catch(() => undefined);
    const [status] = await once(served.child, "close");
    expect(status).toBe(3);
    expect(served.output().stderr).toContain("another mxray process is upgrading or moving it");
  });
});

function stalls(name: string, address: string, count: number): string {
  const line = (index: number) => {
    const time = new Date(Date.now() - (600 - index) * 1000).toISOString();
    const reason = `conversation with ${name}[${address}] timed out while sending end of data -- message may be sent more than once`;
    return `${time} mx1 postfix/smtp[7]: 4F${index}A2C: to=<a@${name}>, relay=${name}[${address}]:25, delay=300, delays=0.1/0/0.2/300, dsn=4.4.2, status=deferred (${reason})\n`;
  };
  return Array.from({ length: count }, (_, index) => line(index)).join("");
}
