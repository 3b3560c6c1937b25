/** Settings: what is saved stays, what the environment says is locked, what is dangerous asks by name; links are revoked. */
import { type MailHost, mailHostScript, startMailHost } from "@mxray/lab";
import { expect, type Page, test } from "@playwright/test";
import { barriersOf, complaintsOf, type Dashboard, diagnose, openLink, overflowOf, signIn, startDashboard } from "./dashboard.ts";

const SECTIONS = [
  "Log sources",
  "Target policy",
  "Automatic probing",
  "Maintenance",
  "Alerts",
  "Retention",
  "Users",
  "API tokens",
  "Audit",
  "Links",
  "Your account",
  "About",
] as const;

let dashboard: Dashboard;
let host: MailHost;

test.beforeAll(async () => {
  host = await startMailHost(mailHostScript("pix-6"));
  dashboard = await startDashboard({
    env: { MXRAY_ALLOW_TARGETS: "127.0.0.0/8", MXRAY_LOG_DAYS: "5", MXRAY_DO_NOT_PROBE: "given.example" },
  });
});

test.afterAll(async () => {
  await dashboard?.[Symbol.asyncDispose]();
  await host?.stop();
});

test.beforeEach(async ({ page }) => {
  await signIn(page, dashboard);
});

const open = (page: Page, section: string) => page.goto(`${dashboard.url}/settings/${section}`);
const form = (page: Page, title: string) => page.getByRole("region", { name: title });
const asked = (page: Page) => page.getByRole("alertdialog");

/** A diagnosis of the host, whose port is then allowed. */
async function probeHost(page: Page): Promise<void> {
  await page.request.patch(`${dashboard.url}/api/v1/settings`, { data: { allowPorts: String(host.port) } });
  await page.goto(`${dashboard.url}/diagnose`);
  await diagnose(page, `127.0.0.1:${host.port}`);
}

test("the gear leads to settings, and each section has an address", async ({ page }) => {
  const complaints = complaintsOf(page);
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page).toHaveURL(/\/settings\/logs$/);
  await expect(page.getByText("No log is followed yet.")).toBeVisible();
  const nav = page.getByRole("navigation", { name: "Settings" });
  for (const name of SECTIONS) {
    await nav.getByRole("link", { name }).click();
    await expect(nav.getByRole("link", { name })).toHaveAttribute("aria-current", "page");
  }
  await page.reload();
  await expect(form(page, "This server")).toContainText("mxray.sqlite");
  await expect(form(page, "Path measurement")).toContainText("lo: MTU");
  await expect(form(page, "All settings")).toContainText(/MXRAY_LOG_DAYS\s*5\s*environment/);
  await open(page, "nowhere");
  await expect(page.getByText("Your role has no section of that name")).toBeVisible();
  expect(complaints).toEqual([]);
});

test("what is saved stays, holds at once, and can be undone before", async ({ page }) => {
  const complaints = complaintsOf(page);
  const target = `127.0.0.1:${host.port}`;
  await open(page, "targets");
  const policy = form(page, "What may be probed");
  await expect(policy.getByRole("button", { name: "Save" })).toBeDisabled();
  await policy.getByLabel("Further ports").fill(`${host.port}`);
  await expect(policy.getByRole("status")).toHaveText("Not saved yet.");
  await policy.getByRole("button", { name: "Undo" }).click();
  await expect(policy.getByLabel("Further ports")).toHaveValue("");
  await policy.getByLabel("Further ports").fill(`${host.port}`);
  await policy.getByRole("button", { name: "Save" }).click();
  await expect(asked(page)).toContainText(`port ${host.port}`);
  await asked(page).getByRole("button", { name: "Save it" }).click();
  await expect(policy.getByRole("status")).toHaveText("Saved and in effect.");
  await page.reload();
  await expect(policy.getByLabel("Further ports")).toHaveValue(`${host.port}`);
  await page.goto(`${dashboard.url}/diagnose`);
  await diagnose(page, target);

  await open(page, "targets");
  await policy.getByLabel("Never probe").fill("127.0.0.1");
  await policy.getByRole("button", { name: "Save" }).click();
  await expect(policy.getByRole("status")).toHaveText("Saved and in effect.");
  await page.goto(`${dashboard.url}/diagnose`);
  const box = page.getByRole("textbox", { name: /domain, host, address/i });
  await box.fill(target);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("do-not-probe list");

  await open(page, "targets");
  await policy.getByLabel("Never probe").fill("");
  await policy.getByRole("button", { name: "Save" }).click();
  await expect(asked(page)).toContainText("127.0.0.1 may be probed again.");
  await asked(page).getByRole("button", { name: "Save it" }).click();
  await expect(policy.getByRole("status")).toHaveText("Saved and in effect.");
  expect(complaints.filter((text) => !text.includes("403"))).toEqual([]);
});

test("what makes no sense is told beside its field, and nothing that was typed is lost", async ({ page }) => {
  await open(page, "targets");
  const policy = form(page, "What may be probed");
  await policy.getByLabel("Never probe").fill("fine.example\n-wrong!");
  await policy.getByRole("button", { name: "Save" }).click();
  await expect(policy.getByText("'Never probe' takes host names", { exact: false })).toContainText("not '-wrong!'.");
  await expect(policy.getByRole("status")).toHaveText("Nothing was saved.");
  await expect(policy.getByLabel("Never probe")).toBeFocused();
  await expect(policy.getByLabel("Never probe")).toHaveAttribute("aria-invalid", "true");
  expect(await barriersOf(page)).toEqual([]);
  // Another section and back.
  await page.getByRole("link", { name: "Retention" }).click();
  await page.getByRole("link", { name: "Target policy" }).click();
  await expect(policy.getByLabel("Never probe")).toHaveValue("fine.example\n-wrong!");
  // Another page asks.
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(asked(page)).toContainText("not saved");
  await asked(page).getByRole("button", { name: "Cancel" }).click();
  await expect(policy.getByLabel("Never probe")).toHaveValue("fine.example\n-wrong!");
  await page.getByRole("link", { name: "Overview" }).click();
  await asked(page).getByRole("button", { name: "Leave" }).click();
  await expect(page).toHaveURL(`${dashboard.url}/`);
});

