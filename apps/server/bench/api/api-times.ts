/** How long each GET of the API takes on a store, one after the other, without the network. */
import type { Store } from "@mxray/store";
import { routesOf } from "../../test/routes-of.ts";
import { startTestServer } from "../../test/test-server.ts";

export interface RouteTimes {
  readonly url: string;
  readonly status: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
}

/** They never end, or need what is not there. */
const LEFT_OUT = /\/events$|^\/d\/|^\/wall\/:|^\/sign-in|\/oidc|card\.png/;

/** @param times calls of each route. The store is closed. */
export async function apiTimes(store: Store, times: number): Promise<RouteTimes[]> {
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
  await server[Symbol.asyncDispose]();
  await store.close();
  return rows;
}
