/** The live feed over a real connection. */
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import type { LiveEvent, ProbeDetail } from "@mxray/contracts";
import { mailHostScript, startMailHost } from "@mxray/lab";
import { openStore, type Store } from "@mxray/store";
import { afterEach, describe, expect, it, vi } from "vitest";
import { FeedReader } from "../src/feed-reader.ts";
import { LiveFeed } from "../src/live-feed.ts";
import { ended, LOOPBACK, startTestServer, type TestServer } from "./test-server.ts";

describe("live events", () => {
  afterEach(() => vi.useRealTimers());

  it("say hello, and then all that happens; a probe’s steps go on where its detail ends, without a gap", async () => {
    await using host = await startMailHost(mailHostScript("pix-6"));
    await using server = await startTestServer({ env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(host.port) } });
    await using stream = await follow(server);
    await expect
      .poll(() => stream.events)
      .toMatchObject([{ type: "hello", version: "0.0.0", page: expect.stringMatching(/^[0-9a-f]{16}$/) }]);

    const probe = await post(server, "/api/v1/probes", { target: `127.0.0.1:${host.port}` });
    const details: ProbeDetail[] = [];
    await expect
      .poll(async () => {
        details.push((await server.app.inject({ url: `/api/v1/probes/${probe.id}`, headers: server.headers })).json());
        return details.at(-1)?.status;
      })
      .toBe("done");
    await expect.poll(() => stream.of("findings").length).toBe(1);
    const steps = stream.of("probe-event");
    expect(steps.map(({ sequence }) => sequence)).toEqual(steps.map((_, index) => index));
    for (const { events } of details) expect(events).toEqual(steps.slice(0, events.length).map(({ event }) => event));
    expect(stream.of("probe").map((message) => message.probe.status)).toEqual(["queued", "running", "done"]);

    const { findings } = (await server.app.inject({ url: "/api/v1/findings", headers: server.headers })).json();
    await post(server, `/api/v1/findings/${findings[0].id}/acknowledge`, { note: "known" });
    await post(server, `/api/v1/findings/${findings[0].id}/reopen`, {});
    await expect.poll(() => stream.of("findings").length).toBe(3);
    await server.app.inject({ method: "DELETE", url: `/api/v1/probes/${probe.id}`, headers: server.headers });
    await expect.poll(() => stream.of("probe-forgotten")).toEqual([{ type: "probe-forgotten", id: probe.id }]);
  });

  it("of a probe that finds nothing tell of no findings", async () => {
    await using host = await startMailHost(mailHostScript("healthy"));
    await using server = await startTestServer({ env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(host.port) } });
    await using stream = await follow(server);
    await ended(server, (await post(server, "/api/v1/probes", { target: `127.0.0.1:${host.port}` })).id);
    await expect.poll(() => stream.of("probe").at(-1)?.probe.status).toBe("done");
    expect(stream.of("findings")).toEqual([]);
  });

  it("go on, and the server does, when the store does not answer at a beat", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const store = await openStore({ path: ":memory:" });
    let answers = true;
    const signInOf: Store["sessions"]["signInOf"] = (...asked) =>
      answers ? store.sessions.signInOf(...asked) : Promise.reject(new Error("database is locked"));
    await using server = await startTestServer({ store: { ...store, sessions: { ...store.sessions, signInOf } } });
    await using stream = await follow(server);
    await expect.poll(() => stream.of("hello").length).toBe(1);
    vi.advanceTimersByTime(15_000);
    await expect.poll(() => stream.of("beat").length).toBe(1);
    answers = false;
    vi.advanceTimersByTime(15_000);
    answers = true;
    vi.advanceTimersByTime(15_000);
    await expect.poll(() => stream.of("beat").length).toBe(2);
  });

  it("are kept from a reader that does not read; it is cut off, and nobody waits for it", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const feed = new LiveFeed();
    await using server = await startTestServer({ feed });
    await using stream = await follow(server);
    const { port } = server.app.server.address() as AddressInfo;
    const deaf = connect(port, "127.0.0.1");
    deaf.write(`GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nCookie: ${server.headers.cookie}\r\n\r\n`);
    await once(deaf, "data");
    deaf.pause();
    const closed = once(deaf, "close");
    // More than the kernel and the bound together hold.
    const most = 3000;
    for (let count = 0; count < most; count += 1) {
      feed.tell({ type: "log-scan", id: "x".repeat(20_000), bytes: 0, lines: count });
      // The other one reads: on a busy machine, too, it must not fall behind its bound.
      if (count % 100 === 99) await expect.poll(() => stream.of("log-scan")).toHaveLength(count + 1);
    }
    vi.advanceTimersByTime(30_000);
    deaf.resume();
    await closed;
    expect(deaf.bytesRead).toBeLessThan(most * 20_000);
  });
});

describe("a reader of the feed", () => {
  it("that falls behind gets no more, and keeps nothing", async () => {
    const reader = new FeedReader();
    for (let count = 0; count < 1000; count += 1) reader.push({ type: "logs" });
    expect(await reader.next()).toEqual({ done: false, value: { type: "logs" } });
    reader.push({ type: "findings" });
    reader.push({ type: "findings" });
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it("takes events one by one as they come, and ends with its signal", async () => {
    const feed = new LiveFeed();
    const closing = new AbortController();
    const reader = feed.reader(closing.signal);
    const first = reader.next();
    feed.tell({ type: "logs" });
    feed.tell({ type: "findings" });
    expect(await first).toMatchObject({ value: { type: "logs" } });
    expect(await reader.next()).toMatchObject({ value: { type: "findings" } });
    const last = reader.next();
    closing.abort();
    expect(await last).toEqual({ done: true, value: undefined });
  });
});

async function post({ app, headers }: TestServer, url: string, payload: object) {
  return (await app.inject({ method: "POST", url, headers, payload })).json();
}

interface Stream extends AsyncDisposable {
  readonly events: readonly LiveEvent[];
  of<T extends LiveEvent["type"]>(type: T): Extract<LiveEvent, { type: T }>[];
}

async function follow({ app, headers }: TestServer): Promise<Stream> {
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const controller = new AbortController();
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/events`, {
    headers: { ...headers, accept: "text/event-stream" },
    signal: controller.signal,
  });
  const events: LiveEvent[] = [];
  const reading = (async () => {
    let text = "";
    for await (const bytes of response.body ?? []) {
      text += Buffer.from(bytes).toString();
      const messages = text.split("\n\n");
      text = messages.pop() ?? "";
      for (const message of messages) {
        const data = /^data: (.*)$/m.exec(message)?.[1];
        if (data !== undefined) events.push(JSON.parse(data) as LiveEvent);
      }
    }
  })().catch(() => undefined);
  return {
    events,
    of: <T extends LiveEvent["type"]>(type: T) => events.filter((event) => event.type === type) as Extract<LiveEvent, { type: T }>[],
    async [Symbol.asyncDispose]() {
      controller.abort();
      await reading;
    },
  };
}
