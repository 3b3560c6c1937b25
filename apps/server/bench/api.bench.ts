/**
 * How long each GET of the API takes, and `/metrics`, with a large store: `--events=N` (1,000,000) kept log events, `--findings=N`
 * (10,000), `--times=N` (40) calls each. Whole answers, one after the other, without the network.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "@mxray/store";
import { fillStore } from "../../web/bench/large-store.ts";
import { routesOf } from "../test/routes-of.ts";
import { startTestServer } from "../test/test-server.ts";

const option = (name: string, otherwise: number) => Number(new RegExp(`--${name}=(\\d+)`).exec(process.argv.join(" "))?.[1] ?? otherwise);
const events = option("events", 1_000_000);
const findings = option("findings", 10_000);
const times = option("times", 40);
const MOST_MS = 100;
/** They add up all counts of their time: measured, not judged. */
const ADDED_UP = /\/logs\/(?:statistics|worst-peers)$/;
/** They never end, or need what is not there. */
const LEFT_OUT = /\/events$|^\/d\/|^\/wall\/:|^\/sign-in|\/oidc|card\.png/;

const folder = await mkdtemp(join(tmpdir(), "mxray-api-"));
try {
  await fillStore(folder, { findings, events });
  const store = await openStore({ path: join(folder, "mxray.sqlite") });
  const server = await startTestServer({ store, config: { logFolders: ["/nonexistent"] } });
  const { app, headers } = server;
  // What a start looks through in the background is over.
  await new Promise((resolve) => setTimeout(resolve, 20_000));
  const get = async (url: string) => await app.inject({ url, headers });
  const finding = (await get("/api/v1/findings?limit=1")).json().findings[0];
  const probe = (await get("/api/v1/probes?limit=1")).json().probes[0];
  const range = `from=${new Date(Date.now() - 86_400_000).toISOString()}&to=${new Date().toISOString()}`;
  const urlOf = (path: string) => {
    const filled = path
      .replace("/findings/:id", `/findings/${finding.id}`)
      .replace("/probes/:id", `/probes/${probe.id}`)
      .replace("/peers/:peer", "/peers/mx.p1.example.net");
    if (path.includes("/logs/")) return `${filled}?${range}`;
    return path === "/api/v1/search" ? `${filled}?q=mx.p1` : path === "/probe" ? `${filled}?target=10.0.0.1` : filled;
  };
  const rows: { url: string; status: number; p50: number; p95: number }[] = [];
  for (const [method, path] of routesOf(app.printRoutes({ commonPrefix: false }))) {
    if (method !== "GET" || LEFT_OUT.test(path)) continue;
    const url = urlOf(path);
    const taken: number[] = [];
    let status = 0;
    for (let time = 0; time < times; time += 1) {
      const began = performance.now();
      status = (await get(url)).statusCode;
      taken.push(performance.now() - began);
    }
    taken.sort((a, b) => a - b);
    const at = (part: number) => taken[Math.ceil(part * taken.length) - 1] ?? Number.NaN;
    rows.push({ url: path, status, p50: at(0.5), p95: at(0.95) });
  }
  console.log(`${events.toLocaleString("en")} log events, ${findings.toLocaleString("en")} findings; ${times} calls each`);
  for (const { url, status, p50, p95 } of rows.toSorted((a, b) => b.p95 - a.p95)) {
    console.log(`${p95.toFixed(1).padStart(8)} ms (95 %) ${p50.toFixed(1).padStart(8)} ms (median)  ${status}  ${url}`);
  }
  const slow = rows.filter(({ url, p95 }) => p95 > MOST_MS && !ADDED_UP.test(url));
  console.log(
    slow.length === 0 ? `Each within ${MOST_MS} ms (95 %).` : `Slower than ${MOST_MS} ms: ${slow.map(({ url }) => url).join(", ")}`,
  );
  process.exitCode = slow.length === 0 ? 0 : 1;
  await server[Symbol.asyncDispose]();
  await store.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit();
