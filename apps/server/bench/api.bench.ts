/**
 * How long each GET of the API takes, and `/metrics`, with a large store: `--events=N` (1,000,000) kept log events, `--findings=N`
 * (10,000), `--times=N` (40) calls each. Whole answers, one after the other, without the network.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "@mxray/store";
import { fillStore } from "../../web/bench/large-store.ts";
import { apiTimes } from "./api/api-times.ts";

const option = (name: string, otherwise: number) => Number(new RegExp(`--${name}=(\\d+)`).exec(process.argv.join(" "))?.[1] ?? otherwise);
const events = option("events", 1_000_000);
const findings = option("findings", 10_000);
const times = option("times", 40);
const MOST_MS = 100;
/** They add up all counts of their time: measured, not judged. */
const ADDED_UP = /\/logs\/(?:statistics|worst-peers)$/;

const folder = await mkdtemp(join(tmpdir(), "mxray-api-"));
try {
  await fillStore(folder, { findings, events });
  const rows = await apiTimes(await openStore({ path: join(folder, "mxray.sqlite") }), times);
  console.log(`${events.toLocaleString("en")} log events, ${findings.toLocaleString("en")} findings; ${times} calls each`);
  for (const { url, status, p50, p95 } of rows.toSorted((a, b) => b.p95 - a.p95)) {
    console.log(`${p95.toFixed(1).padStart(8)} ms (95 %) ${p50.toFixed(1).padStart(8)} ms (median)  ${status}  ${url}`);
  }
  const slow = rows.filter(({ url, p95 }) => p95 > MOST_MS && !ADDED_UP.test(url));
  console.log(
    slow.length === 0 ? `Each within ${MOST_MS} ms (95 %).` : `Slower than ${MOST_MS} ms: ${slow.map(({ url }) => url).join(", ")}`,
  );
  process.exitCode = slow.length === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit();
