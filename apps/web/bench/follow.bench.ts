/**
 * How soon an appended line is in the page while its log grows by 5,000 lines a second, and for how long that holds up the server's
 * event loop: the page of logs in Debian's Chromium, the real server, 20 seconds; a minute with `--large`, and then a backlog of
 * three million lines.
 */
import { appendFileSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { chromium } from "@playwright/test";
import { writeRealisticLog } from "../../../packages/maillog/bench/realistic-log.ts";
import { type ServerProcess, startServerProcess } from "../../server/test/logs/server-process.ts";
import { signIn } from "../e2e/dashboard.ts";

const LARGE = process.argv.includes("--large");
const PER_SECOND = 5000;
const TICK_MS = 20;
const SECONDS = LARGE ? 60 : 20;
const BACKLOG = 3_000_000;
const CHROMIUM = { executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-background-networking"] };

const folder = await mkdtemp(join(tmpdir(), "mxray-follow-"));
try {
  await follow(join(folder, "mail.log"));
  if (LARGE) await catchUp(join(folder, "backlog.log"));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function follow(log: string): Promise<void> {
  writeRealisticLog(log, 100_000);
  // Times of today take the place of those of the log.
  const lines = readFileSync(log, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => line.slice(16));
  await writeFile(log, "");
  const server = await startServerProcess(join(folder, "data"), { MXRAY_LOGS: log });
  const browser = await chromium.launch(CHROMIUM);
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await signIn(page, server);
    // Of one peer: among all lines each would be far below the screen a moment later.
    await page.goto(`${server.url}/logs?peer=mark.example`);
    await page.getByRole("list", { name: "Followed logs" }).waitFor();
    let written = 0;
    const began = performance.now();
    // What a busy machine left undone is made up for.
    const writing = setInterval(() => {
      const due = Math.floor(((performance.now() - began) / 1000) * PER_SECOND) - written;
      const stamp = new Date().toISOString();
      appendFileSync(log, Array.from({ length: due }, (_, index) => `${stamp} ${lines[(written + index) % lines.length]}\n`).join(""));
      written += due;
    }, TICK_MS);
    const shown = page.getByRole("list", { name: "Lines" });
    const waits: number[] = [];
    try {
      await setTimeout(2000);
      while (performance.now() - began < SECONDS * 1000) {
        // Of each peer the first lines of an hour are kept, so each is another one.
        const peer = `mark.example[203.0.113.${waits.length % 256}]`;
        const id = `ABCDEF${String(waits.length).padStart(4, "0")}`;
        const from = performance.now();
        appendFileSync(
          log,
          `${new Date().toISOString()} mx1 postfix/smtp[9]: ${id}: to=<b@mark.example>, relay=${peer}:25, delay=1, delays=0/0/0.5/0.5, dsn=4.4.2, status=deferred (lost connection with ${peer} while sending message body)\n`,
        );
        // Looked for every few milliseconds: Playwright's own waiting looks every half second, after a while.
        while ((await shown.getByText(id).count()) === 0) await setTimeout(5);
        waits.push(performance.now() - from);
        await setTimeout(500);
      }
    } finally {
      clearInterval(writing);
    }
    const sorted = waits.toSorted((a, b) => a - b);
    const at = (part: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN);
    console.log(`${written} lines in ${SECONDS} s; ${waits.length} of them looked for in the page:`);
    console.log(`there after ${at(0.5)} ms (median), ${at(0.95)} ms (95 %), ${at(1)} ms (longest); ${await heldUp(server)}`);
  } finally {
    await browser.close();
    await server.kill("SIGTERM");
  }
}

async function catchUp(log: string): Promise<void> {
  const lines = writeRealisticLog(log, BACKLOG);
  const server = await startServerProcess(join(folder, "backlog"), { MXRAY_LOGS: log });
  const browser = await chromium.launch(CHROMIUM);
  try {
    const page = await browser.newPage();
    await signIn(page, server);
    await page.goto(`${server.url}/logs`);
    const began = performance.now();
    const source = page.getByRole("list", { name: "Followed logs" });
    await source.getByText(`${lines.toLocaleString("en")} lines read`).waitFor({ timeout: 300_000 });
    const seconds = (performance.now() - began) / 1000;
    console.log(`backlog of ${lines} lines read in ${seconds.toFixed(1)} s with the page open; ${await heldUp(server)}`);
  } finally {
    await browser.close();
    await server.kill("SIGTERM");
  }
}

async function heldUp(server: ServerProcess): Promise<string> {
  const { p99, max } = await server.delay();
  return `event loop held up ${Math.round(p99)} ms (99 %), ${Math.round(max)} ms (longest)`;
}
