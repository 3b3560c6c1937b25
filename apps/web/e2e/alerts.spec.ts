/** Alerts and maintenance windows as an admin sets them up; and what the overview says before a failure is confirmed. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, type Page, test } from "@playwright/test";
import { barriersOf, complaintsOf, type Dashboard, overflowOf, signIn, startDashboard } from "./dashboard.ts";

let dashboard: Dashboard;
let receiver: Server;
const posts: { event: string; channel: string }[] = [];

test.beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    let text = "";
    for await (const part of request) text += part;
    posts.push(JSON.parse(text));
    response.end("taken");
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  dashboard = await startDashboard({ env: { MXRAY_ALLOW_TARGETS: "127.0.0.0/8", MXRAY_ALLOW_PORTS: "1", MXRAY_WATCH_MINUTES: "60" } });
});

test.afterAll(async () => {
  await dashboard?.[Symbol.asyncDispose]();
  receiver?.close();
});

test.beforeEach(async ({ page }) => {
  await signIn(page, dashboard);
});

const open = (page: Page, section: string) => page.goto(`${dashboard.url}/settings/${section}`);
const url = () => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
const SIZES = [
  [1440, 900],
  [390, 844],
] as const;

async function checkLook(page: Page, what: string) {
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height });
    expect(await barriersOf(page), `${what} ${width}`).toEqual([]);
    await expect.poll(() => overflowOf(page), { message: `${what} ${width}` }).toBe(0);
  }
}

test("a channel is added, tried and paused, and the delivery log shows the answer", async ({ page }) => {
  const complaints = complaintsOf(page);
  await open(page, "alerts");
  await expect(page.getByText("No channels yet. Add one to receive alerts.")).toBeVisible();
  await page.getByRole("button", { name: "Add a channel" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("noc");
  await dialog.getByLabel("URL").fill("http://169.254.169.254/");
  await dialog.getByRole("button", { name: "Add channel" }).click();
  await expect(dialog.getByRole("alert")).toContainText("169.254.169.254");
  await dialog.getByLabel("URL").fill(url());
  await dialog.getByRole("button", { name: "Add channel" }).click();
  const row = page.getByRole("list", { name: "Channels" }).getByRole("listitem");
  await expect(row).toContainText("noc");
  await row.getByRole("button", { name: "Send a test: noc" }).click();
  const log = page.getByRole("region", { name: "Delivery log" });
  await expect(log).toContainText("delivered");
  expect(posts).toMatchObject([{ event: "test", channel: "noc" }]);
  await row.getByRole("button", { name: "Pause: noc" }).click();
  await expect(row).toContainText("paused");
  await checkLook(page, "alerts");
  await row.getByRole("button", { name: "Delete: noc" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete the channel" }).click();
  await expect(page.getByText("No channels yet")).toBeVisible();
  // The browser reports the answer 400 of the refused address.
  expect(complaints.filter((complaint) => !complaint.includes("400"))).toEqual([]);
});

test("a maintenance window is added, changed and deleted; one that cannot be says why", async ({ page }) => {
  await open(page, "maintenance");
  await page.getByRole("button", { name: "Add a window" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("patch day");
  await dialog.getByRole("combobox", { name: "Begins" }).selectOption("Repeatedly (cron)");
  await dialog.getByLabel(/^Cron expression/).fill("0 2 * * 2");
  await dialog.getByRole("button", { name: "Add window" }).click();
  await expect(dialog.getByRole("alert")).toContainText("names neither targets nor tags");
  await dialog.getByLabel("Tags, separated by commas").fill("partner");
  await dialog.getByRole("button", { name: "Add window" }).click();
  const row = page.getByRole("list", { name: "Maintenance windows" }).getByRole("listitem");
  await expect(row).toContainText("cron 0 2 * * 2");
  await row.getByRole("button", { name: "Change: patch day" }).click();
  await dialog.getByLabel("Minutes").fill("90");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(row).toContainText("90 min");
  await checkLook(page, "maintenance");
  await row.getByRole("button", { name: "Delete: patch day" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete the window" }).click();
  await expect(page.getByText("No maintenance windows yet.")).toBeVisible();
});

test("the overview says that a first failure waits for a second round, and the monitor names its interval", async ({ page }) => {
  const put = await page.request.put(`${dashboard.url}/api/v1/monitors`, { data: { target: "127.0.0.1:1" } });
  expect(put.status()).toBe(201);
  await page.goto(dashboard.url);
  await expect(page.getByTestId("state")).toContainText("One target failed its last round; waiting for a second one");
  await page.getByRole("button", { name: "Change the monitor of 127.0.0.1:1" }).click();
  await expect(page.getByRole("dialog").getByRole("combobox", { name: "Interval" })).toContainText("default interval, every 60 minutes");
});
