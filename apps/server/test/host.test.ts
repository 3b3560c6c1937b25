import type { AgentMachine, HostHealth, HostSample, LiveDeliveries, LiveDelivery, MailConnection } from "@mxray/contracts";
import { missingQueue, QueueReader } from "@mxray/host";
import { faultOfWords } from "@mxray/maillog";
import { openStore, type Store } from "@mxray/store";
import { afterEach, expect, it } from "vitest";
import { HostWatch } from "../src/host/host-watch.ts";
import { Machines } from "../src/host/machines.ts";
import { LiveFeed } from "../src/live-feed.ts";
import { WorkHealth } from "../src/work-health.ts";
import { startTestServer } from "./test-server.ts";

let store: Store | null = null;
afterEach(async () => {
  await store?.close();
  store = null;
});

/** A look each ten seconds of a clock that the test turns. */
async function machine(files: readonly number[]) {
  const own = await openStore({ path: ":memory:" });
  store = own;
  let looks = 0;
  const sample = (): HostSample => ({
    at: new Date(Date.parse("2026-03-01T12:00:00Z") + looks * 10_000).toISOString(),
    gauges: { openFiles: { value: files[looks++] ?? null, limit: 1000 }, psiIoSome: { value: 1, limit: 100 } },
  });
  const onError = (error: unknown) => expect.unreachable(String(error));
  let news = 0;
  const deps = { agent: null, store: own, feed: new LiveFeed(), health: new WorkHealth(), sample, onError };
  const watch = new HostWatch({ ...deps, onChange: () => news++ });
  const look = async (times: number) => {
    for (let time = 0; time < times; time++) await watch.look();
    return (await own.findings.list({ limit: 9 })).findings.map(({ finding, state }) => `${finding.code} ${state}`);
  };
  return { watch, look, news: () => news };
}

it("opens a finding after minutes at a limit, and ends it after minutes below", async () => {
  const { look, news } = await machine([...Array<number>(20).fill(950), ...Array<number>(20).fill(850), ...Array<number>(20).fill(100)]);
  expect(await look(5)).toEqual([]);
  expect(await look(15)).toEqual(["host-files open"]);
  expect(news()).toBe(1);
  expect(await look(20), "between the levels").toEqual(["host-files open"]);
  expect(await look(20)).toEqual(["host-files fixed"]);
  expect(news()).toBe(2);
});

it("shows the newest sample and a thinned hour, in bounded memory", async () => {
  const { watch, look } = await machine([]);
  await look(400);
  const { sample, history }: HostHealth = watch.view();
  expect(history).toHaveLength(120);
  expect(history.at(-1)).toEqual({ at: sample?.at, values: { psiIoSome: 1 } });
});

it("answers with the queue, and with no address, sender, queue id or word of a reply", async () => {
  const listed = JSON.stringify({
    queue_name: "deferred",
    queue_id: "secret1",
    arrival_time: 1,
    sender: "secret2@here.example",
    recipients: [
      {
        address: "secret3@there.example",
        delay_reason:
          "host mx.there.example[192.0.2.1] said: 450 4.7.1 <secret3@there.example>: Secret4, try later (in reply to RCPT TO command)",
      },
    ],
  });
  const reader = new QueueReader({ command: ["printf", "%s", listed], readReason: faultOfWords });
  await using server = await startTestServer({ readQueue: (signal) => reader.read(signal) });
  const answer = await server.app.inject({ url: "/api/v1/queue", headers: server.headers });
  expect(answer.body).not.toMatch(/secret/i);
  const waiting = { messages: 1, ages: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1], oldest: "1970-01-01T00:00:01.000Z" };
  const peer = { name: "mx.there.example", address: "192.0.2.1", port: null };
  expect(answer.json()).toEqual({
    at: expect.any(String),
    missing: null,
    complete: true,
    ...waiting,
    queues: { deferred: 1 },
    destinations: [{ domain: "there.example", ...waiting, reasons: [{ reason: "reply", stage: "rcpt", dsn: "4.7.1", ...waiting, peer }] }],
    others: { destinations: 0, messages: 0 },
  });
});

