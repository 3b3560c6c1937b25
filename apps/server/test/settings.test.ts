/** Settings: the environment wins, bad input is told in a sentence, and a change holds from the next use on. */
import type { Finding, ServerAbout, Setting, SettingName, SettingsChange } from "@mxray/contracts";
import { ServerAbout as ServerAboutSchema, SettingList as SettingListSchema } from "@mxray/contracts/schemas";
import { type MailHost, mailHostScript, startMailHost } from "@mxray/lab";
import { openStore, type Store } from "@mxray/store";
import { Compile } from "typebox/compile";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { browserName } from "../src/access/browser-name.ts";
import { readConfig } from "../src/config/config.ts";
import { LiveFeed } from "../src/live-feed.ts";
import { Settings } from "../src/live-settings.ts";
import { ended, LOOPBACK, startTestServer, type TestServer } from "./test-server.ts";

const listed = async ({ app, headers }: TestServer): Promise<Record<SettingName, Setting>> => {
  const { settings } = (await app.inject({ url: "/api/v1/settings", headers })).json();
  return Object.fromEntries(settings.map((setting: Setting) => [setting.name, setting])) as Record<SettingName, Setting>;
};
/** Without the mark of the rules that findings were last computed by, which is kept beside them. */
const savedOf = async (store: Store) => (await store.settings.list()).filter(({ name }) => name !== "findings-computed-by");
const change = ({ app, headers }: TestServer, payload: SettingsChange) =>
  app.inject({ method: "PATCH", url: "/api/v1/settings", headers, payload });
const probe = ({ app, headers }: TestServer, target: string) =>
  app.inject({ method: "POST", url: "/api/v1/probes", headers, payload: { target } });

