/** Every page, as a newcomer meets it: empty, wrong input, small screens, keyboard, screen readers. Needs no network lab. */
import { gzipSync } from "node:zlib";
import type { MailQueue } from "@mxray/contracts";
import { type MailHost, mailHostScripts, startMailHost } from "@mxray/lab";
import { expect, type Page, test } from "@playwright/test";
import { barriersOf, complaintsOf, type Dashboard, diagnose, openLink, overflowOf, signIn, startDashboard } from "./dashboard.ts";

let dashboard: Dashboard;
let hosts: Record<"markup" | "silent" | "fixup" | "healthy", MailHost>;

const script = (name: string) => {
  const found = mailHostScripts.find((one) => one.name === name);
  if (found === undefined) throw new Error(`The lab has no host '${name}'.`);
  return found;
};

test.beforeAll(async () => {
  const [markup, silent, fixup, healthy] = await Promise.all([
    startMailHost(script("markup")),
    startMailHost(script("silent")),
    startMailHost(script("pix-6")),
    startMailHost(script("healthy")),
  ]);
  hosts = { markup, silent, fixup, healthy };
  const ports = Object.values(hosts)
    .map(({ port }) => port)
    .join(",");
  dashboard = await startDashboard({ env: { MXRAY_ALLOW_TARGETS: "127.0.0.0/8", MXRAY_ALLOW_PORTS: ports } });
});

test.afterAll(async () => {
  await dashboard?.[Symbol.asyncDispose]();
  for (const host of Object.values(hosts ?? {})) await host.stop();
});

test.beforeEach(async ({ page }) => {
  await signIn(page, dashboard);
});

const box = (page: Page) => page.getByRole("textbox", { name: /domain, host, address/i });

test("an empty dashboard says what to do next; wrong input gets one sentence and loses nothing", async ({ page }) => {
  await expect(page.getByRole("region", { name: "Type a domain" })).toBeVisible();
  await expect(box(page)).toBeFocused();
  for (const [input, words] of [
    ["", "No target was given"],
    ["not a host!", "'not a host!' is neither a host name nor an address"],
    ["http://example.com/x", "is a URL"],
    ["10.0.0.1", "RFC 1918"],
    ["example.com:22", "Port 22 is not a mail port"],
  ] as const) {
    await box(page).fill(input);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("alert")).toContainText(words);
    await expect(box(page)).toHaveValue(input);
  }
  await expect(page).toHaveURL(/\/diagnose$/);
});

