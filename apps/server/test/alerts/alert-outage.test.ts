/** Channels that are dead for an hour while the server is killed: afterwards each has each alert once, counted by its id. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ChannelRequest } from "@mxray/contracts";
import { openStore } from "@mxray/store";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { AlertingOptions, AlertingOrder } from "./alerting-child.ts";
import { freePort, type HttpReceiver, hasSmtpSink, type MailSink, startHttpReceiver, startMailSink } from "./receivers.ts";

const CHILD = fileURLToPath(new URL("alerting-child.ts", import.meta.url));
const MINUTE_MS = 60_000;
/** In a user namespace, smtp-sink cannot change its user. */
const hasMail = hasSmtpSink() && process.getuid?.() === 0;

let dataDir = "";
/** Of the children's clock. */
let ahead = 0;
let receiver: HttpReceiver;
let mailPort = 0;
let child: ChildProcess;
beforeEach(async () => {
  ahead = 0;
  dataDir = await mkdtemp(join(tmpdir(), "mxray-alerts-"));
  receiver = await startHttpReceiver();
  mailPort = await freePort();
});
afterEach(async () => {
  await kill();
  await receiver[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
});

function channels(): ChannelRequest[] {
  const mail: ChannelRequest = {
    name: "mail",
    kind: "email",
    url: `smtp://127.0.0.1:${mailPort}`,
    from: "mxray@example.test",
    to: ["noc@example.test"],
  };
  return [
    { name: "noc", kind: "webhook", url: `${receiver.url}/webhook` },
    { name: "v4", kind: "webhook-v4", url: `${receiver.url}/v4` },
    { name: "ntfy", kind: "ntfy", url: `${receiver.url}/ntfy` },
    ...(hasMail ? [mail] : []),
  ];
}

async function start(first = false): Promise<void> {
  const options: AlertingOptions = { dataDir, channels: first ? channels() : [], monitor: null, ahead };
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
  const { alerts: list } = await store.alerts.list({ limit: 50 });
  await store.close();
  return list.map(({ id, channel, event, state, attempts }) => ({ id, channel: channel.name, event, state, attempts })).toReversed();
}

/** Ids of the alerts that each channel has taken, in order. */
async function received(sink?: MailSink): Promise<Record<string, string[]>> {
  const at = (path: string) =>
    receiver.posts.filter((post) => post.path === path).map(({ headers }) => String(headers["x-mxray-alert-id"]));
  const messages = ((await sink?.messages()) ?? []).map((message) => /^X-Mxray-Alert-Id: (\S+)/im.exec(message)?.[1] ?? message);
  return { noc: at("/webhook"), v4: at("/v4"), ntfy: at("/ntfy"), ...(sink === undefined ? {} : { mail: messages }) };
}

it("channels that were dead get each alert once when they are back, although the server was killed in between", {
  timeout: 180_000,
}, async () => {
  receiver.dead = true;
  await start(true);
  const http = 3;
  const first = await probe(true);
  await until(() => receiver.refused >= http);
  await kill();
  await start();
  for (let passed = 0; passed < 60; passed += 20) {
    const before = receiver.refused;
    order({ kind: "clock", ms: 20 * MINUTE_MS });
    await until(() => receiver.refused >= before + http);
  }
  await kill();
  expect(receiver.posts).toEqual([]);
  receiver.dead = false;
  const sink = hasMail ? await startMailSink(mailPort) : undefined;
  await start();
  const each = async (count: number) => Object.values(await received(sink)).every(({ length }) => length >= count);
  await until(() => each(1));
  await probe(false, first);
  await until(() => each(2));
  await until(async () => (await alerts()).every(({ state }) => state === "delivered"));
  const written = await alerts();
  for (const [channel, ids] of Object.entries(await received(sink))) {
    const own = written.filter((alert) => alert.channel === channel);
    expect(own.map(({ event }) => event)).toEqual(["opened", "fixed"]);
    expect(ids.toSorted(), channel).toEqual(own.map(({ id }) => id).toSorted());
    expect(own[0]?.attempts, channel).toBeGreaterThan(3);
    expect(own[1]?.attempts, channel).toBe(1);
  }
  await sink?.[Symbol.asyncDispose]();
});

it("an alert whose answer was lost with the server is sent again under the same id", { timeout: 120_000 }, async () => {
  const taken = async () => (await received()).noc ?? [];
  receiver.answer = () => undefined;
  await start(true);
  await probe(true);
  await until(async () => (await taken()).length === 1);
  await kill();
  receiver.answer = (_, response) => response.end("ok");
  await start();
  await until(async () => (await taken()).length === 2);
  const [one, other] = await taken();
  expect(other).toBe(one);
});
