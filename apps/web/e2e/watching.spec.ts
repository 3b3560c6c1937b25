/** Watching: switched on where a target, a peer or a finding is shown, seen on the overview, and ended. */
import { type MailHost, mailHostScript, startMailHost } from "@mxray/lab";
import { expect, type Page, test } from "@playwright/test";
import { barriersOf, complaintsOf, type Dashboard, diagnose, overflowOf, signIn, startDashboard } from "./dashboard.ts";

let dashboard: Dashboard;
let fine: MailHost;
let fixup: MailHost;
let refusing: MailHost;

test.beforeAll(async () => {
  fine = await startMailHost(mailHostScript("healthy"));
  fixup = await startMailHost(mailHostScript("pix-6"));
  refusing = await startMailHost(mailHostScript("greeting-554"));
  const ports = [fine, fixup, refusing].map(({ port }) => port).join(",");
  dashboard = await startDashboard({ env: { MXRAY_ALLOW_TARGETS: "127.0.0.0/8", MXRAY_ALLOW_PORTS: ports, MXRAY_WATCH_MINUTES: "30" } });
});

test.afterAll(async () => {
  await dashboard?.[Symbol.asyncDispose]();
  for (const host of [fine, fixup, refusing]) await host?.stop();
});

test.beforeEach(async ({ page }) => {
  await signIn(page, dashboard);
});

const switchOn = async (page: Page) => {
  const watching = page.getByTestId("watching");
  await expect(watching).toContainText("Probed every 30 minutes, until you switch it off.");
  await watching.getByRole("switch", { name: /^Watch 127/ }).click();
  await expect(watching.getByRole("switch")).toBeChecked();
  return watching;
};
const rows = (page: Page) => page.getByTestId("watch");

test("a target is watched from its probe, by keys alone, and the page follows its first round", async ({ page }) => {
  const complaints = complaintsOf(page);
  await diagnose(page, `127.0.0.1:${fine.port}`);
  const watching = page.getByTestId("watching");
  await watching.getByRole("switch").focus();
  await page.keyboard.press("Space");
  await expect(watching).toContainText(/Probed every 30 minutes; next probe \d\d:\d\d \S+\./);
  await expect(watching.getByRole("link", { name: /passes/ })).toBeVisible();
  await expect(watching.getByRole("img", { name: /^The last probe, the newest first: passes$/ })).toBeVisible();
  await watching.getByRole("link", { name: /passes/ }).click();
  await expect(page.getByText(/, by a watch/)).toBeVisible();
  await expect(watching.getByRole("switch")).toBeChecked();
  expect(complaints).toEqual([]);
});

test("a finding is watched, the overview lists it, and stopping ends it everywhere", async ({ page, context }) => {
  const complaints = complaintsOf(page);
  await diagnose(page, `127.0.0.1:${fixup.port}`);
  await page.goto(`${dashboard.url}/findings?code=smtp-fixup`);
  await page.locator("main a[data-row]").first().click();
  const watching = await switchOn(page);
  await expect(watching.getByRole("link", { name: /just now: / })).toBeVisible();
  await expect(page.getByTestId("timeline")).toContainText("Seen in a probe");

  const overview = await context.newPage();
  await overview.goto(dashboard.url);
  await expect(overview.getByRole("region", { name: "Watched destinations" })).toContainText(/[Pp]robed (again )?every 30 minutes/);
  const row = rows(overview).filter({ hasText: `127.0.0.1:${fixup.port}` });
  await expect(row).toContainText(/for 1 min/);
  await expect(row).toContainText(/probed just now · next probe \d\d:\d\d/);
  await row.getByRole("button", { name: `Stop watching 127.0.0.1:${fixup.port}` }).click();
  await expect(row).toHaveCount(0);
  await expect(watching.getByRole("switch")).not.toBeChecked();
  expect(complaints).toEqual([]);
});

test("a host that refuses us is watched more rarely, and the page says so", async ({ page }) => {
  await diagnose(page, `127.0.0.1:${refusing.port}`);
  const watching = await switchOn(page);
  await expect(watching).toContainText("It refuses us (421 or 554), so it is probed only every 60 minutes until it does not.");
});

test("a peer is watched as a host; what cannot be watched says why", async ({ page }) => {
  await page.goto(`${dashboard.url}/peers/127.0.0.2`);
  await switchOn(page);
  await page.goto(`${dashboard.url}/peers/192.0.2.1`);
  await page.getByTestId("watching").getByRole("switch").click();
  await expect(page.getByTestId("watching").getByRole("alert")).toContainText("192.0.2.1 is not a public address");
  await expect(page.getByTestId("watching").getByRole("switch")).not.toBeChecked();
});

test("the switch and the list pass the accessibility rules and fit a phone", async ({ page }) => {
  await diagnose(page, `127.0.0.1:${fine.port}`);
  const probe = page.url();
  if (!(await page.getByTestId("watching").getByRole("switch").isChecked())) await switchOn(page);
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.goto(probe);
    await expect(page.getByTestId("watching").getByRole("switch")).toBeChecked();
    await page.getByTestId("ladder-picture").waitFor();
    expect(await barriersOf(page), `probe ${width}`).toEqual([]);
    await expect.poll(() => overflowOf(page), { message: `probe ${width}` }).toBe(0);
    await page.goto(dashboard.url);
    await rows(page).first().waitFor();
    expect(await barriersOf(page), `overview ${width}`).toEqual([]);
    await expect.poll(() => overflowOf(page), { message: `overview ${width}` }).toBe(0);
  }
});
