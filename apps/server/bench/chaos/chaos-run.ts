/**
 * Random acts of users while random troubles happen to their server, for a given time; then a calm part, in which its memory must stay
 * flat; then every promise is checked. What this machine cannot do, a file system of its own or another clock, is left out and named.
 */
import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { mailHostScript, seededRandom, startMailHost } from "@mxray/lab";
import { ChaosLedger } from "./chaos-ledger.ts";
import { ChaosServer } from "./chaos-server.ts";
import { ChaosTroubles } from "./chaos-troubles.ts";
import { ChaosUser } from "./chaos-user.ts";
import { judgeDeliveries, judgeServer, judgeStore } from "./chaos-verdict.ts";

export interface ChaosOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly onProgress?: (line: string) => void;
}

export interface ChaosFigures {
  readonly ledger: ChaosLedger;
  readonly starts: number;
  readonly longestStartMs: number;
  readonly refusedStarts: ReadonlyMap<string, number>;
  readonly lines: number;
  readonly messages: number;
  /** Of the calm part, MB: what lived in the heap at its begin and end, and the process at its end. */
  readonly memory: { readonly begin: number; readonly end: number; readonly resident: number };
  /** What this machine could not do. */
  readonly leftOut: readonly string[];
  /** What the server logged: errors. */
  readonly log: string;
}

const USERS = 3;
const DISK_MB = 64;
/** Of the whole time. */
const CALM_PART = 0.25;
const MOST_CALM_S = 300;
const MOST_GROWTH_MB = 20;
const MOST_RESIDENT_MB = 1000;
const PROGRESS_MS = 60_000;
const SAMPLES = 10;

export async function runChaos({ seconds, seed, onProgress }: ChaosOptions): Promise<ChaosFigures> {
  const random = seededRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), "mxray-chaos-"));
  const dataDir = join(folder, "data");
  mkdirSync(dataDir);
  const mayFill = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_MB}m,mode=700`, "tmpfs", dataDir]).status === 0;
  const clock = globSync("/usr/lib/*/faketime/libfaketime.so.1")[0];
  const clockFile = clock === undefined ? null : join(folder, "clock");
  if (clockFile !== null) writeFileSync(clockFile, "+0h");
  const logFile = join(folder, "server.log");
  const ledger = new ChaosLedger();
  const script = (name: string) => startMailHost(mailHostScript(name));
  await using healthy = await script("healthy");
  await using masked = await script("pix-6");
  await using refusing = await script("healthy");
  await refusing.stop();
  const hosts = [healthy, masked, refusing];
  const server = new ChaosServer({
    dataDir,
    logFile,
    processEnv:
      clock === undefined || clockFile === null
        ? {}
        : { LD_PRELOAD: clock, FAKETIME_TIMESTAMP_FILE: clockFile, FAKETIME_CACHE_DURATION: "1", FAKETIME_DONT_FAKE_MONOTONIC: "1" },
    env: {
      MXRAY_LOG: "error",
      MXRAY_ALLOW_TARGETS: "127.0.0.0/8",
      MXRAY_ALLOW_PORTS: hosts.map(({ port }) => port).join(","),
      MXRAY_PACE_SECONDS: "0",
      MXRAY_WATCH_MINUTES: "1",
      MXRAY_LOG_FOLDERS: folder,
    },
    onViolation: (what) => ledger.violate(what),
  });
  try {
    await server.start();
    const users = Array.from({ length: USERS }, (_, number) => {
      const log = join(folder, `mail-${number}.log`);
      writeFileSync(log, "");
      const targets = hosts.map(({ port }) => `127.0.0.1:${port}`);
      const numbersFrom = number * 10_000_000;
      return new ChaosUser({
        server,
        ledger,
        random: seededRandom(seed + number + 1),
        targets,
        watched: targets[number] ?? "",
        mailHost: targets[0] ?? "",
        log,
        numbersFrom,
      });
    });
    const calmS = Math.min(MOST_CALM_S, seconds * CALM_PART);
    const memory = await disturb({ server, ledger, users, random, dataDir, mayFill, clockFile, wildS: seconds - calmS, calmS, onProgress });
    await judgeServer(server, ledger);
    await server.end("SIGTERM");
    const lines = judgeStore(dataDir, ledger);
    const messages = judgeDeliveries(healthy, ledger);
    const { begin, end, resident } = memory;
    if (end - begin > MOST_GROWTH_MB) ledger.violate(`what lives in memory grew from ${begin.toFixed(0)} to ${end.toFixed(0)} MB`);
    if (resident > MOST_RESIDENT_MB) ledger.violate(`the process takes ${resident.toFixed(0)} MB`);
    const leftOut = [
      ...(mayFill ? [] : ["a full disk (a tmpfs cannot be mounted here)"]),
      ...(clock === undefined ? ["clock steps (Debian's package faketime is missing)"] : []),
    ];
    const { starts, longestStartMs, refusals } = server;
    return {
      ledger,
      starts,
      longestStartMs,
      refusedStarts: refusals,
      lines,
      messages,
      memory,
      leftOut,
      log: readFileSync(logFile, "utf8"),
    };
  } finally {
    await server.end("SIGKILL");
    if (mayFill) spawnSync("umount", ["-l", dataDir]);
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Disturbance {
  readonly server: ChaosServer;
  readonly ledger: ChaosLedger;
  readonly users: readonly ChaosUser[];
  readonly random: () => number;
  readonly dataDir: string;
  readonly mayFill: boolean;
  readonly clockFile: string | null;
  readonly wildS: number;
  readonly calmS: number;
  readonly onProgress: ChaosOptions["onProgress"];
}

/** @returns the memory of the calm part */
async function disturb({ users, random, wildS, calmS, onProgress, ...deps }: Disturbance): Promise<ChaosFigures["memory"]> {
  const { server, ledger } = deps;
  let over = false;
  const acting = users.map(async (user) => {
    while (!over) {
      await user.act();
      await sleep(random() * 300);
    }
  });
  const progress = setInterval(() => {
    const acts = [...ledger.acts.values()].reduce((sum, count) => sum + count, 0);
    onProgress?.(`${new Date().toISOString()} ${acts} acts and troubles, ${server.starts} starts, ${ledger.violations.length} violations`);
  }, PROGRESS_MS);
  const troubles = new ChaosTroubles({ ...deps, random });
  const wildUntil = performance.now() + wildS * 1000;
  while (performance.now() < wildUntil) {
    await sleep(500 + random() * 5000);
    await troubles.make();
  }
  // Compilers and caches have their size after a while.
  await sleep((calmS * 1000) / 2);
  const begin = await leastMemory(server);
  await sleep((calmS * 1000) / 2);
  const end = await leastMemory(server);
  over = true;
  clearInterval(progress);
  await Promise.all(acting);
  return { begin: begin.live, end: end.live, resident: end.resident };
}

/** Of several samples: without what comes and goes. */
async function leastMemory(server: ChaosServer): Promise<{ readonly live: number; readonly resident: number }> {
  const samples = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    samples.push(await server.memory());
    await sleep(500);
  }
  return { live: Math.min(...samples.map(({ live }) => live)), resident: Math.min(...samples.map(({ resident }) => resident)) };
}
