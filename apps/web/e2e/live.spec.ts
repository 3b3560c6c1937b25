/** The page as things happen: by one connection for all tabs, without moving under its reader, and through a server that goes away. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MailHost, mailHostScript, startMailHost } from "@mxray/lab";
import { expect, type Page, test } from "@playwright/test";
import { type Dashboard, signIn, startDashboard } from "./dashboard.ts";

/** More than a browser opens connections to one server. */
const TABS = 8;

let host: MailHost;
let slow: MailHost;
let data: string;
let dashboard: Dashboard;

const start = (port = 0) =>
  startDashboard({
    data,
    port,
    env: { MXRAY_ALLOW_TARGETS: "127.0.0.0/8", MXRAY_ALLOW_PORTS: `${host.port},${slow.port}` },
  });

test.beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "mxray-live-e2e-"));
  [host, slow] = await Promise.all([startMailHost(mailHostScript("pix-6")), startMailHost(mailHostScript("silent"))]);
  dashboard = await start();
});

test.afterAll(async () => {
  await dashboard?.[Symbol.asyncDispose]();
  for (const each of [host, slow]) await each?.stop();
  await rm(data, { recursive: true, force: true });
});

test.beforeEach(async ({ page }) => {
  await signIn(page, dashboard);
});

const open = (page: Page, path: string) => page.goto(`${dashboard.url}${path}`);
/** As somebody else does it, somewhere else. */
const probe = async (page: Page, port: number): Promise<string> => {
  const answer = await page.request.post(`${dashboard.url}/api/v1/probes`, { data: { target: `127.0.0.1:${port}` } });
  return (await answer.json()).id;
};

test("many tabs share one connection, and all of them show what happens", async ({ page, context }) => {
  const tabs = [page, ...(await Promise.all(Array.from({ length: TABS - 1 }, () => context.newPage())))];
  for (const tab of tabs) await open(tab, "/findings");
  for (const tab of tabs) await expect(tab.getByText("No known problems.")).toBeVisible();
  await probe(page, host.port);
  for (const tab of tabs) await expect(tab.locator("main a[data-row]")).toHaveCount(1);
});

test("a list stays where it is while somebody is in it, and says what is new", async ({ page }) => {
  await probe(page, host.port);
  await open(page, "/diagnose");
  const rows = page.getByRole("region", { name: "Past probes" }).getByRole("listitem");
  await expect(rows.first()).toContainText("firewall rewrites");
  const count = await rows.count();
  // Nobody is in it: in place.
  await probe(page, host.port);
  await expect(rows).toHaveCount(count + 1);
  await rows.first().getByRole("link").focus();
  const id = await probe(page, host.port);
  await page.getByRole("button", { name: "1 new · show" }).click();
  await expect(rows).toHaveCount(count + 2);
  await expect(rows.first().getByRole("link")).toHaveAttribute("href", `/diagnose/${id}`);
});

test("a server that goes away and comes back: said calmly, nothing is lost, and the page goes on", async ({ page }) => {
  const id = await probe(page, slow.port);
  await open(page, `/diagnose/${id}`);
  await expect(page.getByTestId("live")).toContainText("Greeting");
  const other = await page.context().newPage();
  await open(other, "/findings?text=smtp");
  await expect(other.locator("main a[data-row]")).toHaveCount(1);

  const port = Number(new URL(dashboard.url).port);
  await dashboard[Symbol.asyncDispose]();
  for (const tab of [page, other])
    await expect(tab.getByText(/^Connection lost at \d\d:\d\d \S+\. This page may be out of date; reconnecting/)).toBeVisible();
  await expect(page.getByTestId("live")).toBeVisible();
  await expect(other.locator("main a[data-row]")).toHaveCount(1);

  dashboard = await start(port);
  for (const tab of [page, other]) await expect(tab.getByText("Connection lost")).toBeHidden({ timeout: 30_000 });
  // The probe was begun anew, and its story with it.
  await expect(page.getByTestId("live")).toContainText("Greeting");
  await page.getByText("Transcript").first().click();
  await expect(page.getByText("connected", { exact: false }).first()).toBeVisible();
  await page.request.post(`${dashboard.url}/api/v1/probes/${id}/cancel`, { data: {} });
  await expect(page.getByText("This probe was cancelled")).toBeVisible();
});
