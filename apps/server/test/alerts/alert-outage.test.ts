/** A channel that is dead for an hour while the server is killed: afterwards it has each alert once. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openStore } from "@mxray/store";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { AlertingOptions, AlertingOrder } from "./alerting-child.ts";
import { type HttpReceiver, startHttpReceiver } from "./receivers.ts";

const CHILD = fileURLToPath(new URL("alerting-child.ts", import.meta.url));
const MINUTE_MS = 60_000;

let dataDir = "";
/** Of the children's clock. */
let ahead = 0;
let receiver: HttpReceiver;
let child: ChildProcess;
beforeEach(async () => {
  ahead = 0;
  dataDir = await mkdtemp(join(tmpdir(), "mxray-alerts-"));
  receiver = await startHttpReceiver();
});
afterEach(async () => {
  await kill();
  await receiver[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const options: AlertingOptions = { dataDir, channels: [{ name: "noc", kind: "webhook", url: receiver.url }], monitor: null, ahead };
  child = fork(CHILD, [JSON.stringify(options)]);
  await once(child, "message");
}

async function kill(): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function probe(faulty: boolean, checks: string | null = null): Promise<string> {
  order({ kind: "probe", faulty, checks });
  const [{ id }] = (await once(child, "message")) as [{ id: string }];
  return id;
}

function order(one: AlertingOrder): void {
  child.send(one);
  if (one.kind === "clock") ahead += one.ms;
}

/** Times out with the test. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** As another process reads it. */
async function alerts() {
  const store = await openStore({ path: join(dataDir, "mxray.sqlite") });
  const { alerts: list } = await store.alerts.list({ limit: 9 });
  await store.close();
  return list.map(({ event, state, attempts }) => ({ event, state, attempts })).toReversed();
}

const received = () =>
  receiver.posts.map(({ body }) => {
    const { id, event, finding } = JSON.parse(body);
    return { id, event, code: finding.code };
  });

it("a channel that was dead gets each alert once when it is back, although the server was killed in between", {
  timeout: 180_000,
}, async () => {
  receiver.dead = true;
  await start();
  const first = await probe(true);
  await until(() => receiver.refused > 0);
  await kill();
  await start();
  for (let passed = 0; passed < 60; passed += 20) {
    const before = receiver.refused;
    order({ kind: "clock", ms: 20 * MINUTE_MS });
    await until(() => receiver.refused > before);
  }
  await kill();
  expect(received()).toEqual([]);
  receiver.dead = false;
  await start();
  await until(() => receiver.posts.length > 0);
  await probe(false, first);
  await until(() => receiver.posts.length > 1);
  expect(received()).toMatchObject([
    { event: "opened", code: "pmtu-black-hole" },
    { event: "fixed", code: "pmtu-black-hole" },
  ]);
  await until(async () => (await alerts()).every(({ state }) => state === "delivered"));
  const [opened, fixed] = await alerts();
  expect(opened?.attempts).toBeGreaterThan(4);
  expect(fixed).toEqual({ event: "fixed", state: "delivered", attempts: 1 });
});

it("an alert whose answer was lost with the server is sent again under the same id", { timeout: 120_000 }, async () => {
  receiver.answer = () => undefined;
  await start();
  await probe(true);
  await until(() => receiver.posts.length === 1);
  await kill();
  receiver.answer = (_, response) => response.end("ok");
  await start();
  await until(() => receiver.posts.length === 2);
  const [one, other] = received();
  expect(other).toEqual(one);
});
