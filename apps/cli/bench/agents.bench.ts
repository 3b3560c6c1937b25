/**
 * How soon a line of an agent's log is stored at the server: one agent with 5,000 lines a second, then twenty with 500 each; the real
 * commands, on loopback. Beside it: what the server, and what the agents, take of a core.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { AgentInvitation, LogSourceList } from "@mxray/contracts";
import { writeRealisticLog } from "../../../packages/maillog/bench/realistic-log.ts";
import { type Served, startServed } from "../test/served.ts";

const LAUNCHER = fileURLToPath(new URL("../bin/mxray.js", import.meta.url));
const TICK_MS = 20;
const SECONDS = 20;
const HERTZ = 100;

const folder = await mkdtemp(join(tmpdir(), "mxray-agents-"));
try {
  const lines = await realisticLines(join(folder, "realistic.log"));
  await measure(lines, { agents: 1, perSecond: 5000 });
  await measure(lines, { agents: 20, perSecond: 500 });
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Without their times: those of today take their place. */
async function realisticLines(path: string): Promise<string[]> {
  writeRealisticLog(path, 100_000);
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => line.slice(16));
}

async function measure(lines: readonly string[], { agents, perSecond }: { agents: number; perSecond: number }): Promise<void> {
  const data = join(folder, `server-${agents}`);
  const server = await startServed(data);
  // Its launcher may have handed over to another Node.
  const { pid } = JSON.parse(readFileSync(join(data, "running.json"), "utf8")) as { pid: number };
  const running: ChildProcess[] = [];
  const logs = Array.from({ length: agents }, (_, index) => join(folder, `mail-${agents}-${index}.log`));
  try {
    for (const [index, log] of logs.entries()) {
      await writeFile(log, "");
      running.push(await startAgent(server, { name: `agent-${index}`, log }));
    }
    await expectSources(server, agents);
    let written = 0;
    const began = performance.now();
    const before = cpuSeconds(pid, running);
    const write = () => {
      const due = Math.floor(((performance.now() - began) / 1000) * perSecond) - written;
      const stamp = new Date().toISOString();
      const text = Array.from({ length: due }, (_, index) => `${stamp} ${lines[(written + index) % lines.length]}\n`).join("");
      for (const log of logs) appendFileSync(log, text);
      written += due;
    };
    const writing = setInterval(write, TICK_MS);
    const waits: number[] = [];
    while (performance.now() - began < SECONDS * 1000) {
      await setTimeout(400);
      const [from, until] = [performance.now(), written * agents];
      while ((await stored(server)) < until) await setTimeout(5);
      waits.push(performance.now() - from);
    }
    clearInterval(writing);
    const after = cpuSeconds(pid, running);
    const share = (part: "server" | "agents") => `${((100 * (after[part] - before[part])) / SECONDS).toFixed(0)} %`;
    const sorted = waits.toSorted((a, b) => a - b);
    const at = (part: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN);
    const name = `${agents} × ${perSecond} lines/s`;
    console.log(`${name}: stored after ${at(0.5)} ms (median), ${at(0.95)} ms (95 %), ${at(1)} ms (longest) of ${waits.length} looks`);
    console.log(`${name}: the server takes ${share("server")} of a core, all agents together ${share("agents")}`);
  } finally {
    for (const agent of running) agent.kill("SIGKILL");
    await server.end("SIGTERM");
  }
}

async function startAgent(server: Served, { name, log }: { name: string; log: string }): Promise<ChildProcess> {
  const { token } = (await (await server.send("POST", "/api/v1/agents", { name })).json()) as AgentInvitation;
  const args = ["agent", "--server", server.url, "--token-file", "-", "--logs", log, "--data", join(folder, name + log.length)];
  const agent = spawn(process.execPath, [LAUNCHER, ...args], { stdio: ["pipe", "ignore", "pipe"] });
  agent.stdin?.end(token);
  let said = "";
  while (!said.includes("it follows")) {
    const [bytes] = (await Promise.race([once(agent.stderr as NodeJS.ReadableStream, "data"), once(agent, "close")])) as [Buffer];
    if (!Buffer.isBuffer(bytes)) throw new Error(`The agent ended: ${said}`);
    said += bytes;
  }
  return agent;
}

async function expectSources(server: Served, count: number): Promise<void> {
  for (;;) {
    const { sources } = await sourcesOf(server);
    if (sources.filter(({ state }) => state === "following").length === count) return;
    await setTimeout(100);
  }
}

async function stored(server: Served): Promise<number> {
  return (await sourcesOf(server)).sources.reduce((sum, { lines }) => sum + lines, 0);
}

async function sourcesOf(server: Served): Promise<LogSourceList> {
  return (await (await server.get("/api/v1/logs/sources")).json()) as LogSourceList;
}

/** So far, from /proc. */
function cpuSeconds(server: number, agents: readonly ChildProcess[]): { readonly server: number; readonly agents: number } {
  const of = (pid: number | undefined) => {
    const [user = 0, system = 0] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ").slice(11, 13).map(Number) ?? [];
    return (user + system) / HERTZ;
  };
  return { server: of(server), agents: agents.reduce((sum, { pid }) => sum + of(pid), 0) };
}
