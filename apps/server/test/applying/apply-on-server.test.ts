/** `mxray apply --server`: the same file on a running server, by a token of scope `config`. */

import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TokenScope } from "@mxray/contracts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { apply, exported } from "../../src/applying/apply.ts";
import { tokenFor } from "../people.ts";
import { LOOPBACK, startTestServer, type TestServer } from "../test-server.ts";

const TEXT = `
agents:
  - { name: mx1.example.org }
monitors:
  - { target: 127.0.0.1, vantages: [local, mx1.example.org], every: 30m, tags: [partner] }
windows:
  - { name: patch day, tags: [partner], cron: "0 2 * * 2", for: 2h }
channels:
  - { name: noc, kind: webhook, url: "https://hooks.example.test/x", secret: "\${NOC_SECRET}" }
  - { name: chat, kind: slack, url: "\${CHAT_URL}" }
`;
const ENV = { NOC_SECRET: "s3cret", CHAT_URL: "https://hooks.slack.example/services/T0/B0/key" };

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-apply-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function accessTo(server: TestServer, scope: TokenScope) {
  const { headers } = await tokenFor(server, [scope]);
  return { url: await server.app.listen({ port: 0, host: "127.0.0.1" }), token: headers.authorization.slice("Bearer ".length) };
}

async function run(text: string, server: { readonly url: string; readonly token: string }, dryRun = false) {
  const file = join(folder, "monitors.yaml");
  await writeFile(file, text);
  return await apply({ env: ENV, file, dryRun, server });
}

it("makes what the file names, once, records who did it, and exports a file that changes nothing", async () => {
  await using server = await startTestServer();
  const access = await accessTo(server, "config");
  const made = [
    "agent mx1.example.org: made",
    "monitor 127.0.0.1: made",
    "monitor 127.0.0.1 from mx1.example.org: made",
    "window patch day: made",
    "channel noc: made",
    "channel chat: made",
  ];
  expect(await run(TEXT, access, true)).toEqual(made);
  expect(await server.store.watches.list()).toEqual([]);
  expect(await run(TEXT, access)).toEqual(made);
  expect(await run(TEXT, access)).toEqual([]);
  const acts = await server.store.audit.list({ limit: 10 });
  expect(acts.filter(({ actor }) => actor.name === "for config").map(({ action, object }) => [action, object.name])).toEqual([
    ["channel.created", "chat"],
    ["channel.created", "noc"],
    ["maintenance.changed", "patch day"],
    ["watch.changed", "127.0.0.1 from mx1.example.org"],
    ["watch.changed", "127.0.0.1"],
    ["agent.created", "mx1.example.org"],
  ]);
  const text = await exported({ env: {}, server: access });
  for (const secret of [ENV.NOC_SECRET, ENV.CHAT_URL]) expect(text).not.toContain(secret);
  expect(await run(text, access)).toEqual([]);
});

it("refuses a file whole, with every fault, and what the server's policy forbids", async () => {
  await using server = await startTestServer({ env: { ...LOOPBACK, MXRAY_MOST_MONITORS: "1" } });
  const access = await accessTo(server, "config");
  const faulty = `monitors: [ { target: 10.0.0.1 }, { target: 127.0.0.1 }, { target: 127.0.0.2, every: 9000d } ]
windows: [ { name: w, tags: [a], for: 1h } ]`;
  const failure = await run(faulty, access).catch((error: Error) => error);
  expect(failure).toMatchObject({ kind: "usage", message: expect.stringContaining("10.0.0.1") });
  for (const why of ["at most 1 may be", "at most 7d", "either a time"]) expect(String(failure)).toContain(why);
  expect(await server.store.watches.list()).toEqual([]);
});

it("sends no kept secret to another host", async () => {
  await using server = await startTestServer();
  const access = await accessTo(server, "config");
  await run(TEXT, access);
  const moved = 'channels: [ { name: noc, kind: webhook, url: "https://evil.example.test/x" } ]';
  await expect(run(moved, access)).rejects.toThrow("'noc' leads to another host");
  await expect(run(moved.replace("https://evil.example.test", "http://hooks.example.test"), access)).rejects.toThrow("another host");
  expect((await server.store.channels.list()).map(({ url }) => url)).toContain("https://hooks.example.test/x");
});

it.each([
  ["read", "This API token lacks the scope 'config'; an admin can make another one."],
  [null, "This server does not know this API token; an admin makes one in the settings."],
] as const)("of a token with the scope %s, it prints the server's sentence", async (scope, sentence) => {
  await using server = await startTestServer();
  const access = await accessTo(server, scope ?? "config");
  const asked = { ...access, ...(scope === null ? { token: "mxray_wrong" } : {}) };
  for (const ask of [() => run(TEXT, asked), () => exported({ env: {}, server: asked })]) {
    await expect(ask()).rejects.toMatchObject({ kind: "cannot-run", message: sentence });
  }
});

it.each<[string, RequestListener, string]>([
  ["answers a page", (_, answer) => answer.end("<!doctype html>"), "does not answer as mxray does"],
  ["redirects", (_, answer) => answer.writeHead(302, { location: "http://127.0.0.1:1/" }).end(), "redirects to http://127.0.0.1:1/"],
  ["answers control characters", (_, answer) => answer.end('{"changes":["a\\u001b[31m"]}'), ""],
  ["ends the connection", (request) => request.socket.destroy(), "cannot be reached"],
])("of a host that %s, it says so in one sentence", async (_what, listener, sentence) => {
  const tokens: unknown[] = [];
  const other = createServer((request, answer) => {
    tokens.push(request.headers.authorization);
    listener(request, answer);
  }).listen(0, "127.0.0.1");
  await once(other, "listening");
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const result = await run(TEXT, { url, token: "t" }).catch((error: Error) => error.message);
  other.close();
  expect(String(result)).toContain(sentence);
  expect(String(result)).not.toContain("\u001b");
  expect(tokens).toEqual(["Bearer t"]);
});

it("of a server that is not there, and of what is no address, it says so", async () => {
  const gone = createServer().listen(0, "127.0.0.1");
  await once(gone, "listening");
  const { port } = gone.address() as AddressInfo;
  await once(gone.close(), "close");
  const refused = { kind: "cannot-run", message: expect.stringContaining("ECONNREFUSED") };
  await expect(run(TEXT, { url: `http://127.0.0.1:${port}`, token: "t" })).rejects.toMatchObject(refused);
  const wrong = { kind: "usage", message: expect.stringContaining("https:") };
  await expect(run(TEXT, { url: "mxray.example.com", token: "t" })).rejects.toMatchObject(wrong);
});