test("what the environment says is locked, and what forgets something asks", async ({ page }) => {
  await open(page, "targets");
  await expect(form(page, "What may be probed")).toContainText("Set by MXRAY_ALLOW_TARGETS");
  await expect(form(page, "What may be probed")).toContainText("Also in force, set by MXRAY_DO_NOT_PROBE");
  await open(page, "retention");
  const kept = form(page, "Retention periods");
  await expect(kept).toContainText("Set by MXRAY_LOG_DAYS");
  await expect(kept.getByLabel("Days of logs")).toHaveCount(0);
  await kept.getByLabel("Days for which probes are kept").fill("30");
  await page.keyboard.press("Enter");
  await expect(asked(page)).toContainText("Probes of more than 30 days ago are deleted immediately");
  await page.keyboard.press("Escape");
  await expect(kept.getByRole("status")).toHaveText("Not saved yet.");
  await kept.getByRole("button", { name: "Save" }).click();
  await asked(page).getByRole("button", { name: "Save it" }).click();
  await expect(kept.getByRole("status")).toHaveText("Saved and in effect.");
});

test("a change in one window shows in another", async ({ page, context }) => {
  await open(page, "automatic");
  const other = await context.newPage();
  await other.goto(`${dashboard.url}/settings/automatic`);
  await other.getByRole("radio", { name: /^Off/ }).check();
  await other.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("radio", { name: /^Off/ })).toBeChecked();
  await other.getByRole("radio", { name: /^Automatic/ }).check();
  await other.getByRole("button", { name: "Save" }).click();
  await expect(asked(other)).toContainText("mxray connects automatically");
  await asked(other).getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("radio", { name: /^Off/ })).toBeChecked();
});

test("links that were given out are listed with their maker, and revoked by name", async ({ page, browser }) => {
  const complaints = complaintsOf(page);
  await open(page, "links");
  await expect(page.getByText("No active links.")).toBeVisible();
  await probeHost(page);
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Create the link" }).click();
  const url = await page.getByLabel("Link to the diagnosis").inputValue();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Wall screen" }).click();
  await page.getByLabel("Screen name").fill('Lobby <img src=x onerror="alert(1)">');
  await page.getByRole("button", { name: "Make a link" }).click();
  await page.keyboard.press("Escape");
  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(url);
  await expect(stranger.getByTestId("verdict")).toBeVisible();

  await open(page, "links");
  const working = page.getByRole("list", { name: "Active links" });
  const share = working.getByRole("listitem").filter({ hasText: `127.0.0.1:${host.port}` });
  await expect(working.getByRole("listitem")).toHaveCount(2);
  await expect(share).toContainText("this browser");
  await expect(share).toContainText(/signed in .* from (127\.0\.0\.1|::1)/);
  await expect(share).toContainText("1×");
  await expect(working).toContainText("Lobby <img src=x");
  expect(await page.locator("main img").count()).toBe(0);
  await share.getByRole("button", { name: "Revoke" }).focus();
  await page.keyboard.press("Enter");
  await expect(asked(page)).toHaveAccessibleName(`Revoke the link to the diagnosis of 127.0.0.1:${host.port}?`);
  await expect(asked(page)).toContainText("was opened once");
  await page.keyboard.press("Escape");
  await expect(working.getByRole("listitem")).toHaveCount(2);
  await share.getByRole("button", { name: "Revoke" }).click();
  await asked(page).getByRole("button", { name: "Revoke the link" }).click();
  await expect(working.getByRole("listitem")).toHaveCount(1);
  await page.getByText("Ended links").click();
  await expect(page.getByRole("list", { name: "Ended links" })).toContainText("revoked");
  await stranger.goto(url);
  await expect(stranger.getByText(/was revoked by its sender/)).toBeVisible();

  // Somebody else, elsewhere, is told who made it.
  const other = await (await browser.newContext()).newPage();
  await openLink(other, await dashboard.link());
  await other.goto(`${dashboard.url}/settings/links`);
  await expect(other.getByRole("list", { name: "Active links" })).toContainText("Chrome on Linux");
  expect(complaints).toEqual([]);
});

test("sections pass the accessibility rules and fit a phone", async ({ page }) => {
  test.slow();
  await probeHost(page);
  const probeId = new URL(page.url()).pathname.split("/").at(-1);
  const [gone] = await Promise.all(
    [1, 2].map(async () => await (await page.request.post(`${dashboard.url}/api/v1/links/diagnosis`, { data: { probeId } })).json()),
  );
  await page.request.delete(`${dashboard.url}/api/v1/links/${gone.id}`);
  await open(page, "logs");
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const name of SECTIONS) {
      await page.getByRole("link", { name, exact: true }).click();
      await page.locator("main section").first().waitFor();
      if (name === "Links") await page.getByText("Ended links").click();
      expect(await barriersOf(page), `${name}, ${width}`).toEqual([]);
      await expect.poll(() => overflowOf(page), { message: name }).toBe(0);
    }
  }
  await page.getByRole("link", { name: "Links" }).click();
  await page
    .getByRole("button", { name: /^Revoke/ })
    .first()
    .click();
  expect(await barriersOf(page), "the question").toEqual([]);
});