const CONNECTION: MailConnection = {
  ...{ id: "1", direction: "outbound", peer: { address: "2001:db8::25", port: 25 }, mailPort: 25, sendMss: 1428, receiveMss: 536 },
  ...{ pathMtu: 1500, bytesAcked: 400, bytesReceived: 300, inFlight: 0, unsent: 0, unread: 0, heldBack: false, laterArrived: false },
  ...{ timeouts: 0, backoff: 0, rtoMs: 204 },
};

it("answers with the connections that its kernel sees, the stalled ones first, and says why it sees none", async () => {
  const stalled = { ...CONNECTION, inFlight: 2896, timeouts: 5, backoff: 5, rtoMs: 6528 };
  const many = Array.from({ length: 250 }, (_, index) => ({ ...CONNECTION, direction: "inbound" as const, id: `in ${index}` }));
  const readMailSockets = () => ({ ok: true as const, connections: [...many, stalled] });
  await using server = await startTestServer({ readMailSockets });
  const view = async ({ app, headers }: typeof server) => (await app.inject({ url: "/api/v1/live", headers })).json<LiveDeliveries>();
  const { at, missing, count, deliveries } = await view(server);
  expect([Date.parse(at ?? "") > 0, missing, count, deliveries.length]).toEqual([
    true,
    null,
    { inbound: 250, outbound: 1, stalled: 1 },
    200,
  ]);
  expect(deliveries[0]).toEqual({ ...stalled, state: "stalled", stall: "unacknowledged", forMs: 6324 });

  await using blind = await startTestServer({ readMailSockets: () => ({ ok: false, reason: "No C library." }) });
  expect(await view(blind)).toMatchObject({ missing: "No C library.", count: { stalled: 0 }, deliveries: [] });
  const unknown = await blind.app.inject({ url: "/api/v1/live?agent=mx9", headers: blind.headers });
  expect([unknown.statusCode, unknown.json()]).toMatchObject([404, { error: { message: expect.stringContaining("'mx9'") } }]);
});

it("knows an agent's machine by what the agent reports, on this server's clock", async () => {
  const own = await openStore({ path: ":memory:" });
  store = own;
  const stalls: unknown[] = [];
  const machines = new Machines({
    ...{ store: own, feed: new LiveFeed(), health: new WorkHealth(), onFindings: () => {} },
    onStalls: async (live, agent) => void stalls.push([agent, ...live.map(({ peer }) => peer.address)]),
    onError: (error) => expect.unreachable(String(error)),
  });
  const anHour = 3_600_000;
  const behind = (ago = 0) => new Date(Date.now() - anHour - ago).toISOString();
  const stalled = { state: "stalled", forMs: 31_000, peer: { address: "192.0.2.1", port: 25 } } as LiveDelivery;
  const report = (over: Partial<AgentMachine> = {}): AgentMachine => ({
    sentAt: behind(),
    sample: { at: "yesterday", gauges: { openFiles: { value: 1, limit: 2 } } },
    live: { at: "never", missing: null, count: { inbound: 0, outbound: 1, stalled: 1 }, deliveries: [stalled] },
    queue: { ...missingQueue("none"), missing: null, messages: 7, oldest: behind(60_000) },
    ...over,
  });
  expect(() => machines.of("mx1")).toThrow("No agent named 'mx1' has reported its machine since this server started.");
  await machines.heard("mx1", report());
  await machines.heard("mx1", report({ sample: null, queue: null }));
  const machine = machines.of("mx1");
  const isNow = (time: string | null | undefined) => Math.abs(Date.parse(time ?? "") - Date.now()) < 60_000;
  expect([isNow(machine.host.view().sample?.at), isNow(machine.live.view().at)]).toEqual([true, true]);
  const { messages, at, oldest } = await machine.queue(AbortSignal.timeout(1000));
  expect([messages, isNow(at), Math.round((Date.now() - Date.parse(oldest ?? "")) / 60_000)]).toEqual([7, true, 1]);
  expect(machines.list()).toMatchObject([{ agent: null }, { agent: "mx1", stalled: 1, waiting: 7 }]);
  expect(stalls).toEqual([["mx1", "192.0.2.1"]]);
  await machines.heard("mx1", report({ queue: { ...missingQueue("none"), messages: 1, oldest: "no time" } }));
  expect(await machine.queue(AbortSignal.timeout(1000))).toMatchObject({ oldest: null });
  await machines.left("mx1");
  expect(machines.list()).toMatchObject([{ agent: null }]);
  await machines.stop();
});
