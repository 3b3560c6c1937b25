/**
 * What watched targets cost besides their probes: `--targets=N` (1000), a round of each every 15 minutes, done in `--seconds=N` (60)
 * with probes that take no time. Prints the share of one core that this is at 15 minutes. `--days=N` writes the rounds of N days of
 * `--targets=N` (20) instead, one in `--changed=N` (500) of which changes something, and prints the bytes on disk.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Vantage } from "@mxray/contracts";
import { diagnoseHosts, verdictOf } from "@mxray/diagnosis";
import type { ProbeRunner } from "@mxray/probe";
import { openStore, type Store } from "@mxray/store";
import { host, outbound, path, probe, rung } from "../../../packages/diagnosis/test/observation.ts";
import { LiveFeed } from "../src/live-feed.ts";
import { FINDINGS_PACE } from "../src/logs/findings/log-findings.ts";
import { roundFacts } from "../src/watching/round-facts.ts";
import { startTestServer } from "../test/test-server.ts";

const option = (name: string, otherwise: number) => Number(new RegExp(`--${name}=(\\d+)`).exec(process.argv.join(" "))?.[1] ?? otherwise);
const days = option("days", 0);
const targets = option("targets", days > 0 ? 20 : 1000);
const seconds = option("seconds", 60);
const MINUTES = 15;
const MOST_SHARE = 0.05;

/** As large as that of an ordinary mail host. */
const observed = (name: string, vantage: Vantage, mtu = 1500) =>
  probe(
    [
      host({
        name,
        address: "198.51.100.25",
        path: path({ outbound: outbound({ mtu, rungs: Array.from({ length: 40 }, (_, index) => rung(600 + index * 20)) }) }),
        transcript: Array.from({ length: 60 }, (_, index) => ({ at: index, dir: ">", text: `NOOP ${"x".repeat(80)}`, connection: 1 })),
      }),
    ],
    { target: name, vantage, startedAt: new Date().toISOString() },
  );
const runProbe: ProbeRunner = async ({ target, vantage }) => observed(target.input, vantage);

/** @returns rounds written */
async function writeDays(store: Store): Promise<number> {
  const changed = option("changed", 500);
  const rounds = (days * 1440) / MINUTES;
  const begin = Date.now() - days * 86_400_000;
  for (let index = 0; index < targets; index += 1) {
    const target = `d${index}.example.com`;
    const request = { target, dataLadder: false };
    const at = new Date(begin).toISOString();
    const watchId = (await store.watches.put({ target, request, createdAt: at, dueAt: at }, targets + 1))?.id ?? "";
    for (let round = 0; round < rounds; round += 1) {
      const finishedAt = new Date(begin + round * MINUTES * 60_000).toISOString();
      const observation = observed(
        target,
        { name: "local", host: "here", version: "0" },
        (index * rounds + round) % changed === 0 ? 1492 : 1500,
      );
      const { id } = await store.probes.create({ target, request, createdAt: finishedAt, previousId: null, watchId });
      const findings = diagnoseHosts(observation);
      await store.probes.finish(id, {
        ...{ status: "done", finishedAt, observation, findings: [], fixed: [], verdict: verdictOf(findings), error: null },
        round: roundFacts(observation, findings),
      });
    }
    await store.watches.tidy(watchId, { keep: 100, before: at });
  }
  return targets * rounds;
}

const folder = await mkdtemp(join(tmpdir(), "mxray-rounds-"));
try {
  const store = await openStore({ path: join(folder, "mxray.sqlite") });
  if (days > 0) {
    const rounds = await writeDays(store);
    const { storeBytes } = await store.metrics.facts({ watched: 0 });
    const memory = process.memoryUsage.rss() / 2 ** 20;
    console.log(
      `${days} days of ${targets} targets every ${MINUTES} minutes: ${rounds} rounds, ${(storeBytes / rounds).toFixed(0)} bytes each`,
    );
    console.log(
      `1,000 targets: ${((storeBytes / targets / 2 ** 20) * 1000).toFixed(0)} MiB on disk; this process has ${memory.toFixed(0)} MiB`,
    );
    await store.close();
    process.exit();
  }
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
  const findingsPace = FINDINGS_PACE;
  const server = await startTestServer({
    store,
    feed,
    runProbe,
    findingsPace,
    minuteMs: (seconds * 1000) / MINUTES,
    env: { MXRAY_PACE_SECONDS: "0" },
  });
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
