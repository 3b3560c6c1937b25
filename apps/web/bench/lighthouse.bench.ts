/**
 * How good and how fast the pages are. First with little in the store: Lighthouse's scores of the pages that strangers and
 * screens open, and how much script each loads. Then with 10,000 findings and a million kept log events: how long it takes
 * until a page can be used, its first rows there and ready to be clicked, and what that takes of a processor, which a busy machine
 * changes less. Debian's Chromium, the real server, on loopback.
 */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { mailHostScript, startMailHost } from "@mxray/lab";
import { type BrowserContext, type CDPSession, chromium, type Locator, type Page } from "@playwright/test";
import lighthouse, { desktopConfig } from "lighthouse";
import { type Dashboard, diagnose, signIn, startDashboard } from "../e2e/dashboard.ts";
import { fillStore } from "./large-store.ts";

const LARGE = { findings: 10_000, events: 1_000_000 };
const CATEGORIES = ["performance", "accessibility", "best-practices"] as const;
const RUNS = 3;

const CHROMIUM = { executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-background-networking"] };

await measureScores();
await measureLargeStore();

async function measureScores(): Promise<void> {
  await using host = await startMailHost(mailHostScript("pix-6"));
  await using dashboard = await startDashboard({ env: { MXRAY_ALLOW_TARGETS: "127.0.0.0/8", MXRAY_ALLOW_PORTS: String(host.port) } });
  const debugPort = await freePort();
  const profile = await mkdtemp(join(tmpdir(), "mxray-lighthouse-"));
  // Lighthouse opens its tabs in the browser's own profile. That is where the session has to be: the worker behind a page's tabs
  // sends the cookies of its profile, and no header that Lighthouse adds to the page's requests.
  const context = await chromium.launchPersistentContext(profile, {
    ...CHROMIUM,
    args: [...CHROMIUM.args, `--remote-debugging-port=${debugPort}`],
  });
  const page = await context.newPage();
  await signIn(page, dashboard);
  await diagnose(page, `127.0.0.1:${host.port}`);
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Create the link" }).click();
  const shared = new URL(await page.getByLabel("Link to the diagnosis").inputValue()).pathname;
  await page.close();
  console.log(`${"Lighthouse".padEnd(24)}${CATEGORIES.map((name) => name.padStart(16)).join("")}${"script (gz)".padStart(16)}`);
  for (const [name, path, device] of [
    ["/", "/", "desktop"],
    ["/d/TOKEN", shared, "desktop"],
    ["/d/TOKEN", shared, "mobile"],
    ["/wall", "/wall", "desktop"],
  ] as const) {
    const scores = await scoresOf(`${dashboard.url}${path}`, debugPort, device);
    const kilobytes = `${Math.round((await scriptBytes(context, `${dashboard.url}${path}`)) / 1000)} kB`;
    console.log(`${`${name}, ${device}`.padEnd(24)}${scores.map((score) => String(score).padStart(16)).join("")}${kilobytes.padStart(16)}`);
  }
  await context.close();
  await rm(profile, { recursive: true, force: true });
}

/** 0 to 100 each, in the order of the categories; what costs points is said below. */
async function scoresOf(url: string, port: number, device: "desktop" | "mobile"): Promise<number[]> {
  const result = await lighthouse(
    url,
    { port, onlyCategories: [...CATEGORIES], maxWaitForLoad: 20_000, logLevel: "silent" },
    device === "desktop" ? desktopConfig : undefined,
  );
  if (result === undefined) throw new Error(`Lighthouse could not look at ${url}.`);
  const { categories, audits, runtimeError } = result.lhr;
  if (runtimeError !== undefined) throw new Error(`Lighthouse on ${url}: ${runtimeError.message}`);
  if (process.argv.includes("--why")) {
    for (const { id, title, score, displayValue = "" } of Object.values(audits)) {
      if (score !== null && score < 0.9) console.log(`  ${id}: ${title} ${displayValue}`);
    }
  }
  return CATEGORIES.map((name) => Math.round((categories[name]?.score ?? 0) * 100));
}

/** Compressed, without the charts, which come when one is seen. */
async function scriptBytes(context: BrowserContext, url: string): Promise<number> {
  const page = await context.newPage();
  const sizes: Promise<number>[] = [];
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (!/^\/assets\/.*\.js$/.test(pathname) || /chart/i.test(pathname)) return;
    sizes.push(response.body().then((body) => gzipSync(body).length));
  });
  // Pages with live events are never without a request.
  await page.goto(url, { waitUntil: "load" });
  await page.waitForTimeout(3000);
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  await page.close();
  return bytes;
}

