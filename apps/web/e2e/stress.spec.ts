/** A stress test from the page: configure, run, watch live, verdict, before and after, share. The target is a sink of our own. */
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSink } from "@mxray/stress";
import { expect, type Page, test } from "@playwright/test";
import { barriersOf, complaintsOf, type Dashboard, overflowOf, signIn, startDashboard } from "./dashboard.ts";

const QUICK = { host: "127.0.0.1", port: 0, delayMs: 0, stall: null, refuse: 0, connectionsPerClient: null, lmtp: false, tls: null };
const PICTURES = process.env.MXRAY_PICTURES;

let dashboard: Dashboard;
let sink: Awaited<ReturnType<typeof startSink>>;
let target: string;

test.beforeAll(async () => {
  sink = await startSink({ ...QUICK, delayMs: 300 });
  target = `127.0.0.1:${sink.port}`;
  const targets = join(await mkdtemp(join(tmpdir(), "mxray-e2e-stress-")), "targets");
  await writeFile(targets, `${target} rcpt-domain=example.test\n`);
  dashboard = await startDashboard({ env: { MXRAY_STRESS_TARGETS: targets } });
});

test.afterAll(async () => {
  await dashboard?.[Symbol.asyncDispose]();
  await sink?.close();
});

const region = (page: Page, title: string) => page.getByRole("region", { name: title, exact: true });

async function start(page: Page, seconds: number): Promise<void> {
  await page.goto(`${dashboard.url}/stress`);
  await page.getByLabel("Sessions at one time").fill("5");
  await page.getByLabel("Seconds", { exact: true }).fill(String(seconds));
  const button = page.getByRole("button", { name: "Start the load" });
  await expect(button).toBeDisabled();
  await page.getByLabel("Type 127.0.0.1 to confirm").fill("127.0.0.1");
  await button.click();
  await page.waitForURL(/\/stress\/\w+$/);
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  await mkdir(PICTURES, { recursive: true });
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1440, 390]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
      await page.waitForTimeout(500);
      await page.screenshot({ path: join(PICTURES, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
  }
}

test("a load is configured, watched live, judged, compared with the one before, and shared", async ({ page, browser }) => {
  const complaints = complaintsOf(page);
  await signIn(page, dashboard);
  await page.getByRole("link", { name: "Stress" }).click();
  await expect(page.getByText("No run yet.")).toBeVisible();
  await picture(page, "configure");

  // A slow host: the run shows each second as it happens.
  await start(page, 12);
  await expect(page.getByRole("listitem").filter({ hasText: "The load" })).toHaveAttribute("aria-current", "step");
  await region(page, "Over time").getByText("As a table").click();
  await expect(region(page, "Over time").getByRole("row")).not.toHaveCount(0);
  await picture(page, "live");
  await expect(page.getByTestId("verdict")).toContainText(`${target}:`);
  await expect(page.getByTestId("verdict")).toContainText("Accepted");
  await picture(page, "verdict");

  // The same host, repaired: no delay any more.
  await sink.close();
  sink = await startSink({ ...QUICK, port: sink.port });
  await start(page, 4);
  await expect(page.getByTestId("verdict")).toBeVisible();
  await expect(region(page, "Before and after").getByRole("row").filter({ hasText: "99 % within" }).first()).toContainText("better");
  await picture(page, "after");

  await page.getByRole("button", { name: "Share" }).click();
  await page.getByLabel("Note to the recipient (optional)").fill("after the new filter");
  await page.getByRole("button", { name: "Create the link" }).click();
  const link = await page.getByLabel("Link to the stress test").inputValue();
  const context = await browser.newContext();
  const reader = await context.newPage();
  await reader.goto(link);
  await expect(reader.getByTestId("verdict")).toContainText(target);
  await expect(reader.getByText("after the new filter")).toBeVisible();
  await expect(region(reader, "Before and after")).toBeVisible();
  await expect(reader.getByText("mxray-stress@")).toHaveCount(0);
  await picture(reader, "shared");
  expect((await reader.request.get(`${dashboard.url}/api/v1/stress`)).status()).toBe(401);
  await context.close();
  expect(complaints).toEqual([]);
});

test("a load is stopped, and what it measured stays", async ({ page }) => {
  await signIn(page, dashboard);
  await start(page, 600);
  await expect(page.getByRole("listitem").filter({ hasText: "The load" })).toHaveAttribute("aria-current", "step");
  await page.getByRole("button", { name: "Stop the load" }).click();
  await expect(page.getByTestId("verdict")).toContainText("The run was cancelled.");
});

test("the pages pass the accessibility rules and fit a phone", async ({ page }) => {
  await signIn(page, dashboard);
  await page.goto(`${dashboard.url}/stress`);
  await region(page, "Runs").getByRole("link").first().waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await region(page, "Runs").getByRole("link").first().click();
  await page.getByTestId("verdict").waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  await expect.poll(() => overflowOf(page)).toBeLessThanOrEqual(0);
  await page.goto(`${dashboard.url}/stress`);
  await region(page, "Runs").getByRole("link").first().waitFor();
  expect(await overflowOf(page)).toBeLessThanOrEqual(0);
});