describe("settings", () => {
  it("are the defaults at first, and what was saved after a restart", async () => {
    await using store = await kept();
    {
      await using server = await startTestServer({ env: {}, store: store.store });
      const { json } = await server.app.inject({ url: "/api/v1/settings", headers: server.headers });
      expect(Compile(SettingListSchema).Check(json())).toBe(true);
      const { logDays, probeDays, logProbing } = await listed(server);
      expect(logDays).toEqual({
        name: "logDays",
        variable: "MXRAY_LOG_DAYS",
        value: "7",
        saved: false,
        changedAt: null,
        environment: null,
        editable: true,
        fallback: "7",
        problem: null,
      });
      expect([probeDays.value, logProbing.value]).toEqual(["365", "ask"]);
      expect((await change(server, { logDays: " 14 ", contact: "noc@example.com" })).json().settings).toEqual(
        Object.values(await listed(server)),
      );
    }
    await using server = await startTestServer({ env: {}, store: store.store });
    expect((await listed(server)).logDays).toMatchObject({ value: "14", saved: true, changedAt: expect.stringMatching(/Z$/) });
    expect((await server.app.inject({ url: "/api/v1/session", headers: server.headers })).json().contact).toBe("noc@example.com");
    await change(server, { logDays: null, contact: "" });
    expect(await savedOf(store.store)).toEqual([]);
    expect((await listed(server)).logDays.value).toBe("7");
  });

  it("that this version does not take do not stop the start: the default holds, of a list that forbids what can be read, and the log says so", async () => {
    await using store = await kept();
    const saved = { logDays: "900", watchMinutes: "soon", doNotProbe: "example.org not!a!name 192.0.2.0/24" };
    await store.store.settings.change(saved, new Date().toISOString());
    const lines: string[] = [];
    const logger = { level: "warn", stream: { write: (line: string) => void lines.push(line) } };
    await using server = await startTestServer({ env: {}, store: store.store, logger });
    const { logDays, watchMinutes, doNotProbe, probeDays } = await listed(server);
    expect(logDays).toMatchObject({ value: "900", problem: expect.stringContaining("a whole number from 1 to 90, not '900'") });
    expect(watchMinutes.problem).toContain("not 'soon'");
    expect(doNotProbe.problem).toContain("not!a!name");
    expect(probeDays.problem).toBeNull();
    const messages = lines.map((line) => JSON.parse(line).msg);
    for (const name of Object.keys(saved)) expect(messages).toContainEqual(expect.stringContaining(`Stored setting '${name}'`));
    expect((await probe(server, "example.org")).statusCode).toBe(403);
    expect((await probe(server, "192.0.2.7")).statusCode).toBe(403);
    expect((await change(server, { logDays: "9" })).statusCode).toBe(200);
    expect((await listed(server)).logDays.problem).toBeNull();
  });

  it("are wanted with a session only", async () => {
    await using server = await startTestServer();
    for (const method of ["GET", "PATCH"] as const) {
      expect((await server.app.inject({ method, url: "/api/v1/settings", payload: {} })).statusCode).toBe(401);
    }
    expect((await server.app.inject({ url: "/api/v1/about" })).statusCode).toBe(401);
  });

  it("given by the environment win over what was saved, and are locked", async () => {
    await using store = await kept();
    await store.store.settings.change({ logDays: "14", doNotProbe: "saved.example" }, "2026-03-01T10:00:00.000Z");
    await using server = await startTestServer({ env: { MXRAY_LOG_DAYS: "3", MXRAY_DO_NOT_PROBE: "given.example" }, store: store.store });
    const { logDays, doNotProbe } = await listed(server);
    expect(logDays).toMatchObject({ environment: "3", editable: false });
    const answer = await change(server, { logDays: "9", helo: "mx.example.com" });
    expect(answer.statusCode).toBe(409);
    expect(answer.json().error).toMatchObject({ code: "named-by-environment", message: expect.stringContaining("MXRAY_LOG_DAYS") });
    expect((await listed(server)).helo.saved).toBe(false);
    // What forbids only is added to: neither place can take away what the other says.
    expect(doNotProbe).toMatchObject({ environment: "given.example", value: "saved.example", editable: true });
    await change(server, { doNotProbe: "page.example" });
    for (const target of ["mx.given.example:25", "mx.page.example:25"]) {
      const refused = await probe(server, target);
      expect([refused.statusCode, refused.json().error.message]).toEqual([403, expect.stringContaining("do-not-probe list")]);
    }
    expect((await probe(server, "mx.saved.example:25")).statusCode).toBe(202);
  });

  it.each([
    [
      "doNotProbe",
      "ok.example, -x!",
      "'Never probe' takes host names, domains, addresses and networks, separated by commas or blanks, not '-x!'.",
    ],
    [
      "allowTargets",
      "10.0.0.0/8\n10.0.0.0/99",
      "'Private networks that may be probed' takes addresses and networks such as 10.0.0.0/8 or fd00::/8, separated by commas or blanks, not '10.0.0.0/99'.",
    ],
    ["allowPorts", "2526 70000", "'Further ports' takes port numbers from 1 to 65535, separated by commas or blanks, not '70000'."],
    ["helo", "not a host", "'Name in EHLO' takes a host name such as mail.example.com, not 'not a host'."],
    [
      "contact",
      "a@b.example\r\nBcc: c",
      "'Contact' takes one line of at most 200 plain ASCII characters, such as postmaster@example.com, not 'a@b.example\\x0d\\x0aBcc: c'.",
    ],
    ["logProbing", "yes", "'Automatic probing' takes 'off', 'ask', 'on', not 'yes'."],
    ["logDays", "91", "'Days of logs that findings are based on' takes a whole number from 1 to 90, not '91'."],
    ["logEventDays", "1.5", "'Days for which log lines are kept' takes a whole number from 1 to 400, not '1.5'."],
    ["probeDays", "0", "'Days for which probes are kept' takes a whole number from 1 to 3650, not '0'."],
  ] as const)("tell in a sentence that %s makes no sense, and save nothing", async (name, text, message) => {
    await using server = await startTestServer({ env: {} });
    const answer = await change(server, { [name]: text, ...(name === "helo" ? {} : { helo: "mx.example.com" }) });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toEqual({ code: "invalid-setting", message, details: [{ name, message }] });
    expect(await savedOf(server.store)).toEqual([]);
  });

  it("of a name that there is not are refused", async () => {
    await using server = await startTestServer();
    for (const payload of [{ dataDir: "/tmp" }, { logDays: 14 }]) {
      const answer = await server.app.inject({ method: "PATCH", url: "/api/v1/settings", headers: server.headers, payload });
      expect(answer.json().error.code).toBe("invalid-request");
    }
  });

  it("of the environment that make no sense stop the start, naming the variable", () => {
    for (const [variable, text] of [
      ["MXRAY_PROBE_DAYS", "never"],
      ["MXRAY_DO_NOT_PROBE", "!"],
      // Not 0.0.0.10/8, 192.168.0.1 and 8.0.0.0/8, as C libraries read them.
      ["MXRAY_DO_NOT_PROBE", "10/8"],
      ["MXRAY_DO_NOT_PROBE", "192.168.1"],
      ["MXRAY_ALLOW_TARGETS", "010.0.0.0/8"],
      ["MXRAY_ALLOW_TARGETS", "10.0.0.0/33"],
      ["MXRAY_CONTACT", "a\nb"],
      ["MXRAY_LOG", "loud"],
    ] as const) {
      expect(() => readConfig({ [variable]: text })).toThrow(new RegExp(`^${variable} takes `));
    }
  });
});

