/**
 * What watched targets cost besides their probes: `--targets=N` (1000), a round of each every 15 minutes, done in `--seconds=N` (60)
 * with probes that take no time. Prints the share of one core that this is at 15 minutes.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProbeRunner } from "@mxray/probe";
import { openStore } from "@mxray/store";
import { host, probe } from "../../../packages/diagnosis/test/observation.ts";
import { LiveFeed } from "../src/live-feed.ts";
import { startTestServer } from "../test/test-server.ts";

const option = (name: string, otherwise: number) => Number(new RegExp(`--${name}=(\\d+)`).exec(process.argv.join(" "))?.[1] ?? otherwise);
const targets = option("targets", 1000);
const seconds = option("seconds", 60);
const MINUTES = 15;
const MOST_SHARE = 0.05;

const runProbe: ProbeRunner = async ({ target, vantage }) =>
  probe([host({ name: target.input, address: "198.51.100.25" })], { target: target.input, vantage, startedAt: new Date().toISOString() });
const folder = await mkdtemp(join(tmpdir(), "mxray-rounds-"));
try {
  const store = await openStore({ path: join(folder, "mxray.sqlite") });
  const at = new Date().toISOString();
  for (let index = 0; index < targets; index += 1) {
    const target = `d${index}.example.com`;
    const dueAt = new Date(Date.now() + (index / targets) * seconds * 1000).toISOString();
    await store.watches.put({ target, request: { target, dataLadder: false }, createdAt: at, dueAt }, targets + 1);
  }
  const feed = new LiveFeed();
  let ended = 0;
  feed.listen((event) => {
    if (event.type === "probe" && event.probe.status === "done") ended += 1;
  }, new AbortController().signal);
  const server = await startTestServer({ store, feed, runProbe, minuteMs: (seconds * 1000) / MINUTES, env: { MXRAY_PACE_SECONDS: "0" } });
  await sleep(5000);
  ended = 0;
  const before = process.cpuUsage();
  await sleep(seconds * 1000);
  const { user, system } = process.cpuUsage(before);
  const perRound = (user + system) / 1e6 / ended;
  const share = (perRound * targets) / (MINUTES * 60);
  console.log(`${ended} rounds of ${targets} targets in ${seconds} s: ${(perRound * 1000).toFixed(1)} ms of processor time each`);
  console.log(`${targets} targets every ${MINUTES} minutes: ${(share * 100).toFixed(2)} % of one core; at most ${MOST_SHARE * 100} %`);
  process.exitCode = ended > 0 && share <= MOST_SHARE ? 0 : 1;
  await server[Symbol.asyncDispose]();
  await store.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit();
