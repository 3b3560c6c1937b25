import { createServer, type Socket } from "node:net";
import { certificateBundle } from "@mxray/lab";
import { describe, expect, it } from "vitest";
import { loadPlan } from "../../test/load-options.ts";
import { type SinkOptions, startSink } from "../sink/sink-server.ts";
import { runLoad } from "./load-run.ts";

async function sinkWith(options: Partial<SinkOptions> = {}) {
  const sink = await startSink({
    host: "127.0.0.1",
    port: 0,
    delayMs: 0,
    stall: null,
    refuse: 0,
    connectionsPerClient: null,
    lmtp: false,
    tls: null,
    ...options,
  });
  return { ...sink, [Symbol.asyncDispose]: async () => await sink.close() };
}

/** A host that does what the function says with each connection. */
async function hostThat(serve: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("a load", () => {
  it.each([
    ["one message in a connection", {}],
    ["many messages in a connection", { perSession: 7 }],
    ["without pipelining", { pipelining: false, perSession: 3 }],
    ["to several recipients", { recipients: ["a@example.test", "b@example.test"], pipelining: false }],
    ["several recipients, pipelined", { recipients: ["a@example.test", "b@example.test"] }],
    ["large messages", { size: { least: 300_000, most: 300_000 } }],
  ])("arrives whole: %s", async (_, options) => {
    const recipients = "recipients" in options ? options.recipients.length : 1;
    await using sink = await sinkWith();
    const result = await runLoad(loadPlan(sink.port, { messages: 100, ...options }));
    expect(result.counts).toEqual({ accepted: 100, deferred: 0, rejected: 0, reset: 0, timedOut: 0, unsent: 0 });
    expect(sink.counts.messages).toBe(100);
    expect(sink.counts.recipients).toBe(100 * recipients);
    expect(result.mostConnected).toBeLessThanOrEqual(10);
    expect(result.stopped).toBeNull();
  });

  it("arrives whole over TLS and LMTP", async () => {
    await using sink = await sinkWith({ tls: certificateBundle(), lmtp: true });
    const options = { messages: 20, starttls: true, lmtp: true, recipients: ["a@example.test", "b@example.test"] };
    const result = await runLoad(loadPlan(sink.port, options));
    expect(result.counts.accepted).toBe(20);
    expect(result.stagesMs.tls?.p50).toBeGreaterThan(0);
    expect(sink.counts.recipients).toBe(40);
  });

  it("shows a stall in the latency from the due time", async () => {
    await using sink = await sinkWith({ stall: { everySeconds: 2.5, forSeconds: 0.5 } });
    const result = await runLoad(loadPlan(sink.port, { rate: 60, seconds: 5, sessions: 4 }));
    expect(result.counts.accepted).toBe(300);
    // 20 % of the messages were due in a stall of 500 ms: one in a hundred waited for nearly all of it.
    expect(result.latencyMs.fromDue.p99).toBeGreaterThan(440);
    expect(result.latencyMs.fromDue.p50).toBeLessThan(400);
  });

  it("counts refusals apart, and goes on", async () => {
    await using sink = await sinkWith({ refuse: 0.3 });
    const { counts, answers } = await runLoad(loadPlan(sink.port, { messages: 200, perSession: 5 }));
    expect(counts.deferred).toBeGreaterThan(20);
    expect(counts.accepted + counts.deferred).toBe(200);
    expect(sink.counts.messages).toBe(counts.accepted);
    expect(answers[0]).toEqual({ text: "450 4.2.0 Refused, as asked for", count: sink.counts.refused });
  });

  it("stops at 421", async () => {
    await using sink = await sinkWith({ connectionsPerClient: 3, delayMs: 50 });
    const { counts, stopped } = await runLoad(loadPlan(sink.port, { messages: 10_000 }));
    expect(stopped?.why).toBe("told-off");
    expect(stopped?.text).toContain("421 4.7.0 Too many connections from your address");
    expect(counts.accepted + counts.deferred).toBeLessThan(50);
  });

  it("stops where most messages fail", async () => {
    await using host = await hostThat((socket) => socket.end());
    const { counts, stopped } = await runLoad(loadPlan(host.port, { messages: 10_000 }));
    expect(stopped?.why).toBe("errors");
    expect(counts.reset).toBeGreaterThanOrEqual(100);
    expect(counts.reset).toBeLessThan(200);
  });

  it("ends where the target says nothing", async () => {
    await using host = await hostThat(() => undefined);
    const { counts, latencyMs } = await runLoad(loadPlan(host.port, { messages: 5, timeoutSeconds: 1 }));
    expect(counts.timedOut).toBe(5);
    expect(latencyMs.fromDue.p50).toBeGreaterThanOrEqual(1000);
  });

  it("survives answers that are no SMTP", async () => {
    await using host = await hostThat((socket) => socket.write("\x00\x01".repeat(20_000)));
    const { counts } = await runLoad(loadPlan(host.port, { messages: 5 }));
    expect(counts.reset).toBe(5);
  });

  it("keeps what was measured when it is cancelled", async () => {
    await using sink = await sinkWith({ delayMs: 20 });
    const cancel = new AbortController();
    const result = await runLoad(loadPlan(sink.port, { rate: 100, seconds: 600 }), {
      signal: cancel.signal,
      onSecond: () => cancel.abort(),
    });
    expect(result.stopped?.why).toBe("cancelled");
    expect(result.counts.accepted).toBeGreaterThan(20);
  });

  it("waits for nothing that a dying target leaves", async () => {
    const sink = await sinkWith({ delayMs: 30_000 });
    const running = runLoad(loadPlan(sink.port, { messages: 10 }));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await sink.close();
    expect((await running).counts.reset).toBe(10);
  });
});