describe("a change", () => {
  let host: MailHost;
  beforeAll(async () => {
    host = await startMailHost(mailHostScript("healthy"));
  });
  afterAll(async () => await host.stop());

  it("of the target policy holds for the next probe, also for one that waits", async () => {
    await using server = await startTestServer({ env: { MXRAY_PACE_SECONDS: "0" }, config: { concurrency: 1 } });
    const target = `127.0.0.1:${host.port}`;
    expect((await probe(server, target)).json().error.code).toBe("port-not-allowed");
    await change(server, { allowPorts: String(host.port) });
    expect((await probe(server, target)).json().error.code).toBe("target-not-allowed");
    await change(server, { allowTargets: "127.0.0.0/8" });
    const first = (await probe(server, target)).json();
    const waiting = (await probe(server, target)).json();
    await change(server, { doNotProbe: "127.0.0.1" });
    await ended(server, first.id);
    const { report } = await ended(server, waiting.id);
    expect(report.hosts[0].stages.find(({ stage }: { stage: string }) => stage === "connect")).toMatchObject({
      reason: expect.stringContaining("do-not-probe list"),
    });
    expect((await probe(server, target)).json().error.message).toBe("127.0.0.1 is on this server's do-not-probe list.");
  });

  it("of the name and the contact is what the next mail host hears", async () => {
    await using server = await startTestServer({ env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(host.port) } });
    await change(server, { helo: "probe.example.com" });
    const { id } = (await probe(server, `127.0.0.1:${host.port}`)).json();
    const { report } = await ended(server, id);
    expect(report.hosts[0].transcript.map(({ text }: { text: string }) => text)).toContain("EHLO probe.example.com");
  });

  it("of automatic probing is told with the log sources", async () => {
    await using server = await startTestServer();
    await change(server, { logProbing: "off" });
    expect((await server.app.inject({ url: "/api/v1/logs/sources", headers: server.headers })).json().probing).toBe("off");
  });

  it("is told in the live feed, where something was changed", async () => {
    await using store = await kept();
    const feed = new LiveFeed();
    const settings = await Settings.open({ environment: {}, store: store.store, feed });
    const told = feed.reader(new AbortController().signal).next();
    await expect(settings.change({ logDays: "0" })).rejects.toThrow("from 1 to 90");
    await settings.change({ logDays: "8" });
    expect(await told).toEqual({ done: false, value: { type: "settings" } });
    expect(settings.values.logDays).toBe(8);
  });

  it("of the days for which probes are kept forgets the older ones, but not what a finding rests on", async () => {
    await using server = await startTestServer();
    const { store } = server;
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    const old = await probed(store, daysAgo(40), []);
    const standing = await probed(store, daysAgo(40), [hole]);
    const recent = await probed(store, daysAgo(20), []);
    const ids = async () => (await store.probes.list({ limit: 9 })).probes.map(({ id }) => id).toSorted();
    await change(server, { logDays: "9" });
    expect(await ids()).toEqual([old, standing, recent].toSorted());
    await change(server, { probeDays: "30" });
    await vi.waitFor(async () => expect(await ids()).toEqual([standing, recent].toSorted()), { timeout: 60_000 });
  });
});

