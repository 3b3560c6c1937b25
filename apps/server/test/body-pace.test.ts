/** Bodies that arrive too slowly, over real connections. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "./test-server.ts";

const PACE = { stillMs: 2000, graceMs: 3000, leastBytesPerSecond: 2000 };

describe("bodies of requests", () => {
  it("that stand still lose their place, and the client hears why", async () => {
    await using server = await listening();
    const stalled = [upload(server, 1_000_000, "Nov 30"), upload(server, 1_000_000, "Nov 30")];
    await sleep(500);
    expect((await scan(server)).statusCode).toBe(503);
    const answers = await Promise.all(stalled.map((one) => one.answer));
    for (const answer of answers) {
      expect(answer).toMatch(/^HTTP\/1\.1 408 /);
      expect(answer).toMatch(/"code":"too-slow","message":"No byte of the request's body arrived for 2 s \(\d+ bytes before\)/);
    }
    expect((await scan(server)).statusCode).toBe(200);
  });

  it("that drip lose it, too, after a time that grows with what arrived", async () => {
    await using server = await listening();
    const began = performance.now();
    const dripping = upload(server, 1_000_000, "x".repeat(2000));
    const drip = setInterval(() => dripping.socket.write("x"), 100);
    const answer = await dripping.answer;
    clearInterval(drip);
    expect(answer).toMatch(/arrives too slowly/);
    expect(performance.now() - began).toBeGreaterThan(3800);
  });

  it("of no place, JSON and refused ones, are cut off as well", async () => {
    await using server = await listening();
    const head = (path: string, more: string) => `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n${more}\r\n{`;
    const json = "Content-Type: application/json\r\n";
    const signedIn = client(server, head("/api/v1/probes", `${json}Cookie: ${server.headers.cookie}\r\n`));
    const stranger = client(server, head("/api/v1/probes", json));
    expect(await signedIn.answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(await stranger.answer).toMatch(/^HTTP\/1\.1 401 /);
  });

  it("that keep the pace may take as long as they need", async () => {
    await using server = await listening();
    const line = "Nov 30 18:00:00 mx postfix/smtpd[1]: connect from unknown[192.0.2.1]\n";
    const pieces = 40;
    const steady = upload(server, line.length * pieces * 10, "");
    for (let piece = 0; piece < pieces; piece += 1) {
      steady.socket.write(line.repeat(10));
      await sleep(100);
    }
    expect(await steady.answer).toMatch(/^HTTP\/1\.1 200 /);
  });
});

async function listening(): Promise<TestServer> {
  const server = await startTestServer({ bodyPace: PACE });
  await server.app.listen({ port: 0, host: "127.0.0.1" });
  return server;
}

async function scan({ app, headers }: TestServer) {
  return await app.inject({ method: "POST", url: "/api/v1/logs/scan", headers, payload: "x\n" });
}

function upload(server: TestServer, length: number, begin: string) {
  const { cookie } = server.headers;
  const head = `POST /api/v1/logs/scan?name=x HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`;
  return client(server, head + begin);
}

/** The answer is there when the server ended the connection. */
function client({ app }: TestServer, text: string): { readonly socket: Socket; readonly answer: Promise<string> } {
  const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
  let answer = "";
  socket.on("data", (data) => (answer += data));
  socket.on("error", () => undefined);
  socket.write(text);
  return { socket, answer: once(socket, "close").then(() => answer) };
}
