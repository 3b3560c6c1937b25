/** Control-K: everything that is kept, and every page, by keyboard. */
import { expect, type Page, test } from "@playwright/test";
import { stallingLog } from "../../server/test/logs/test-log.ts";
import { barriersOf, complaintsOf, diagnose, overflowOf, signIn } from "./dashboard.ts";
import { type SeededDashboard, startSeededDashboard } from "./seeded-dashboard.ts";

let dashboard: SeededDashboard;

test.beforeAll(async () => {
  dashboard = await startSeededDashboard({ host: "pix-6", log: stallingLog(Date.now() - 900_000) });
});

test.afterAll(() => dashboard?.[Symbol.asyncDispose]());

test.beforeEach(async ({ page }) => {
  await signIn(page, dashboard);
});

const box = (page: Page) => page.getByRole("combobox", { name: /Host, address, finding/ });
const hits = (page: Page, group: string) => page.getByRole("listbox").getByRole("group", { name: group }).getByRole("option");
const find = async (page: Page, text: string) => {
  await page.keyboard.press("Control+k");
  await box(page).fill(text);
};

test("finds findings, peers, messages, probes, remedies and pages, and leads there", async ({ page, context }) => {
  const complaints = complaintsOf(page);
  await diagnose(page, `127.0.0.1:${dashboard.host.port}`);

  await find(page, "127.0.0.1");
  await expect(hits(page, "Diagnose")).toHaveText([/Diagnose 127\.0\.0\.1/]);
  await expect(hits(page, "Findings")).toContainText("Firewall rewrites SMTP");
  await expect(hits(page, "Probes")).toHaveCount(1);
  await hits(page, "Findings").click();
  await expect(page).toHaveURL(/\/findings\/\w+$/);

  await find(page, "bad.example");
  await hits(page, "Peers").first().click();
  await expect(page).toHaveURL(/\/peers\/198\.51\.100\.9$/);

  await find(page, "mtu_probing");
  await expect(hits(page, "Remedies").first()).toBeVisible();
  await hits(page, "Remedies").first().click();
  await expect(page).toHaveURL(/\/playbook#/);

  const queueId = (await (await page.request.get(`${dashboard.url}/api/v1/logs/events?limit=1`)).json()).events[0].event.queueId;
  await find(page, queueId.toLowerCase());
  await expect(hits(page, "Messages")).toContainText(queueId);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/logs\\?message=.*${queueId}`));
  await expect(
    page
      .getByRole("region", { name: `Message ${queueId}` })
      .getByRole("listitem")
      .first(),
  ).toContainText(queueId);
  await page.getByRole("button", { name: "All of the logs" }).click();
  await expect(page).toHaveURL(/\/logs$/);

  await page.getByRole("button", { name: /Deliveries to mx\.bad\.example hang/ }).click();
  await expect(page).toHaveURL(/\?finding=log-outbound-stalls/);
  await page.reload();
  await expect(page.getByRole("button", { name: /Deliveries to mx\.bad\.example hang/ })).toHaveAttribute("aria-pressed", "true");

  await find(page, "example.org");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/diagnose\?target=example\.org$/);
  await expect(page.getByRole("textbox", { name: /domain, host, address/i })).toHaveValue("example.org");

  await find(page, "findings");
  const fresh = context.waitForEvent("page");
  await page.getByRole("option", { name: /^Findings/ }).click({ modifiers: ["ControlOrMeta"] });
  await expect(await fresh).toHaveURL(/\/findings$/);
  expect(complaints).toEqual([]);
});

test("is worked by keys alone, and keeps nothing of what was typed", async ({ page }) => {
  await page.goto(`${dashboard.url}/logs`);
  await expect(page.getByRole("heading", { name: "Mail logs" })).toBeVisible();
  await page.keyboard.press("/");
  await expect(box(page)).toBeFocused();
  const chosen = page.locator("[role=option][aria-selected=true]");
  await expect(chosen).toContainText("Overview");
  await page.keyboard.press("ArrowUp");
  await expect(chosen).toContainText("Documentation of the HTTP API");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(chosen).toContainText("Diagnose");
  await expect(box(page)).toHaveAttribute("aria-activedescendant", (await chosen.getAttribute("id")) ?? "");
  await box(page).fill("wall");
  await expect(hits(page, "Pages")).toContainText("Wall screen");
  await box(page).fill("no such thing at all");
  await expect(page.getByText("No matches.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(box(page)).toBeHidden();
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(box(page)).toHaveValue("");
  // A page with a field of its own has `/` for that.
  await page.keyboard.press("Escape");
  await page.goto(`${dashboard.url}/findings`);
  await page.getByRole("searchbox").waitFor();
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
});

test("passes the accessibility rules and fits a phone", async ({ page }) => {
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    await find(page, "example");
    await expect(hits(page, "Peers").first()).toBeVisible();
    expect(await barriersOf(page), String(width)).toEqual([]);
    await expect.poll(() => overflowOf(page)).toBe(0);
    await page.keyboard.press("Escape");
  }
});
