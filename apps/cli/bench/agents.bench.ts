/**
 * How soon a line of an agent's log is stored at the server: one agent with 5,000 lines a second, then twenty with 500 each; the real
 * commands, on loopback. Beside it: what server and agents take of a core.
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
import { type ServerProcess, signIn, startServerProcess } from "../../server/test/logs/server-process.ts";

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
  const server = await startServerProcess(join(folder, `server-${agents}`), {});
  const headers = { ...(await signIn(server)), "content-type": "application/json" };
  const running: ChildProcess[] = [];
  const logs = Array.from({ length: agents }, (_, index) => join(folder, `mail-${agents}-${index}.log`));
  try {
    for (const [index, log] of logs.entries()) {
      await writeFile(log, "");
      running.push(await startAgent(server, headers, { name: `agent-${index}`, log }));
    }
    await expectSources(server, headers, agents);
    let written = 0;
    const began = performance.now();
    const cpuBefore = cpuSeconds([process.pid, ...running.map(({ pid }) => pid)]);
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
      while ((await stored(server, headers)) < until) await setTimeout(5);
      waits.push(performance.now() - from);
    }
    clearInterval(writing);
    const cpu = cpuSeconds([process.pid, ...running.map(({ pid }) => pid)]) - cpuBefore;
    const sorted = waits.toSorted((a, b) => a - b);
    const at = (part: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN);
    const name = `${agents} × ${perSecond} lines/s`;
    console.log(`${name}: stored after ${at(0.5)} ms (median), ${at(0.95)} ms (95 %), ${at(1)} ms (longest) of ${waits.length} looks`);
    console.log(`${name}: agents and this writer take ${((100 * cpu) / SECONDS).toFixed(0)} % of a core`);
  } finally {
    for (const agent of running) agent.kill("SIGKILL");
    await server.kill("SIGTERM");
  }
}

async function startAgent(
  server: ServerProcess,
  headers: Record<string, string>,
  { name, log }: { name: string; log: string },
): Promise<ChildProcess> {
  const answer = await fetch(`${server.url}/api/v1/agents`, { method: "POST", headers, body: JSON.stringify({ name }) });
  const { token } = (await answer.json()) as AgentInvitation;
  const args = ["agent", "--server", server.url, "--token-file", "-", "--logs", log, "--data", join(folder, name + log.length)];
  const agent = spawn(process.execPath, [LAUNCHER, ...args], { stdio: ["pipe", "ignore", "pipe"] });
  agent.stdin?.end(token);
  let said = "";
  while (!said.includes("it follows")) {
    const [bytes] = (await once(agent.stderr as NodeJS.ReadableStream, "data")) as [Buffer];
    said += bytes;
  }
  return agent;
}

async function expectSources(server: ServerProcess, headers: Record<string, string>, count: number): Promise<void> {
  for (;;) {
    const { sources } = await sourcesOf(server, headers);
    if (sources.filter(({ state }) => state === "following").length === count) return;
    await setTimeout(100);
  }
}

async function stored(server: ServerProcess, headers: Record<string, string>): Promise<number> {
  return (await sourcesOf(server, headers)).sources.reduce((sum, { lines }) => sum + lines, 0);
}

async function sourcesOf(server: ServerProcess, headers: Record<string, string>): Promise<LogSourceList> {
  return (await (await fetch(`${server.url}/api/v1/logs/sources`, { headers })).json()) as LogSourceList;
}

/** Of these processes so far, from /proc. */
function cpuSeconds(pids: readonly (number | undefined)[]): number {
  return pids.reduce<number>((sum, pid) => {
    const [user = 0, system = 0] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ").slice(11, 13).map(Number) ?? [];
    return sum + (user + system) / HERTZ;
  }, 0);
}
