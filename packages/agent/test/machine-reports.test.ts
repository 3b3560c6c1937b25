/** What an agent reports of its machine is as it is when the server takes it, also after an outage. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { AgentMachine, MailConnection, MailQueue } from "@mxray/contracts";
import { missingQueue } from "@mxray/host";
import { expect, it } from "vitest";
import { reportMachine } from "../src/machine-reports.ts";
import { ServerConnection } from "../src/server-connection.ts";

const CONNECTION: MailConnection = {
  ...{ id: "1", direction: "outbound", peer: { address: "192.0.2.1", port: 25 }, mailPort: 25, sendMss: 1448, receiveMss: 536 },
  ...{ pathMtu: 1500, bytesAcked: 400, bytesReceived: 300, inFlight: 2896, unsent: 0, unread: 0, heldBack: false, laterArrived: false },
  ...{ timeouts: 5, backoff: 5, rtoMs: 6528 },
};

it("sends neither a stall nor a sample of before an outage", async () => {
  const taken: AgentMachine[] = [];
  const refused: AgentMachine[] = [];
  const server = createServer(async (request, response) => {
    const report = JSON.parse(await text(request)) as AgentMachine;
    const isAway = refused.length < 2;
    (isAway ? refused : taken).push(report);
    response.writeHead(isAway ? 503 : 200).end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connection = new ServerConnection({ server: url, secret: "s", version: "1.2.3", ca: null, onMessage: () => undefined });
  const stop = new AbortController();
  // It stalls until the server was away for an attempt.
  const readMailSockets = () => ({ ok: true as const, connections: refused.length === 0 ? [CONNECTION] : [] });
  const readQueue = async (): Promise<MailQueue> => ({ ...missingQueue("none"), messages: refused.length });
  const sample = () => ({ at: String(refused.length), gauges: {} });
  const reporting = reportMachine({ connection, machine: { sample, readMailSockets, readQueue }, signal: stop.signal });
  reporting.catch(() => undefined);
  try {
    await expect.poll(() => taken.filter(({ queue }) => queue !== null).length, { timeout: 20_000 }).toBe(1);
    expect(refused[0]).toMatchObject({ live: { count: { stalled: 1 } }, sample: { at: "0" } });
    const [first] = taken;
    expect(first).toMatchObject({ live: { count: { stalled: 0 } }, sample: { at: "2" } });
    expect(Date.parse(first?.sentAt ?? "")).toBeGreaterThan(Date.parse(refused[0]?.sentAt ?? ""));
  } finally {
    stop.abort(new Error("The test is over."));
    connection.close();
    server.close();
  }
});
