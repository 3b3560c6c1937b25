/** A server that is asked to end while everything is under way: hanging probes, a log being read, readers and uploads that stall. */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { stallingLog } from "../../server/test/logs/test-log.ts";
import { startServed } from "./served.ts";

it("ends in time on SIGTERM; probes wait for the next start, and each line of a log counts once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mxray-stop-"));
  const sockets: Socket[] = [];
  const deaf = createServer((socket) => sockets.push(socket.on("error", () => undefined))).listen(0, "127.0.0.1");
  await once(deaf, "listening");
  const { port } = deaf.address() as AddressInfo;
  const log = join(folder, "mail.log");
  const text = stallingLog(Date.now() - 20_000 * 10_000, 10_000);
  await writeFile(log, text);
  const data = join(folder, "data");
  const env = { MXRAY_LOGS: log, MXRAY_ALLOW_TARGETS: "127.0.0.0/8", MXRAY_ALLOW_PORTS: String(port), MXRAY_PACE_SECONDS: "0" };
  try {
    const served = await startServed(data, env);
    const probes: string[] = [];
    for (let times = 0; times < 12; times += 1) {
      const answer = await served.send("POST", "/api/v1/probes", { target: `127.0.0.1:${port}` });
      probes.push(((await answer.json()) as { id: string }).id);
    }
    const { hostname, port: own } = new URL(served.url);
    for (let times = 0; times < 20; times += 1) {
      const request = times < 10 ? "GET /api/v1/events" : "POST /api/v1/logs/scan";
      const reader = connect(Number(own), hostname).on("error", () => undefined);
      reader.write(
        `${request} HTTP/1.1\r\nhost: x\r\ncookie: ${served.headers.cookie}\r\ncontent-length: 1000\r\ncontent-type: text/plain\r\n\r\nhalf`,
      );
      reader.pause();
      sockets.push(reader);
    }
    await expect.poll(() => sockets.length, { timeout: 20_000 }).toBeGreaterThan(20);
    const began = performance.now();
    expect(await served.end("SIGTERM")).toBe(0);
    console.log(`It ended ${((performance.now() - began) / 1000).toFixed(1)} s after SIGTERM.`);
    // What it prints where something had to be left.
    expect(served.output().stderr).toBe("");

    const again = await startServed(data, env);
    const states = await Promise.all(
      probes.map(async (id) => ((await (await again.get(`/api/v1/probes/${id}`)).json()) as { status: string }).status),
    );
    expect(new Set(states)).toEqual(new Set(["queued", "running"]));
    const lines = async () =>
      ((await (await again.get("/api/v1/logs/sources")).json()) as { sources: { lines: number }[] }).sources[0]?.lines;
    await expect.poll(lines, { timeout: 90_000, interval: 200 }).toBe(text.split("\n").length - 1);
    expect(await again.end("SIGTERM")).toBe(0);
  } finally {
    for (const socket of sockets) socket.destroy();
    deaf.close();
    await rm(folder, { recursive: true, force: true });
  }
}, 180_000);