test("the overview leads a newcomer on, and says on what it rests that nothing is wrong", async ({ page }) => {
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(page.getByRole("heading", { name: "No data yet" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Analyse a mail log" })).toBeVisible();
  await diagnose(page, `127.0.0.1:${hosts.healthy.port}`);
  await page.getByRole("link", { name: "Findings" }).click();
  await expect(page.getByText("No known problems. Findings come from probes")).toBeVisible();
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(page.getByTestId("state")).toContainText("No open findings");
  await expect(page.getByTestId("state")).toContainText(`Last probe 127.0.0.1:${hosts.healthy.port}`);
});

test("a probe is followed, listed, found, opened again and forgotten", async ({ page }) => {
  const complaints = complaintsOf(page);
  await diagnose(page, `127.0.0.1:${hosts.fixup.port}`);
  await expect(page.getByTestId("verdict")).toContainText("smtp-fixup");
  await page.getByRole("link", { name: "All probes" }).click();
  const row = page.getByRole("link", { name: new RegExp(`127.0.0.1:${hosts.fixup.port}`) }).first();
  await expect(row).toContainText("firewall rewrites");
  await page.getByRole("searchbox").fill("no such target");
  await expect(page.getByText("No probe of a target that contains “no such target”.")).toBeVisible();
  await page.getByRole("searchbox").fill("127.0");
  await row.click();
  await expect(page.getByTestId("verdict")).toContainText("smtp-fixup");
  await page.goBack();
  await page
    .getByRole("button", { name: new RegExp(`Delete the probe of 127.0.0.1:${hosts.fixup.port}`) })
    .first()
    .click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Forget it" }).click();
  await expect(row).toBeHidden();
  expect(complaints).toEqual([]);
});

test("nothing is really delivered before its recipient is confirmed by name; then it is, and that is shown", async ({ page }) => {
  const complaints = complaintsOf(page);
  await box(page).fill(`127.0.0.1:${hosts.healthy.port}`);
  await page.getByRole("button", { name: "Options" }).click();
  const group = page.getByRole("group", { name: "End-of-data test (really delivers)" });
  await expect(group.getByRole("checkbox")).toBeDisabled();
  await group.getByRole("textbox").fill("me@example.test");
  await page.getByRole("button", { name: "Diagnose" }).click();
  await expect(page.getByRole("alert")).toContainText("confirm its recipient");
  await group.getByRole("checkbox", { name: "Deliver them to me@example.test (I have the recipient’s consent)" }).check();
  // Somebody else is not confirmed.
  await group.getByRole("textbox").fill("you@example.test");
  await expect(group.getByRole("checkbox")).not.toBeChecked();
  await group.getByRole("checkbox").check();
  expect(hosts.healthy.delivered).toBe(0);
  await page.getByRole("button", { name: "Diagnose" }).click();
  await expect(page.getByTestId("delivery")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByTestId("delivery").getByText("accepted")).toHaveCount(2);
  await expect(page.getByRole("region", { name: "End-of-data test" })).toContainText("you@example.test");
  expect(hosts.healthy.delivered).toBe(2);
  // Again is without.
  await page.getByRole("button", { name: "Probe again" }).click();
  await expect(page.getByText("Its end-of-data test delivers to")).toBeHidden();
  await page.getByTestId("verdict").waitFor();
  await page.getByRole("link", { name: "All probes" }).click();
  await expect(page.getByRole("link", { name: /writes to you@example\.test/ })).toHaveCount(1);
  expect(hosts.healthy.delivered).toBe(2);
  expect(complaints).toEqual([]);
});

test("a running probe can be cancelled, and keeps what it saw", async ({ page }) => {
  await box(page).fill(`127.0.0.1:${hosts.silent.port}`);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status")).toContainText("Greeting");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("This probe was cancelled")).toBeVisible();
  await expect(page.getByRole("button", { name: "Probe again" })).toBeVisible();
});

test("what a hostile host says is text and nothing else", async ({ page }) => {
  const complaints = complaintsOf(page);
  await diagnose(page, `127.0.0.1:${hosts.markup.port}`);
  await page.getByText("Session facts").click();
  await expect(page.getByText("<script>").first()).toBeVisible();
  await page.getByText("Transcript").first().click();
  await expect(page.locator("table").last()).toContainText("<");
  expect(await page.locator("main script, main img, main iframe").count()).toBe(0);
  expect(complaints).toEqual([]);
});

test("an address that leads nowhere says so", async ({ page }) => {
  await page.goto(`${dashboard.url}/nowhere`);
  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  await page.goto(`${dashboard.url}/diagnose/none`);
  await expect(page.getByText("There is no such probe; it may have been deleted.")).toBeVisible();
});

test("signing out ends the session", async ({ page }) => {
  // A session of its own: the others' is not to end, neither here nor by a sign-in that replaces it.
  await page.context().clearCookies();
  await openLink(page, await dashboard.link());
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByText("npx mxray link")).toBeVisible();
});

test("pages pass the accessibility rules", async ({ page }) => {
  const check = async (name: string) => expect(await barriersOf(page), name).toEqual([]);
  await check("diagnose");
  await page.getByRole("button", { name: "Options" }).click();
  await check("options");
  await diagnose(page, `127.0.0.1:${hosts.fixup.port}`);
  await page.getByTestId("ladder-picture").waitFor();
  await page.getByText("Session facts").click();
  await page.getByText("Transcript").first().click();
  await check("probe");
  await page.getByRole("button", { name: "Share" }).click();
  await check("share dialog");
  await page.getByRole("button", { name: "Create the link" }).click();
  const url = await page.getByLabel("Link to the diagnosis").inputValue();
  await page.goto(url);
  await check("shared diagnosis");
});

test("nothing is cut off on a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await expect.poll(() => overflowOf(page)).toBe(0);
  await diagnose(page, `127.0.0.1:${hosts.fixup.port}`);
  await expect.poll(() => overflowOf(page)).toBe(0);
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Create the link" }).click();
  const url = await page.getByLabel("Link to the diagnosis").inputValue();
  await expect.poll(() => overflowOf(page)).toBe(0);
  await page.goto(url);
  await page.getByTestId("verdict").waitFor();
  await expect.poll(() => overflowOf(page)).toBe(0);
});

test("the mail queue is a matrix that reads well, fits a phone and offers a probe of the host that a reason names", async ({ page }) => {
  const waiting = (messages: number, place: number) => ({
    messages,
    ages: Array.from({ length: 10 }, (_, at) => (at === place ? messages : 0)),
    oldest: "2026-03-01T10:00:00Z",
  });
  const peer = { name: `mx.${"long-".repeat(11)}name.example`, address: "192.0.2.10", port: null };
  const reason = { reason: "timeout", stage: "body", dsn: "4.4.2", ...waiting(1200, 6), peer };
  const held = { reason: "held", stage: null, dsn: null, ...waiting(3, 9), peer: null };
  const queue: MailQueue = {
    ...{ at: "2026-03-01T12:00:00Z", missing: null, complete: false, ...waiting(1203, 6), queues: { deferred: 1200, hold: 3 } },
    destinations: [
      { domain: "slow.example", ...waiting(1200, 6), reasons: [reason] },
      { domain: null, ...waiting(3, 9), reasons: [held] },
    ] as MailQueue["destinations"],
    others: { destinations: 2, messages: 5 },
  };
  await page.route("**/api/v1/queue", (route) => route.fulfill({ json: queue }));
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${dashboard.url}/queue`);
  const row = page.getByRole("row", { name: /timed out, message body \(4\.4\.2\)/ });
  await expect(row.getByRole("cell").nth(7)).toHaveText("1,200");
  await expect(row.getByRole("button", { name: "Probe this host: 192.0.2.10" })).toBeAttached();
  await expect(page.getByRole("row", { name: /on hold/ }).getByRole("button")).toHaveCount(0);
  await expect(page.getByText("Every figure below is a lower bound.")).toBeVisible();
  await expect.poll(() => overflowOf(page)).toBe(0);
  expect(await barriersOf(page)).toEqual([]);
});

test("loads little before the charts", async ({ page }) => {
  // What the page before still loads is not this one's.
  await page.goto("about:blank");
  const loaded = scriptsOf(page);
  // The first page that anybody sees, and the one that it leads to.
  await page.goto(dashboard.url);
  await page.getByRole("heading").first().waitFor();
  await expect.poll(loaded.bytes).toBeGreaterThan(50_000);
  expect(await loaded.bytes()).toBeLessThan(160_000);
  await page.goto(`${dashboard.url}/diagnose`);
  await box(page).waitFor();
  expect(await loaded.bytes()).toBeLessThan(170_000);
});

test("a shared diagnosis loads little before its chart", async ({ page, browser }) => {
  await diagnose(page, `127.0.0.1:${hosts.healthy.port}`);
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Create the link" }).click();
  const url = await page.getByLabel("Link to the diagnosis").inputValue();
  // Somebody who has nothing of it yet.
  const other = await browser.newPage();
  const loaded = scriptsOf(other);
  await other.goto(url, { waitUntil: "networkidle" });
  await other.getByTestId("verdict").waitFor();
  expect(await loaded.bytes()).toBeGreaterThan(50_000);
  expect(await loaded.bytes()).toBeLessThan(110_000);
  await other.close();
});

/** Bytes of the scripts that a page loads, compressed; without those that draw charts, which come when one is seen. */
function scriptsOf(page: Page): { bytes: () => Promise<number> } {
  // Read afterwards: a page that is left takes the bodies of its responses along.
  const urls = new Set<string>();
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (/^\/assets\/.*\.js$/.test(pathname) && !/chart/i.test(pathname)) urls.add(response.url());
  });
  return {
    bytes: async () => {
      const sizes = [...urls].map(async (url) => gzipSync(await (await page.request.get(url)).body()).length);
      return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    },
  };
}
