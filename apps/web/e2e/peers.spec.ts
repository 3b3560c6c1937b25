/** Peers: from the list of all to everything of one, as a mail administrator goes through them. */
import { expect, type Page, test } from "@playwright/test";
import { barriersOf, complaintsOf, diagnose, overflowOf, signIn } from "./dashboard.ts";
import { type SeededDashboard, startSeededDashboard } from "./seeded-dashboard.ts";

const MANY = 300;

let dashboard: SeededDashboard;

test.beforeAll(async () => {
  dashboard = await startSeededDashboard({ host: "pix-6", log: logOfMany(Date.now() - 1_200_000) });
});

test.afterAll(() => dashboard?.[Symbol.asyncDispose]());

test.beforeEach(async ({ page }) => {
  await signIn(page, dashboard);
});

const open = (page: Page, path: string) => page.goto(`${dashboard.url}${path}`);
const rows = (page: Page) => page.getByRole("list", { name: "Peers" }).locator("a[data-row]");
const pill = (page: Page, name: RegExp) => page.getByRole("group", { name: "Which peers" }).getByRole("button", { name });

test("the most harmed come first; filters are in the address; hundreds are scrolled through", async ({ page }) => {
  const complaints = complaintsOf(page);
  await open(page, "/peers");
  // Findings of logs are made some seconds after the lines were read.
  await expect(async () => {
    await page.reload();
    await expect(rows(page).first()).toContainText("mx.bad.example", { timeout: 2000 });
    await expect(rows(page).first()).toContainText("Only small mail passes", { timeout: 2000 });
  }).toPass({ timeout: 30_000 });
  await expect(rows(page).first()).toContainText("20 stalled");
  await expect(pill(page, /^All/)).toContainText(String(MANY + 1));

  await page.getByRole("combobox", { name: "Order" }).selectOption("name");
  await expect(page).toHaveURL(/sort=name/);
  await expect(rows(page).first()).toContainText("mx.bad.example");
  expect(await rows(page).count()).toBeLessThan(120);
  await expect(async () => {
    await page.keyboard.press("End");
    await expect(rows(page).last()).toContainText("mx99.many.example", { timeout: 500 });
  }).toPass({ timeout: 20_000 });

  await page.getByRole("searchbox").fill("mx17.many");
  await expect(rows(page)).toHaveCount(1);
  await expect(page).toHaveURL(/text=mx17\.many/);
  await expect(rows(page)).toContainText("no known problems");
  await pill(page, /With problems/).click();
  await expect(page.getByText("No peer matches these filters.")).toBeVisible();
  await page.getByRole("link", { name: "Show all peers" }).click();
  await expect(page.getByRole("searchbox")).toHaveValue("");
  expect(complaints).toEqual([]);
});

test("one peer: what is wrong, what each probe saw, how long it took, its mail and its lines", async ({ page }) => {
  const complaints = complaintsOf(page);
  await diagnose(page, `127.0.0.1:${dashboard.host.port}`);
  await open(page, "/diagnose");
  await diagnose(page, `127.0.0.1:${dashboard.host.port}`);
  await open(page, "/findings?code=smtp-fixup");
  await page.getByRole("link", { name: "127.0.0.1", exact: true }).first().click();
  await page.waitForURL(/\/peers\/127\.0\.0\.1$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("127.0.0.1");
  await expect(page.getByTestId("standing")).toContainText("firewall rewrites");
  await expect(page.getByRole("region", { name: "Findings" })).toContainText("Firewall rewrites SMTP");
  const history = page.getByRole("region", { name: "Time line" });
  await history.getByRole("button", { name: "Table" }).click();
  await expect(history.getByRole("row", { name: /Probe: / })).toHaveCount(2);
  const times = page.getByRole("region", { name: "Stage times" });
  await expect(times.locator(".recharts-surface").first()).toBeVisible();
  await times.getByRole("button", { name: "Table" }).click();
  await expect(times.getByRole("row")).toHaveCount(3);
  await expect(times.getByRole("columnheader", { name: "Greeting" })).toBeVisible();
  await page.getByText(/^Newest transcript/).click();
  await expect(page.getByText(/EHLO \S/).first()).toBeVisible();
  await page.getByRole("button", { name: "Share the newest diagnosis" }).click();
  await page.getByRole("button", { name: "Create the link" }).click();
  await expect(page.getByLabel("Link to the diagnosis")).toHaveValue(/\/d\//);
  await page.keyboard.press("Escape");
  await history
    .getByRole("row", { name: /Probe: / })
    .last()
    .getByRole("button")
    .click();
  await expect(page.getByTestId("verdict")).toContainText("smtp-fixup");

  await open(page, "/peers/198.51.100.9");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("mx.bad.example");
  await expect(page.getByRole("region", { name: "Size against outcome" })).toBeVisible();
  await expect(page.getByRole("list", { name: "Lines" })).toContainText("timed out while sending end of data");
  await expect(page.getByText("Not probed yet.")).toBeVisible();
  await open(page, "/peers/nobody.example");
  await expect(page.getByText("Nothing is known of nobody.example")).toBeVisible();
  expect(complaints.filter((complaint) => !complaint.includes("404"))).toEqual([]);
});

test("the pages of peers pass the accessibility rules and fit a phone", async ({ page }) => {
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    for (const [path, ready] of [
      ["/peers", "a[data-row]"],
      ["/peers/127.0.0.1", ".recharts-surface"],
      ["/peers/mx.bad.example", ".recharts-surface"],
    ] as const) {
      await open(page, path);
      await page.locator(ready).first().waitFor();
      expect(await barriersOf(page), `${path} ${width}`).toEqual([]);
      await expect.poll(() => overflowOf(page), { message: `${path} ${width}` }).toBe(0);
    }
  }
});

/** Lines of a Postfix that has trouble with one peer's large messages and none with many others; made up. */
function logOfMany(startMs: number): string {
  const lines: string[] = [];
  const deliver = (second: number, id: number, peer: string, size: number, stalls: boolean) => {
    const at = new Date(startMs + second * 1000).toISOString().replace("Z", "+00:00");
    const outcome = stalls
      ? `delay=600, delays=0/0/0.5/600, dsn=4.4.2, status=deferred (conversation with ${peer} timed out while sending end of data -- message may be sent more than once)`
      : "delay=1, delays=0/0/0.5/0.5, dsn=2.0.0, status=sent (250 ok)";
    lines.push(
      `${at} mx1 postfix/qmgr[7]: A${id}: from=<a@example.org>, size=${size}, nrcpt=1 (queue active)`,
      `${at} mx1 postfix/smtp[9]: A${id}: to=<b@c.example>, relay=${peer}:25, ${outcome}`,
    );
  };
  for (let index = 0; index < 40; index += 1) {
    const large = index % 2 === 1;
    deliver(index * 20, 10_000_000 + index, "mx.bad.example[198.51.100.9]", large ? 20_000 + index * 37 : 900 + index, large);
  }
  for (let index = 0; index < MANY; index += 1) {
    deliver(
      800 + index,
      20_000_000 + index,
      `mx${index}.many.example[203.0.${113 + Math.floor(index / 200)}.${(index % 200) + 1}]`,
      5000,
      false,
    );
  }
  return `${lines.join("\n")}\n`;
}