async function measureLargeStore(): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), "mxray-large-"));
  try {
    const began = performance.now();
    await fillStore(data, LARGE);
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(`\n${LARGE.findings} findings and ${LARGE.events} log events (written in ${seconds} s): until a page can be used`);
    await using dashboard = await startDashboard({ data });
    const browser = await chromium.launch(CHROMIUM);
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await signIn(page, dashboard);
      await timePages(page, dashboard);
    } finally {
      await browser.close();
    }
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

async function timePages(page: Page, { url, pid }: Dashboard): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const row = page.locator("main a[data-row]").first();
  await page.goto(`${url}/findings`);
  await row.waitFor();
  const finding = (await row.getAttribute("href")) ?? "";
  const line = page.getByRole("list", { name: "Lines" }).getByRole("listitem").first();
  const peerOfLogs = page.getByRole("region", { name: "Peers, most affected first" }).getByRole("row").nth(1);
  const pages: readonly (readonly [name: string, path: string, usable: Locator, whole?: Locator])[] = [
    ["/", "/", row],
    ["/findings", "/findings", row],
    ["/findings/ID", finding, page.getByRole("button", { name: "Check the fix" })],
    ["/logs", "/logs", line, peerOfLogs],
    ["/logs, a week", "/logs?range=week", line, peerOfLogs],
    ["/logs, a year", "/logs?range=year", line, peerOfLogs],
    ["/peers", "/peers", page.locator("main a[href^='/peers/']").first()],
    ["/peers/PEER", "/peers/198.19.0.7", line, page.getByRole("region", { name: "Size against outcome" })],
    ["/diagnose", "/diagnose", page.getByRole("list", { name: "Past probes" }).getByRole("link").first()],
    ["/playbook", "/playbook", page.locator("main summary").first()],
    ["/wall", "/wall", page.getByTestId("tile").first()],
  ];
  for (const [name, path, usable, whole = usable] of pages) {
    const [times, served, drawn]: [number[], number[], number[]] = [[], [], []];
    for (let run = 0; run < RUNS; run += 1) {
      await page.goto("about:blank");
      const servedBefore = processorMs(pid);
      const began = performance.now();
      await page.goto(`${url}${path}`, { waitUntil: "commit" });
      try {
        await Promise.all([isThere(usable), isThere(whole)]);
        // Visible, still, and nothing in front of it.
        if (name !== "/wall") await usable.click({ trial: true });
        times.push(performance.now() - began);
        served.push(processorMs(pid) - servedBefore);
        drawn.push(await drawingMs(devtools));
      } catch {
        times.push(Number.POSITIVE_INFINITY);
        break;
      }
    }
    const time = Number.isFinite(median(times)) ? `${median(times)} ms` : "not within 30 s";
    console.log(`${name.padEnd(24)}${time.padEnd(16)}processor: server ${median(served)} ms, page ${median(drawn)} ms`);
  }
}

/** Looks every few milliseconds: Playwright's own waiting looks every half second, after a while. */
async function isThere(element: Locator): Promise<void> {
  for (const end = performance.now() + 30_000; !(await element.isVisible()); await setTimeout(5)) {
    if (performance.now() > end) throw new Error("It did not come.");
  }
}

function median(figures: readonly number[]): number {
  return Math.round(figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN);
}

/** What a process has taken of processors so far, to 10 ms. */
function processorMs(pid: number): number {
  const [, user = 0, system = 0] = /\) \S+ (?:\S+ ){10}(\d+) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.map(Number) ?? [];
  return (user + system) * 10;
}

/** What the page's own thread has taken since it was opened. */
async function drawingMs(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send("Performance.getMetrics");
  return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("No port is free.");
  return address.port;
}
