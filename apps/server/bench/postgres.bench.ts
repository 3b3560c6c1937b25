/**
 * The store on PostgreSQL beside the one in a file: rows per second of a followed log, in turns, and each GET of the API with `--events=N`
 * (1,000,000) kept log events and `--findings=N` (10,000), `--times=N` (20) calls each.
 */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogBatch } from "@mxray/contracts";
import { startPostgres } from "@mxray/lab";
import { LogBatcher, LogClock, LogReader, timeZone } from "@mxray/maillog";
import { moveStore, openPostgresStore, openStore, type Store } from "@mxray/store";
import { writeRealisticLog } from "../../../packages/maillog/bench/realistic-log.ts";
import { fillStore } from "../../web/bench/large-store.ts";
import { apiTimes } from "./api/api-times.ts";

const option = (name: string, otherwise: number) => Number(new RegExp(`--${name}=(\\d+)`).exec(process.argv.join(" "))?.[1] ?? otherwise);
const LINES = 100_000;
const ROUNDS = 3;
/** A piece as the follower reads it. */
const PIECE = 64 * 1024;
const MOST_ROWS = 3000;
const MOST_MS = 100;

const folder = await mkdtemp(join(tmpdir(), "mxray-postgres-"));
const postgres = await startPostgres();
try {
  await postgres.run("create database commits");
  await postgres.run("create database large");
  await commits();
  await answers();
} finally {
  await postgres[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
}
process.exit();

async function commits(): Promise<void> {
  const batches = batchesOf(join(folder, "mail.log"));
  const rows = batches.reduce((sum, { counts, events, memories }) => sum + counts.length + events.length + memories.length, 0);
  const file = await openStore({ path: join(folder, "commits.sqlite") });
  const database = await openPostgresStore({ url: postgres.url("commits") });
  const speeds = { file: [] as number[], database: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    speeds.file.push(rows / (await secondsOf(file, batches, round)));
    speeds.database.push(rows / (await secondsOf(database, batches, round)));
  }
  await file.close();
  await database.close();
  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  const [inFile, inDatabase] = [median(speeds.file), median(speeds.database)];
  console.log(
    `${rows.toLocaleString("en")} rows of ${LINES.toLocaleString("en")} lines in ${batches.length} commits, median of ${ROUNDS}:`,
  );
  console.log(`  file       ${Math.round(inFile).toLocaleString("en")} rows/s`);
  console.log(`  PostgreSQL ${Math.round(inDatabase).toLocaleString("en")} rows/s, ${(inDatabase / inFile).toFixed(2)} of that`);
}

async function secondsOf(store: Store, batches: readonly LogBatch[], round: number): Promise<number> {
  const source = await store.logs.addSource(`/var/log/${round}.log`, "page", new Date().toISOString());
  if (source === null) throw new Error("Each round has a log of its own.");
  const began = performance.now();
  for (const [revision, batch] of batches.entries()) {
    if (!(await store.logs.commit(source.id, batch, { revision, position: null }))) throw new Error("A batch was not taken.");
  }
  return (performance.now() - began) / 1000;
}

function batchesOf(path: string): LogBatch[] {
  writeRealisticLog(path, LINES);
  const zone = timeZone("UTC");
  if (zone === null) throw new Error("UTC is no zone.");
  const batcher = new LogBatcher();
  const reader = new LogReader(new LogClock({ zone, year: null, now: Date.now }), (entry, file, line) => batcher.add(entry, file, line));
  const batches: LogBatch[] = [];
  let taken = { lines: 0, recognised: 0 };
  const take = () => {
    const { lines, recognised } = reader.counts;
    batches.push(batcher.take({ lines: lines - taken.lines, recognised: recognised - taken.recognised }));
    taken = { lines, recognised };
  };
  reader.begin(path);
  const bytes = readFileSync(path);
  for (let from = 0; from < bytes.length; from += PIECE) {
    reader.push(bytes.subarray(from, from + PIECE));
    if (batcher.size >= MOST_ROWS) take();
  }
  reader.end();
  take();
  return batches;
}

async function answers(): Promise<void> {
  const [events, findings, times] = [option("events", 1_000_000), option("findings", 10_000), option("times", 20)];
  await fillStore(folder, { findings, events });
  const path = join(folder, "mxray.sqlite");
  await moveStore({ path, url: postgres.url("large"), to: "postgres" });
  const inFile = await apiTimes(await openStore({ path }), times);
  const inDatabase = await apiTimes(await openPostgresStore({ url: postgres.url("large") }), times);
  console.log(
    `${events.toLocaleString("en")} log events, ${findings.toLocaleString("en")} findings; 95 % of ${times} calls each within, ms:`,
  );
  console.log("      file  PostgreSQL");
  const slowest = inDatabase.toSorted((a, b) => b.p95 - a.p95).slice(0, 20);
  for (const { url, p95, status } of slowest) {
    const file = inFile.find((each) => each.url === url)?.p95 ?? Number.NaN;
    console.log(`${file.toFixed(1).padStart(10)}${p95.toFixed(1).padStart(12)}  ${status}  ${url}`);
  }
  const over = (all: typeof inFile) => all.filter(({ p95 }) => p95 > MOST_MS).length;
  console.log(`above ${MOST_MS} ms: ${over(inFile)} of ${inFile.length} in a file, ${over(inDatabase)} on PostgreSQL`);
}
