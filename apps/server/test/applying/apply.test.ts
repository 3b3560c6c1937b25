/** `mxray apply`: what a file says is made once; what it cannot say is refused whole. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "@mxray/store";
import { afterEach, beforeEach, expect, it } from "vitest";
import { apply } from "../../src/applying/apply.ts";
import { exportText } from "../../src/applying/export.ts";

const TEXT = `
monitors:
  - { target: Example.test., every: 30m, vantages: [local], tags: [partner], paused: false }
  - target: mx1.example.net:25
windows:
  - { name: patch day, tags: [partner], cron: "0 2 * * 2", for: 2h }
  - { name: move, targets: [example.test], at: "2026-03-01T10:00:00+01:00", for: 90m }
channels:
  - { name: noc, kind: webhook, url: "https://hooks.example.test/x", secret: "\${NOC_SECRET}", severities: [critical] }
`;

let dataDir = "";
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "mxray-apply-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

async function run(text: string, { dryRun = false, secret = "s3cret" } = {}) {
  const file = join(dataDir, "monitors.yaml");
  await writeFile(file, text);
  return await apply({ env: { NOC_SECRET: secret }, file, dryRun, dataDir });
}

async function kept() {
  const store = await openStore({ path: join(dataDir, "mxray.sqlite") });
  const [monitors, windows, channels] = [await store.watches.list(), await store.maintenance.list(), await store.channels.list()];
  const text = await exportText(store);
  await store.close();
  return { monitors, windows, channels, text };
}

it("makes what the file names, and nothing the second time; its export changes nothing either", async () => {
  const first = await run(TEXT, { dryRun: true });
  expect((await kept()).monitors).toEqual([]);
  expect(await run(TEXT)).toEqual(first);
  expect(first).toEqual([
    "monitor example.test: made",
    "monitor mx1.example.net:25: made",
    "window patch day: made",
    "window move: made",
    "channel noc: made",
  ]);
  expect(await run(TEXT)).toEqual([]);
  const { monitors, windows, channels, text } = await kept();
  expect(monitors).toMatchObject([
    { target: "example.test", everyMinutes: 30, tags: ["partner"] },
    { everyMinutes: null, tags: [] },
  ]);
  expect(windows).toMatchObject([
    { name: "move", beginsAt: "2026-03-01T09:00:00.000Z", minutes: 90 },
    { name: "patch day", minutes: 120 },
  ]);
  expect(channels).toMatchObject([{ secret: "s3cret", severities: ["critical"] }]);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as the file names it
  expect(text).toContain("${NOC_SECRET}");
  expect(text).not.toContain("s3cret");
  expect(await run(text)).toEqual([]);
});

it("monitors a target from the vantages that the file names, and from no other; targets that it does not name stay", async () => {
  const monitors = (...lines: string[]) => `monitors:\n${lines.map((line) => `  - { ${line} }`).join("\n")}`;
  expect(await run("agents: [{ name: mx1 }, { name: mx2 }, { name: mx3 }]")).toEqual([
    "agent mx1: made",
    "agent mx2: made",
    "agent mx3: made",
  ]);
  await run(monitors("target: a.test, vantages: [local, mx1], every: 15m", "target: b.test, vantages: [mx2]"));
  expect((await kept()).monitors).toMatchObject([
    { target: "a.test", vantage: "local", request: { target: "a.test" }, everyMinutes: 15 },
    { target: "a.test", vantage: "mx1", request: { target: "a.test", vantage: "mx1" }, everyMinutes: 15 },
    { target: "b.test", vantage: "mx2" },
  ]);
  expect(await run((await kept()).text)).toEqual([]);
  expect(await run(monitors("target: a.test, vantages: [mx1], every: 15m", "target: a.test, vantages: [mx3]"))).toEqual([
    "monitor a.test: ended",
    "monitor a.test from mx3: made",
  ]);
  expect((await kept()).monitors.map(({ target, vantage }) => `${target} ${vantage}`)).toEqual(["a.test mx1", "a.test mx3", "b.test mx2"]);
  await expect(run(monitors("target: a.test, vantages: [mx1]", "target: a.test, vantages: [mx1], paused: true"))).rejects.toThrow(
    "The monitor 'a.test from mx1' is named twice.",
  );
  await expect(run("agents: [{ name: lab }]\nmonitors: [{ target: a.test, vantages: [moon] }]")).rejects.toThrow(
    /^'lab' is a vantage of the server itself; .*\na.test cannot be monitored from 'moon': there is no agent of this name\./,
  );
  await expect(run(monitors("target: 'a b', vantages: [mx1, mx2]"))).rejects.toThrow(/^[^\n]*a b[^\n]*$/);
});

it("changes only what differs", async () => {
  await run(TEXT);
  const [before] = (await kept()).monitors;
  expect(await run(TEXT.replace("30m", "1h"))).toEqual(["monitor example.test: changed"]);
  expect(await run(TEXT.replace("30m", "1h"), { secret: "other" })).toEqual(["channel noc: changed"]);
  expect((await kept()).monitors[0]).toMatchObject({ id: before?.id, everyMinutes: 60 });
});

it.each([
  ["monitors: [", "is not YAML"],
  ["monitors: [ { target: example.test, evry: 15m } ]", "evry"],
  ["monitors: [ { target: example.test, every: soon } ]", "monitors.0.every"],
  ["monitors: [ { target: 'not a target' } ]", "not a target"],
  ["windows: [ { name: w, tags: [a], cron: 'every day', for: 1h } ]", "'every day'"],
  ["windows: [ { name: w, tags: [a], for: 1h } ]", "either"],
  ["channels: [ { name: noc, kind: webhook, url: 'http://h.test/', secret: plain } ]", "written out"],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as the file names it
  ["channels: [ { name: noc, kind: webhook, url: 'http://h.test/', secret: '${NO_SUCH}' } ]", "is empty"],
])("refuses %s whole, and says why", async (text, why) => {
  await expect(run(`${text}\n`)).rejects.toThrow(why);
  expect(await kept()).toMatchObject({ monitors: [], windows: [], channels: [] });
});
