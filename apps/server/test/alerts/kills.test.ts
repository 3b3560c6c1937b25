/**
 * A server that is killed again and again while it alerts, is backed up and has its settings changed: the store stays whole, what
 * was acknowledged stays, and each alert arrives. `MXRAY_KILLS` sets how often it is killed (3).
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { backupStore } from "@mxray/store";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { AlertingOptions, AlertingOrder, AlertingReport } from "./alerting-child.ts";
import { type HttpReceiver, startHttpReceiver } from "./receivers.ts";

const CHILD = fileURLToPath(new URL("alerting-child.ts", import.meta.url));
const KILLS = Number(process.env.MXRAY_KILLS ?? 3);
const CHANNELS = ["one", "two"];
const GROUP_MS = 4000;

let folder = "";
let receiver: HttpReceiver;
let server: Server;
/** Milliseconds, of the servers' clock. */
let ahead = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-kills-"));
  receiver = await startHttpReceiver();
});
afterEach(async () => {
  await server.kill();
  await receiver[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const file = () => join(folder, "mxray.sqlite");

class Server {
  readonly #child: ChildProcess;
  /** The last setting that it acknowledged. */
  saved = 0;
  readonly #probes: (string | null)[] = [];

  constructor(first: boolean) {
    const channels = CHANNELS.map((name) => ({ name, kind: "webhook" as const, url: `${receiver.url}/${name}` }));
    const options: AlertingOptions = { dataDir: folder, channels: first ? channels : [], monitor: null, ahead };
    this.#child = fork(CHILD, [JSON.stringify(options)]);
    this.#child.on("message", (report: AlertingReport) => {
      if ("saved" in report) this.saved = report.saved;
      if ("id" in report) this.#probes.push(report.id);
    });
  }

  /** A fault appears and is fixed, again and again. */
  async alert(): Promise<void> {
    while (!this.ended) {
      const shown = await this.probe(true, null);
      await this.pass();
      while (!this.ended && (await this.probe(false, shown)) === null) await sleep(50);
      await this.pass();
    }
  }

  /** Changes of one cause are waited for: the clock moves, so that the test need not wait. */
  async pass(): Promise<void> {
    await sleep(100);
    this.order({ kind: "clock", ms: GROUP_MS });
    ahead += GROUP_MS;
    await sleep(200 + Math.random() * 200);
  }

  async ready(): Promise<void> {
    await once(this.#child, "message");
  }

  order(one: AlertingOrder): void {
    if (this.#child.connected) this.#child.send(one, () => undefined);
  }

  /** @returns its id; null where the server ended first, or had nothing to check yet */
  async probe(faulty: boolean, checks: string | null): Promise<string | null> {
    const before = this.#probes.length;
    this.order({ kind: "probe", faulty, checks });
    while (this.#probes.length === before) {
      if (this.ended) return null;
      await sleep(10);
    }
    return this.#probes.at(-1) ?? null;
  }

  async kill(): Promise<void> {
    if (this.ended) return;
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }

  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}

function read<T>(from: string, query: string): T[] {
  const database = new DatabaseSync(from, { readOnly: true });
  try {
    return database.prepare(query).all() as T[];
  } finally {
    database.close();
  }
}

function integrityOf(from: string): unknown {
  return read<{ integrity_check: unknown }>(from, "pragma integrity_check")[0]?.integrity_check;
}

function daysOf(from: string): number {
  return Number(read<{ value: string }>(from, "select value from setting where name = 'probeDays'")[0]?.value ?? 0);
}

it(`keeps what it acknowledged, alerts and stays whole through ${KILLS} kills`, { timeout: 60_000 + KILLS * 30_000 }, async () => {
  let days = 400;
  let acknowledged = 0;
  let backups = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    server = new Server(kill === 0);
    await server.ready();
    const copy = join(folder, `copy-${kill}.sqlite`);
    const copied = backupStore(file(), copy).then(
      () => true,
      () => false,
    );
    const working = server.alert();
    const end = performance.now() + 50 + Math.random() * 2000;
    while (performance.now() < end) {
      days += 1;
      server.order({ kind: "setting", days });
      await sleep(20);
    }
    await server.kill();
    await working;
    acknowledged = Math.max(acknowledged, server.saved);
    expect(integrityOf(file()), `after kill ${kill + 1}`).toBe("ok");
    expect(daysOf(file())).toBeGreaterThanOrEqual(acknowledged);
    if (!(await copied)) continue;
    backups += 1;
    expect(integrityOf(copy)).toBe("ok");
    expect(daysOf(copy)).toBeLessThanOrEqual(days);
  }
  expect(acknowledged).toBeGreaterThan(400);
  expect(backups).toBeGreaterThan(0);
  expect((await readdir(folder)).filter((name) => name.endsWith(".part"))).toEqual([]);

  server = new Server(false);
  await server.ready();
  // Nothing is left open, and nothing is left to send.
  const shown = await server.probe(true, null);
  await server.pass();
  while ((await server.probe(false, shown)) === null) await sleep(50);
  const unsent = () => alerts().filter(({ state }) => state === "waiting" || state === "sending");
  while (read(file(), "select 1 from finding where state <> 'fixed'").length > 0 || unsent().length > 0) await server.pass();
  await server.kill();

  for (const name of CHANNELS) {
    const posts = receiver.posts.filter(({ path }) => path === `/${name}`).map(({ body }) => JSON.parse(body));
    const first = posts.filter(({ id }, index) => posts.findIndex((post) => post.id === id) === index);
    const delivered = alerts().filter((alert) => alert.name === name && alert.state === "delivered");
    expect(first.map(({ id }) => id).toSorted(), "each once by its id").toEqual(delivered.map(({ id }) => id).toSorted());
    expect(first.length).toBeGreaterThan(0);
    expect(first.map(({ event }) => event)).toEqual(first.map((_, index) => (index % 2 === 0 ? "opened" : "fixed")));
    // Repeated only where the answer was lost with the server.
    expect(posts.length - first.length).toBeLessThanOrEqual(KILLS);
    console.log(`${name}: ${first.length} alerts, ${posts.length - first.length} repeated; ${backups} of ${KILLS} backups finished`);
  }
});

function alerts() {
  return read<{ id: string; state: string; name: string }>(
    file(),
    "select alert.id, state, name from alert join channel on channel.id = channel_id order by number",
  );
}
