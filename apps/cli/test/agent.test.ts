/** `mxray agent` beside `mxray serve`, as processes of their own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type {
  AgentInvitation,
  AgentList,
  HostHealth,
  LogSource,
  LogSourceList,
  MachineList,
  ProbeDetail,
  VantageList,
} from "@mxray/contracts";
import { mailHostScript, startMailHost } from "@mxray/lab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stallingLog } from "../../server/test/logs/test-log.ts";
import { version } from "../src/version.ts";
import { mxray } from "./mxray.ts";
import { type Served, startServed } from "./served.ts";

const LAUNCHER = fileURLToPath(new URL("../bin/mxray.js", import.meta.url));
const BURST = 2000;
/** A batch with nothing in it. */
const nothing = { lines: 1, recognised: 0, counts: [], events: [], memories: [], moves: [], firstLineAt: null, lastLineAt: null };

interface RunningAgent {
  readonly child: ChildProcess;
  stderr(): string;
  end(signal: NodeJS.Signals): Promise<number | string>;
}

/** In a process that a signal reaches, whatever the machine's own Node is. */
function startAgent(args: readonly string[], stdin = ""): RunningAgent {
  const child = spawn(process.execPath, [LAUNCHER, "agent", ...args], { stdio: ["pipe", "ignore", "pipe"] });
  const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  let stderr = "";
  child.stderr?.on("data", (bytes) => (stderr += bytes));
  child.stdin?.end(stdin);
  return {
    child,
    stderr: () => stderr,
    async end(signal) {
      child.kill(signal);
      const [status, by] = await ended;
      return status ?? by ?? "?";
    },
  };
}

