/** While the backlog of a log is read, the server goes on answering; and when it says that it has caught up, each line is counted. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogSourceList } from "@mxray/contracts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeRealisticLog } from "../../../../packages/maillog/bench/realistic-log.ts";
import { type ServerProcess, signIn, startServerProcess } from "./server-process.ts";

const LINES = 400_000;
const POLL_MS = 250;

let folder = "";
let server: ServerProcess | null = null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-backlog-"));
});
afterEach(async () => {
  await server?.kill("SIGTERM");
  server = null;
  await rm(folder, { recursive: true, force: true });
});

it("counts each line of a backlog and answers meanwhile", async () => {
  const log = join(folder, "mail.log");
  const written = writeRealisticLog(log, LINES);
  server = await startServerProcess(join(folder, "data"), { MXRAY_LOGS: log });
  const { url } = server;
  const headers = await signIn(server);
  const timed = async (path: string) => {
    const began = performance.now();
    const answer = await fetch(`${url}${path}`, { headers });
    const body: unknown = await answer.json();
    return { body, ms: performance.now() - began };
  };
  const statistics: number[] = [];
  let reading = true;
  const asking = (async () => {
    // The log's stamps have no year: those of January are this year's or the last one's.
    for (; reading; await pause()) statistics.push((await timed("/api/v1/logs/statistics?from=2020-01-01T00:00:00Z")).ms);
  })();
  const began = performance.now();
  let seen: LogSourceList["sources"][number] | undefined;
  do {
    await pause();
    [seen] = ((await timed("/api/v1/logs/sources")).body as LogSourceList).sources;
  } while (seen?.state === "catching-up" || seen?.state === "waiting");
  const seconds = (performance.now() - began) / 1000;
  reading = false;
  await asking;
  expect(seen).toMatchObject({ state: "following", lines: written, recognised: written, lagBytes: 0 });
  const delay = await server.delay();
  const rounded = [delay.p99, delay.max, statistics.toSorted((a, b) => b - a)[0] ?? 0].map(Math.round).join(", ");
  console.log(`${written} lines in ${seconds.toFixed(1)} s; event loop held up p99, max; slowest statistics: ${rounded} ms`);
  expect(delay.p99).toBeLessThan(20);
  expect(delay.max).toBeLessThan(400);
  expect(statistics.toSorted((a, b) => a - b)[Math.floor(statistics.length / 2)]).toBeLessThan(1000);
});

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