it("what this server is and can do is told as it is", async () => {
  await using server = await startTestServer();
  const about: ServerAbout = (await server.app.inject({ url: "/api/v1/about", headers: server.headers })).json();
  expect(Compile(ServerAboutSchema).Check(about)).toBe(true);
  expect(about).toMatchObject({ version: "0.0.0", node: process.versions.node, store: { location: ":memory:", probes: 0 } });
  expect(about.store.bytes).toBeGreaterThan(10_000);
  expect(about.settings.find(({ variable }) => variable === "MXRAY_HOST")).toEqual({
    variable: "MXRAY_HOST",
    option: "--host",
    value: "localhost",
  });
  if (process.platform !== "linux") return;
  expect(about.vantage).toMatchObject({ kernelMissing: null, tcpInfo: true, icmpErrors: true });
  expect(about.vantage.interfaces.find(({ name }) => name === "lo")?.mtu).toBeGreaterThan(1000);
});

describe("who made a link", () => {
  it("is the sign-in behind the session, told apart from that of whoever asks", async () => {
    await using server = await startTestServer();
    const { app, headers, store } = server;
    await app.inject({ method: "POST", url: "/api/v1/links/wall", headers, payload: { name: "NOC" } });
    const makers = async (cookie: string) => (await app.inject({ url: "/api/v1/links", headers: { cookie } })).json().links[0].madeBy;
    const maker = { user: null, address: "192.0.2.7", browser: "Firefox on Linux", signedInAt: expect.stringMatching(/Z$/) };
    expect(await makers(headers.cookie)).toEqual({ here: true, ...maker });
    const { newSignInUrl } = await import("../src/access/session-access.ts");
    const token = new URL(await newSignInUrl(store, "http://localhost")).searchParams.get("token");
    const signedIn = await app.inject({
      method: "POST",
      url: "/sign-in",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Edg/140.0",
      },
      payload: `token=${token}`,
    });
    const other = String(signedIn.headers["set-cookie"]).split(";")[0] ?? "";
    expect(await makers(other)).toEqual({ here: false, ...maker });
    await app.inject({ method: "POST", url: "/api/v1/links/wall", headers: { cookie: other }, payload: { name: "Lobby" } });
    expect(await makers(headers.cookie)).toMatchObject({ here: false, address: "127.0.0.1", browser: "Edge on Windows" });
  });

  it("opens are counted, not what a screen asks for afterwards", async () => {
    await using server = await startTestServer();
    const { app, headers } = server;
    const { token } = (await app.inject({ method: "POST", url: "/api/v1/links/wall", headers, payload: { name: "NOC" } })).json();
    await app.inject({ url: `/wall/${token}` });
    await app.inject({ url: `/wall/${token}` });
    await app.inject({ url: `/api/v1/wall?token=${token}` });
    expect((await app.inject({ url: "/api/v1/links", headers })).json().links).toMatchObject([{ opened: 2 }]);
  });
});

it.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15", "Safari on macOS"],
  ["Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"],
  ["curl/8.14.1", null],
  ['<script>alert("Firefox")</script>', null],
  [undefined, null],
])("a browser is named in few words: %s", (userAgent, name) => {
  expect(browserName(userAgent)).toBe(name);
});

const hole: Finding = {
  code: "pmtu-black-hole",
  severity: "critical",
  confidence: "proven",
  subject: { host: "mx1.example.test", address: "192.0.2.1", port: 25 },
  subjects: [{ host: "mx1.example.test", address: "192.0.2.1", port: 25 }],
  since: "2026-03-01T10:00:00.000Z",
  firstSeen: "2026-03-01T10:00:00.000Z",
  title: "…",
  summary: "…",
  absorbs: [],
  evidence: [],
  remedies: [],
};

async function probed(store: Store, at: string, findings: readonly Finding[]): Promise<string> {
  const target = "example.test";
  const { id } = await store.probes.create({ target, request: { target }, createdAt: at, previousId: null });
  await store.probes.finish(id, { status: "done", finishedAt: at, observation: null, findings, fixed: [], verdict: null, error: null });
  return id;
}

/** A store that outlives its servers. */
async function kept(): Promise<{ readonly store: Store } & AsyncDisposable> {
  const store = await openStore({ path: ":memory:" });
  return { store, [Symbol.asyncDispose]: () => store.close() };
}
