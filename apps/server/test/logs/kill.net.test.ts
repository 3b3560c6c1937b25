/** The server is killed at any moment, fifty times, while a log is written and rotated in both ways: each line is counted once. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { LogWriter } from "./log-writer.ts";
import { prepareServerProcess, startServerProcess } from "./server-process.ts";

const KILLS = 50;
const WRITE_MS = 5;
const LINES = 4;

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-kill-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it(`counts each line once through ${KILLS} kills`, async () => {
  const log = join(folder, "mail.log");
  const data = join(folder, "data");
  const writer = new LogWriter(log);
  let next = prepareServerProcess();
  // A log is read from its present file on, so that is what the first server has to see.
  writer.write(LINES);
  const first = await startServerProcess(data, { MXRAY_LOGS: log }, next);
  for (let turn = 0; turn < 600 && storedLines(data) < LINES; turn += 1) await delay(50);
  await first.kill("SIGKILL");
  next = prepareServerProcess();
  const writing = setInterval(() => {
    writer.write(LINES);
    if (Math.random() < 0.008) writer.rotate(Math.random);
  }, WRITE_MS);
  let following = 0;
  // How long a server takes before it reads depends on the machine: about half of the kills shall come later than that.
  let longestMs = 600;
  for (let kills = 0; kills < KILLS; kills += 1) {
    const server = await startServerProcess(data, { MXRAY_LOGS: log }, next);
    next = prepareServerProcess();
    const before = storedLines(data);
    await delay(Math.random() * longestMs);
    await server.kill("SIGKILL");
    writer.read = storedLines(data);
    const hasRead = writer.read > before;
    longestMs *= hasRead ? 0.9 : 1.15;
    if (hasRead) following += 1;
  }
  clearInterval(writing);
  writer.close();

  const server = await startServerProcess(data, { MXRAY_LOGS: log }, next);
  for (let turn = 0; turn < 2400 && storedLines(data) < writer.written; turn += 1) await delay(50);
  await server.kill("SIGTERM");
  expect({ lines: storedLines(data), wrong: wrongCounts(data, writer.written) }).toEqual({ lines: writer.written, wrong: [] });
  // Not all of them were killed before they read anything.
  expect(following).toBeGreaterThan(KILLS / 3);
  expect(writer.rotations).toBeGreaterThan(20);
  console.log(`${writer.written} lines, ${writer.rotations} rotations, ${KILLS} kills, ${following} of them while it was reading`);
}, 400_000);

function storedLines(data: string): number {
  using database = open(data);
  return Number(database.prepare("select coalesce(sum(lines), 0) as lines from log_source").get()?.lines);
}

/** The first numbers of lines that were not counted exactly once. */
function wrongCounts(data: string, written: number): { readonly number: number; readonly count: number }[] {
  using database = open(data);
  const rows = database
    .prepare(
      "select value, sum(count) as count from log_count join log_measure on log_measure.id = measure_id where measure = 'received' group by value",
    )
    .all();
  const counts = new Map(rows.map(({ value, count }) => [Number(value), Number(count)]));
  const numbers = Array.from({ length: Math.max(written, counts.size) }, (_, number) => ({ number, count: counts.get(number) ?? 0 }));
  return numbers.filter(({ count }) => count !== 1).slice(0, 10);
}

function open(data: string): DatabaseSync & Disposable {
  const database = new DatabaseSync(join(data, "mxray.sqlite"), { readOnly: true });
  return Object.assign(database, { [Symbol.dispose]: () => database.close() });
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
