/** Followed at 5,000 lines a second, an appended line is seen through the API within a second, and the server answers all the while. */
import { appendFileSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeRealisticLog } from "../../../../packages/maillog/bench/realistic-log.ts";
import { type ServerProcess, signIn, startServerProcess } from "./server-process.ts";

const PER_SECOND = 5000;
const TICK_MS = 20;
const MARKS = 8;

let folder = "";
let server: ServerProcess | null = null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-latency-"));
});
afterEach(async () => {
  await server?.kill("SIGTERM");
  server = null;
  await rm(folder, { recursive: true, force: true });
});

it("shows an appended line within a second at 5,000 lines a second", async () => {
  const log = join(folder, "mail.log");
  const source = join(folder, "source.log");
  writeRealisticLog(source, 100_000);
  // Times of today, so that the lines are where the API looks.
  const lines = readFileSync(source, "utf8")
    .split("\n")
    .map((line) => line.slice(16));
  await writeFile(log, "");
  server = await startServerProcess(join(folder, "data"), { MXRAY_LOGS: log });
  const headers = await signIn(server);
  let written = 0;
  const writing = setInterval(() => {
    const stamp = new Date().toISOString();
    const count = (PER_SECOND * TICK_MS) / 1000;
    appendFileSync(log, `${Array.from({ length: count }, (_, index) => `${stamp} ${lines[(written + index) % 99_000]}`).join("\n")}\n`);
    written += count;
  }, TICK_MS);
  try {
    await delay(1500);
    const waits: number[] = [];
    const answers: number[] = [];
    for (let mark = 0; mark < MARKS; mark += 1) {
      const began = performance.now();
      const id = `ABCDEF${mark.toString(16).toUpperCase().padStart(4, "0")}`;
      appendFileSync(
        log,
        `${new Date().toISOString()} mx1 postfix/smtp[9]: ${id}: to=<b@mark${mark}.example>, relay=mark${mark}.example[203.0.113.${mark + 1}]:25, delay=1, delays=0/0/0.5/0.5, dsn=4.4.2, status=deferred (lost connection with mark${mark}.example[203.0.113.${mark + 1}] while sending message body)\n`,
      );
      for (;;) {
        const asked = performance.now();
        const answer = await fetch(`${server.url}/api/v1/logs/events?peer=mark${mark}.example`, { headers });
        const { events } = (await answer.json()) as { events: unknown[] };
        answers.push(performance.now() - asked);
        if (events.length > 0) break;
        await delay(20);
      }
      waits.push(performance.now() - began);
      await delay(100);
    }
    console.log(
      `${written} lines; seen after ${waits.map(Math.round).join(", ")} ms; slowest answer ${Math.round(Math.max(...answers))} ms`,
    );
    expect(Math.max(...waits)).toBeLessThan(1000);
  } finally {
    clearInterval(writing);
  }
});

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
