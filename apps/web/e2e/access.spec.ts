/** Users, API tokens and the audit: an admin invites a user, who signs in with a password and sees what the role allows. */
import { mkdir } from "node:fs/promises";
import { expect, type Page, test } from "@playwright/test";
import { barriersOf, complaintsOf, type Dashboard, overflowOf, signIn, startDashboard } from "./dashboard.ts";

const PASSWORD = "correct horse battery";
const SECTIONS = ["users", "tokens", "audit", "account"] as const;

let dashboard: Dashboard;

test.beforeAll(async () => {
  dashboard = await startDashboard();
});

test.afterAll(async () => {
  await dashboard?.[Symbol.asyncDispose]();
});

const region = (page: Page, title: string) => page.getByRole("region", { name: title, exact: true });

test("a user is invited, chooses a password, sees what the role allows, and is out at once when disabled", async ({ page, browser }) => {
  const complaints = complaintsOf(page);
  await signIn(page, dashboard);
  await page.goto(`${dashboard.url}/settings/users`);
  await expect(region(page, "Users")).toContainText("No users yet.");
  await page.getByLabel("Name").fill("ann");
  await region(page, "Add a user").getByRole("combobox").selectOption("operator");
  await page.getByRole("button", { name: "Add user" }).click();
  const link = await page.getByLabel("Sign-in link for ann").inputValue();
  await expect(region(page, "Users")).toContainText("invited");

  const context = await browser.newContext();
  const ann = await context.newPage();
  await ann.goto(link);
  await ann.getByLabel("Password").fill(PASSWORD);
  await ann.getByLabel("The same again").fill(PASSWORD);
  await ann.getByRole("button", { name: "Save and sign in" }).click();
  await ann.goto(`${dashboard.url}/settings/account`);
  await expect(region(ann, "Your account")).toContainText("signed in as ann, with the role operator");
  const nav = ann.getByRole("navigation", { name: "Settings" });
  await expect(nav.getByRole("link")).toHaveText(["Maintenance", "Links", "Your account"]);
  await ann.goto(`${dashboard.url}/settings/users`);
  await expect(ann.getByText("Your role has no section of that name")).toBeVisible();

  await page.getByRole("button", { name: "Disable: ann" }).click();
  await expect(region(page, "Users")).toContainText("disabled");
  expect((await ann.request.get(`${dashboard.url}/api/v1/session`)).status()).toBe(401);
  await ann.goto(dashboard.url);
  await ann.getByLabel("Name").fill("ann");
  await ann.getByLabel("Password").fill(PASSWORD);
  await ann.getByRole("button", { name: "Sign in" }).click();
  await expect(ann.getByRole("alert")).toHaveText("The name or the password is wrong.");
  await page.getByRole("button", { name: "Enable: ann" }).click();
  await expect(page.getByRole("button", { name: "Disable: ann" })).toBeVisible();
  await ann.getByLabel("Name").fill("ann");
  await ann.getByLabel("Password").fill(PASSWORD);
  await ann.getByRole("button", { name: "Sign in" }).click();
  await expect(ann.getByRole("link", { name: "Settings" })).toBeVisible();
  await context.close();
  expect(complaints).toEqual([]);
});

test("a token is shown once and revoked; the audit says who did what", async ({ page, request }) => {
  await signIn(page, dashboard);
  await page.goto(`${dashboard.url}/settings/tokens`);
  await page.getByLabel("What uses it").fill("nightly check");
  await page.getByRole("button", { name: "Make token" }).click();
  const token = await page.getByLabel("API token for nightly check").inputValue();
  const status = async () =>
    (await request.get(`${dashboard.url}/api/v1/probes`, { headers: { authorization: `Bearer ${token}` } })).status();
  expect(await status()).toBe(200);
  await page.getByRole("button", { name: "Revoke: nightly check" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke the token" }).click();
  await expect(region(page, "API tokens")).toContainText("revoked");
  expect(await status()).toBe(401);
  await page.goto(`${dashboard.url}/settings/audit`);
  const audit = page.getByRole("list", { name: "Audit" }).getByRole("listitem");
  await expect(audit.first()).toContainText("Revoked API token nightly check");
  await expect(audit.first()).toContainText("Owner from");
  await page.getByLabel("Action").selectOption("Made API token");
  await expect(audit).toHaveCount(1);
});

test("its pages have no barriers and fit a phone, in light and dark", async ({ page }) => {
  await signIn(page, dashboard);
  const folder = process.env.MXRAY_PICTURES;
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const section of SECTIONS) {
      await page.goto(`${dashboard.url}/settings/${section}`);
      await expect(page.getByRole("region").first()).toBeVisible();
      await expect(page.getByText("Loading …")).toHaveCount(0);
      expect(await overflowOf(page), `${section} at ${width}`).toBeLessThanOrEqual(0);
      expect(await barriersOf(page), `${section} at ${width}`).toEqual([]);
      for (const colorScheme of folder === undefined ? [] : (["light", "dark"] as const)) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: `${folder}/${section}-${width}-${colorScheme}.png` });
      }
    }
  }
});
