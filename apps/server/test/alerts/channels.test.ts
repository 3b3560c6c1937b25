/** Channels: what an admin may enter, what each receiver gets, and what is said of a receiver that does not take it. */
import { createHmac } from "node:crypto";
import type { AlertEntry, ChannelRequest } from "@mxray/contracts";
import { describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../test-server.ts";
import { hasSmtpSink, startHttpReceiver, startMailSink } from "./receivers.ts";

const HOOK = { name: "noc", kind: "webhook", url: "http://127.0.0.1:1/x" } as const;

async function make({ app, headers }: TestServer, channel: Partial<ChannelRequest>) {
  const response = await app.inject({ method: "POST", url: "/api/v1/channels", headers, payload: { ...HOOK, ...channel } });
  return { status: response.statusCode, body: response.json() };
}

/** Presses the test button, and waits for the answer of the first attempt. */
async function test({ app, headers }: TestServer, channelId: string): Promise<AlertEntry> {
  const { id } = (await app.inject({ method: "POST", url: `/api/v1/channels/${channelId}/test`, headers })).json();
  for (;;) {
    const { alerts } = (await app.inject({ url: "/api/v1/alerts", headers })).json() as { alerts: AlertEntry[] };
    const entry = alerts.find((one) => one.id === id);
    if (entry !== undefined && entry.answer !== null) return entry;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("a channel", () => {
  it("is refused with one sentence where it cannot work", async () => {
    await using server = await startTestServer();
    for (const [channel, problem] of [
      [{ url: "hooks.example.test" }, "'hooks.example.test' is not a URL."],
      [{ url: "ftp://hooks.example.test" }, "begins with http:// or https://"],
      [{ url: "https://me:key@hooks.example.test" }, "as the secret"],
      [{ url: "http://169.254.169.254/latest/meta-data" }, "169.254.169.254 is a link-local, metadata"],
      [{ url: "http://[::ffff:169.254.169.254]/" }, "metadata"],
      [{ url: "http://[fd00:ec2::254]/" }, "metadata"],
      [{ url: "http://2852039166/" }, "metadata"],
      [{ url: "http://[64:ff9b::a9fe:a9fe]/" }, "metadata"],
      [{ url: "http://0.0.0.0/" }, "special-purpose"],
      [{ kind: "email", url: "smtp://relay.example.test" }, "'from'"],
      [{ kind: "pagerduty" }, "needs its key"],
      [{ secret: "two\nlines" }, "visible ASCII"],
      [{ quiet: { from: "22:00", to: "06:00", timezone: "Moon/Base" } }, "'Moon/Base' is not a time zone"],
    ] as const satisfies readonly (readonly [Partial<ChannelRequest>, string])[]) {
      const { status, body } = await make(server, { ...channel });
      expect([status, body.error?.code, body.error?.message], JSON.stringify(channel)).toEqual([
        400,
        "invalid-channel",
        expect.stringContaining(problem),
      ]);
    }
    for (const url of ["http://10.0.0.1/", "http://192.168.1.1:9093", "http://[fd00::1]/", "http://[64:ff9b::c000:201]/"]) {
      expect((await make(server, { name: url, url })).status).toBe(201);
    }
  });

  it("never shows its secret again, and does not take it along to another host", async () => {
    await using server = await startTestServer();
    const { app, headers, store } = server;
    const { body: channel } = await make(server, { secret: "s3cret" });
    expect(channel).toMatchObject({ hasSecret: true, severities: ["warning", "critical"], waiting: 0, failed: 0 });
    const { body: chat } = await make(server, { name: "chat", kind: "slack", url: "https://hooks.example.test/services/T0/B0/key" });
    expect(chat.url).toBe("https://hooks.example.test/…");
    const change = async (payload: object) =>
      (await app.inject({ method: "PATCH", url: `/api/v1/channels/${channel.id}`, headers, payload })).json();
    expect(await change({ url: "http://elsewhere.example.test/" })).toMatchObject({ error: { code: "invalid-channel" } });
    expect(await change({ url: "http://127.0.0.1:1/y", severities: ["critical"] })).toMatchObject({
      severities: ["critical"],
      hasSecret: true,
    });
    expect(await change({ url: "http://elsewhere.example.test/", secret: "other" })).toMatchObject({ hasSecret: true });
    const shown = await app.inject({ url: "/api/v1/channels", headers });
    expect(shown.body).not.toMatch(/s3cret|"other"|services/);
    expect((await store.channels.get(channel.id))?.secret).toBe("other");
    expect(await change({ secret: "" })).toMatchObject({ hasSecret: false });
    expect((await make(server, { name: "chat" })).status).toBe(409);
  });

  it("warns where its relay is monitored", async () => {
    await using server = await startTestServer();
    const { app, headers } = server;
    await app.inject({ method: "PUT", url: "/api/v1/watches", headers, payload: { target: "127.0.0.1" } });
    const mail = { kind: "email", from: "mxray@example.test", to: ["noc@example.test"] } satisfies Partial<ChannelRequest>;
    expect((await make(server, { ...mail, name: "a", url: "smtp://127.0.0.1" })).body.warnings).toHaveLength(1);
    expect((await make(server, { ...mail, name: "b", url: "smtp://192.0.2.1" })).body.warnings).toEqual([]);
  });

  it("sends a signed test by the way of alerts", async () => {
    await using receiver = await startHttpReceiver();
    await using server = await startTestServer();
    const { body: channel } = await make(server, { url: `${receiver.url}/x`, secret: "key" });
    const entry = await test(server, channel.id);
    expect(entry).toMatchObject({ event: "test", state: "delivered", attempts: 1, answer: "200 ok", finding: null });
    const [post] = receiver.posts;
    expect(JSON.parse(post?.body ?? "")).toMatchObject({
      schema: "mxray.alert/1",
      id: entry.id,
      event: "test",
      attempt: 1,
      channel: "noc",
    });
    expect(post?.headers["x-mxray-alert-id"]).toBe(entry.id);
    const [, seconds = "", signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(post?.headers["x-mxray-signature"])) ?? [];
    expect(signature).toBe(createHmac("sha256", "key").update(`${seconds}.${post?.body}`).digest("hex"));
  });

  it.each([
    ["webhook-v4", "/x", { body: { version: "4", status: "firing", alerts: [{ labels: { alertname: "mxray-test" } }] }, bearer: true }],
    ["alertmanager", "/x/api/v2/alerts", { body: [{ labels: { alertname: "mxray-test" }, endsAt: expect.any(String) }], bearer: true }],
    ["slack", "/x", { body: { text: expect.stringContaining("Test alert") } }],
    ["mattermost", "/x", { body: { text: expect.stringContaining("Test alert") } }],
    ["teams", "/x", { body: { type: "message", attachments: [{ content: { type: "AdaptiveCard" } }] } }],
    ["pagerduty", "/x", { body: { routing_key: "key", event_action: "trigger", payload: { severity: "info" } } }],
    ["opsgenie", "/x", { body: { source: "mxray", priority: "P5" }, authorization: "GenieKey key" }],
  ] as const)("of kind %s posts what its receiver understands", async (kind, path, { body, ...expected }) => {
    await using receiver = await startHttpReceiver();
    await using server = await startTestServer();
    const { body: channel } = await make(server, { kind, url: `${receiver.url}/x`, secret: "key" });
    expect(await test(server, channel.id)).toMatchObject({ state: "delivered" });
    const [post] = receiver.posts;
    expect(post?.path).toBe(path);
    expect(JSON.parse(post?.body ?? "")).toMatchObject(body);
    if ("bearer" in expected) expect(post?.headers.authorization).toBe("Bearer key");
    if ("authorization" in expected) expect(post?.headers.authorization).toBe(expected.authorization);
  });

  it("of kind ntfy posts text with a title", async () => {
    await using receiver = await startHttpReceiver();
    await using server = await startTestServer();
    const { body: channel } = await make(server, { kind: "ntfy", url: `${receiver.url}/mail-noc` });
    const { id } = await test(server, channel.id);
    expect(receiver.posts).toMatchObject([
      { path: "/mail-noc", headers: { title: "Test: Test alert", priority: "3" }, body: expect.stringContaining(id) },
    ]);
  });

  it.skipIf(!hasSmtpSink())("of kind e-mail sends a message whose Message-ID holds the alert's id", async () => {
    await using sink = await startMailSink();
    await using server = await startTestServer();
    const { body: channel } = await make(server, { kind: "email", url: sink.url, from: "mxray@example.test", to: ["noc@example.test"] });
    const { id, state, answer } = await test(server, channel.id);
    expect([state, answer]).toEqual(["delivered", expect.stringContaining("250")]);
    const [message = ""] = await sink.messages();
    expect(message).toContain(`Message-ID: <${id}@example.test>`);
    expect(message).toContain("Subject: [mxray] Test: Test alert");
    expect(message).toContain("Auto-Submitted: auto-generated");
  });

  it("says what a receiver did that does not take it, follows no redirect, and reads no endless answer", async () => {
    await using receiver = await startHttpReceiver();
    await using server = await startTestServer();
    const { body: channel } = await make(server, { url: `${receiver.url}/x` });
    const answers: string[] = [];
    const say = async (answer: typeof receiver.answer) => {
      receiver.answer = answer;
      const entry = await test(server, channel.id);
      answers.push(`${entry.state} ${entry.answer}`);
    };
    await say((_, response) => response.writeHead(302, { location: `${receiver.url}/elsewhere` }).end());
    await say((_, response) => response.writeHead(503).end("out of \u0007order"));
    await say((request) => request.socket.end("no HTTP at all\r\n\r\n"));
    await say((_, response) => {
      const write = () => response.writable && response.write("x".repeat(65_536), () => setImmediate(write));
      write();
    });
    receiver.dead = true;
    await say(() => undefined);
    expect(answers).toEqual([
      "failed 302: the receiver redirects elsewhere, which mxray does not follow.",
      "failed The receiver answered 503 out of \\x07order",
      expect.stringMatching(/^failed No answer: HPE_/),
      expect.stringMatching(/^delivered 200 x{100,}…$/),
      "failed No answer: ECONNRESET",
    ]);
    expect(receiver.posts.map(({ path }) => path)).not.toContain("/elsewhere");
    const [shown] = (await server.app.inject({ url: "/api/v1/channels", headers: server.headers })).json().channels;
    expect(shown).toMatchObject({ trouble: "No answer: ECONNRESET" });
  });
});