describe("mxray agent", () => {
  let folder: string;
  let served: Served;
  const agents: RunningAgent[] = [];
  const log = () => join(folder, "mail.log");
  const start = (args: readonly string[], stdin?: string) => {
    const agent = startAgent(args, stdin);
    agents.push(agent);
    return agent;
  };
  const json = async <T>(answer: Promise<Response>) => (await (await answer).json()) as T;
  const invite = (name: string) => json<AgentInvitation>(served.send("POST", "/api/v1/agents", { name }));
  const enrolled = async (name: string, ...args: string[]) => {
    const { token } = await invite(name);
    return start(["--server", served.url, "--token-file", "-", "--data", join(folder, name), ...args], token);
  };
  const sources = async () => (await json<LogSourceList>(served.get("/api/v1/logs/sources"))).sources;
  const sourceOf = async (agent: string) => (await sources()).find((source) => source.agent === agent);
  const linesOf = async (agent: string) => (await sourceOf(agent))?.lines;
  const stateOf = async (agent: string) => {
    const all = await json<AgentList>(served.get("/api/v1/agents"));
    return all.agents.find(({ name }) => name === agent)?.state;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mxray-agent-"));
    await writeFile(log(), "");
    served = await startServed(join(folder, "server"));
  });
  afterAll(async () => {
    await Promise.all(agents.map(({ end }) => end("SIGKILL")));
    await served?.end("SIGTERM");
    await rm(folder, { recursive: true, force: true });
  });

  it("enrols with a token from standard input, keeps its secret for itself, and follows its logs for the server", async () => {
    const { command, token } = await invite("mx1");
    expect(command).toContain(`echo ${token} | mxray agent --server ${served.url} --token-file -`);
    const agent = start(["--server", served.url, "--token-file", "-", "--logs", log(), "--data", join(folder, "mx1")], token);
    await expect.poll(() => stateOf("mx1")).toBe("reporting");
    expect((await stat(join(folder, "mx1", "agent.json"))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, "mx1", "agent.json"), "utf8")).not.toContain(token);
    await expect.poll(() => sourceOf("mx1")).toMatchObject({ location: log(), origin: "agent", state: "following" });
    await appendFile(log(), stallingLog(Date.now() - 1_000_000));
    // Its machine is known as well as the server's own.
    const machines = async () => (await json<MachineList>(served.get("/api/v1/machines"))).machines;
    await expect.poll(async () => (await machines()).map(({ agent: name }) => name)).toEqual([null, "mx1"]);
    const { sample } = await json<HostHealth>(served.get("/api/v1/host?agent=mx1"));
    expect(sample?.gauges.openFiles?.limit).toBeGreaterThan(0);
    expect(await json(served.get("/api/v1/live?agent=mx1"))).toMatchObject({ at: expect.any(String), deliveries: expect.any(Array) });
    expect(await json(served.get("/api/v1/queue?agent=mx1"))).toMatchObject({ at: expect.any(String), destinations: [] });
    expect((await served.get("/api/v1/host?agent=mx2")).status).toBe(404);
    const titles = async () => JSON.stringify(await json(served.get("/api/v1/findings")));
    await expect.poll(titles).toContain("mx.bad.example");
    expect(agent.stderr()).toContain(`as 'mx1'; it follows ${log()}.`);
    expect(agent.stderr()).not.toContain(token);
  });

  it("goes on where it was after a kill -9, of itself and of the server, and nothing counts twice", async () => {
    await enrolled("mx2", "--logs", log());
    // The same path on two machines is two logs.
    await expect.poll(() => sourceOf("mx2")).toMatchObject({ location: log(), state: "following" });
    const before = { mx1: (await linesOf("mx1")) ?? 0, mx2: (await linesOf("mx2")) ?? 0 };
    const port = new URL(served.url).port;
    for (let round = 0; round < 2; round += 1) {
      await appendFile(log(), stallingLog(Date.now() - 1_000_000, BURST / 8));
      await agents.at(-1)?.end("SIGKILL");
      await served.end("SIGKILL");
      served = await startServed(join(folder, "server"), { PORT: port });
      start(["--data", join(folder, "mx2")]);
    }
    const written = (await readFile(log(), "utf8")).split("\n").length - 1;
    const first = written - before.mx1;
    await expect.poll(() => linesOf("mx1"), { timeout: 60_000 }).toBe(written);
    await expect.poll(() => linesOf("mx2"), { timeout: 60_000 }).toBe(before.mx2 + first);
  });

  it("reads its log on from where the server has it, after a backup was restored", async () => {
    const copy = join(folder, "copy.sqlite");
    expect(await mxray(["backup", copy, "--data", join(folder, "server")])).toMatchObject({ status: 0 });
    await appendFile(log(), stallingLog(Date.now() - 1_000_000, 5));
    const lines = (await linesOf("mx2")) ?? 0;
    await expect.poll(() => linesOf("mx2"), { timeout: 30_000 }).toBeGreaterThan(lines);
    const now = await linesOf("mx2");
    const port = new URL(served.url).port;
    await served.end("SIGTERM");
    for (const part of ["", "-wal", "-shm"]) await rm(join(folder, "server", `mxray.sqlite${part}`), { force: true });
    await copyFile(copy, join(folder, "server", "mxray.sqlite"));
    served = await startServed(join(folder, "server"), { PORT: port });
    await appendFile(log(), stallingLog(Date.now() - 1_000_000, 1));
    const perMessage = stallingLog(Date.now(), 1).split("\n").length - 1;
    await expect.poll(() => linesOf("mx2"), { timeout: 60_000 }).toBe((now ?? 0) + perMessage);
  });

  it("probes for the server, from its own machine, as the server's policy allows", async () => {
    await using host = await startMailHost(mailHostScript("pix-4"));
    const target = `127.0.0.1:${host.port}`;
    const vantages = async () => (await json<VantageList>(served.get("/api/v1/vantages"))).vantages;
    await expect.poll(async () => (await vantages()).find(({ name }) => name === "mx1")).toMatchObject({ state: "ready", practice: false });
    const probed = async (body: object) => {
      const answer = await served.send("POST", "/api/v1/probes", { ...body, vantage: "mx1" });
      const { id, ...rest } = (await answer.json()) as ProbeDetail;
      if (id === undefined) return rest;
      const detail = () => json<ProbeDetail>(served.get(`/api/v1/probes/${id}`));
      await expect.poll(async () => (await detail()).status).toMatch(/done|failed/);
      return await detail();
    };
    expect(await probed({ target: "127.0.0.1:25" })).toMatchObject({ error: { code: "target-not-allowed" } });
    const settings = { allowTargets: "127.0.0.0/8", allowPorts: String(host.port) };
    expect((await served.send("PATCH", "/api/v1/settings", settings)).status).toBe(200);
    const report = expect.objectContaining({ vantage: expect.objectContaining({ name: "mx1", version: version() }) });
    expect(await probed({ target })).toMatchObject({ status: "done", vantage: "mx1", report });
    const { findings } = await json<{ findings: { code: string }[] }>(served.get("/api/v1/findings"));
    expect(findings.map(({ code }) => code)).toContain("smtp-fixup");
    expect(await probed({ target, deliverTo: "a@example.org", deliverConfirmed: "a@example.org" })).toMatchObject({
      error: { message: expect.stringContaining("runs from this server only") },
    });
  });

  it("says what helps where the token is spent, the secret unknown, its version too old, or the body too large", async () => {
    const { token } = await invite("mx3");
    // What is wrong on this side is said before the token is spent.
    const tried = async (server: string, data: string) =>
      await mxray(["agent", "--server", server, "--token-file", "-", "--data", data], { stdin: token });
    const noUrl = await tried("http://", join(folder, "mx3"));
    expect(noUrl).toMatchObject({ status: 3, stderr: expect.stringMatching(/^'http:\/\/' is no URL of a server; .*\n$/) });
    const noFolder = await tried(served.url, log());
    expect(noFolder).toMatchObject({ status: 3, stderr: expect.stringMatching(/^The agent's secret cannot be kept in .*\n$/) });
    await mkdir(join(folder, "strange"));
    await writeFile(join(folder, "strange", "agent.json"), '{"server":"https://mxray.example.org","secret":null}');
    const strange = await mxray(["agent", "--data", join(folder, "strange")]);
    expect(strange).toMatchObject({ status: 3, stderr: expect.stringMatching(/agent\.json cannot be read .* Enrol again .*\n$/) });

    const first = start(["--server", served.url, "--token-file", "-", "--data", join(folder, "mx3")], token);
    await expect.poll(first.stderr).toContain("Enrolled as 'mx3'");
    const again = await mxray(["agent", "--server", served.url, "--token-file", "-", "--data", join(folder, "mx4")], { stdin: token });
    expect(again).toMatchObject({ status: 3, stderr: expect.stringMatching(/^This enrolment token .* make another one .*\.\n$/) });
    const none = await mxray(["agent", "--data", join(folder, "nobody")]);
    expect(none).toMatchObject({ status: 3, stderr: expect.stringContaining("No agent enrolled with") });
    expect(await mxray(["agent", "--server", served.url])).toMatchObject({ status: 2 });
    expect(await mxray(["agent", "--logs", "mail.log"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("'mail.log' in --logs"),
    });

    const report = { sentAt: new Date().toISOString(), host: "mx3", logs: [] };
    const send = (path: string, headers: Record<string, string>, body: Uint8Array | string) =>
      fetch(`${served.url}/agent/v1${path}`, { method: "POST", headers: { "content-type": "application/json", ...headers }, body });
    const { secret } = JSON.parse(await readFile(join(folder, "mx3", "agent.json"), "utf8")) as { secret: string };
    const authorization = `Bearer ${secret}`;
    const own = { authorization, "mxray-version": version() };
    expect((await send("/report", own, JSON.stringify(report))).status).toBe(204);
    expect((await send("/report", { ...own, authorization: "Bearer mxagent_x" }, JSON.stringify(report))).status).toBe(401);
    const newer = await send("/report", { ...own, "mxray-version": "9.0.0" }, JSON.stringify(report));
    expect([newer.status, await newer.text()]).toEqual([426, expect.stringContaining("Upgrade the server first")]);
    expect((await send("/report", { authorization }, JSON.stringify(report))).status).toBe(426);
    const bomb = gzipSync(JSON.stringify({ revision: 0, position: " ".repeat(20_000_000), batch: {} }));
    expect((await send("/logs/1/batches", { ...own, "content-encoding": "gzip" }, bomb)).status).toBe(413);
    expect((await send("/logs/1/batches", { ...own, "content-encoding": "gzip" }, "no gzip")).status).toBe(400);
    expect((await fetch(`${served.url}/api/v1/findings`, { headers: own })).status).toBe(401);
    const guesses: number[] = [];
    for (let index = 0; index < 35; index += 1) {
      guesses.push((await send("/report", { ...own, authorization: "Bearer mxagent_guess" }, JSON.stringify(report))).status);
    }
    expect([guesses[0], guesses.at(-1)]).toEqual([401, 429]);
    expect((await send("/report", own, JSON.stringify(report))).status).toBe(204);
    // Hostile text is kept printable, what no follower counts is refused, and the pages still answer.
    const began = await send("/hello", own, JSON.stringify({ ...report, logs: ["/var/log/\u0000hostile"] }));
    const { logs } = (await began.json()) as { logs: { id: number; location: string }[] };
    expect(logs).toMatchObject([{ location: "/var/log/\\x00hostile" }]);
    const peer = { name: "a\u0000\u202eb", address: null, port: null, direction: "outbound", reach: "network" };
    const start0 = Math.floor(Date.now() / 60_000) * 60;
    const counted = { start: start0, peer, measure: "sent", note: "", value: -1, count: 1, least: null, most: null };
    const bring = async (measure: string) => {
      const given = { ...nothing, counts: [{ ...counted, measure }] };
      return (await send(`/logs/${logs[0]?.id}/batches`, own, JSON.stringify({ revision: 0, position: null, batch: given }))).status;
    };
    expect([await bring("timeout lunch"), await bring("sent")]).toEqual([400, 204]);
    expect(JSON.stringify(await json(served.get("/api/v1/peers")))).toContain("a\\\\x00\\\\u{202e}b");
    // Another agent's log is none of its business.
    const other = (await sourceOf("mx1")) as LogSource;
    expect((await send(`/logs/${other.id}/batches`, own, JSON.stringify({ revision: 0, position: null, batch: nothing }))).status).toBe(
      409,
    );
  });

  it("stops with a sentence when it is revoked, and its log may be taken off the list", async () => {
    const { agents: all } = await json<AgentList>(served.get("/api/v1/agents"));
    const { id } = all.find(({ name }) => name === "mx1") as { id: string };
    const [agent] = agents as [RunningAgent];
    expect((await served.send("DELETE", `/api/v1/agents/${id}`)).status).toBe(204);
    await appendFile(log(), stallingLog(Date.now(), 1));
    await expect.poll(() => agent.child.exitCode, { timeout: 30_000 }).toBe(3);
    expect(agent.stderr()).toContain("The agent 'mx1' was revoked on ");
    expect(await sourceOf("mx1")).toMatchObject({ state: "waiting", notice: "Its agent was revoked." });
    expect((await served.send("DELETE", `/api/v1/logs/sources/${(await sourceOf("mx1"))?.id}`)).status).toBe(204);
    // Its name is free again.
    expect((await invite("mx1")).agent.state).toBe("invited");
  });
});
