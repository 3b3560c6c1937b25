/** What a mail administrator does with findings: see what is broken, acknowledge it, have it checked, look a remedy up. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MailHost, mailHostScript, startMailHost } from "@mxray/lab";
import { expect, type Page, test } from "@playwright/test";
import { barriersOf, complaintsOf, type Dashboard, diagnose, overflowOf, signIn, startDashboard } from "./dashboard.ts";

/** As the name of a followed log and as a note: markup, a mark that turns text around, and length. */
const HOSTILE = '<img src=x onerror="document.title=1">\u202Eevil';

let dashboard: Dashboard;
let host: MailHost;
let folder: string;

test.beforeAll(async ({ browser }) => {
  host = await startMailHost(mailHostScript("pix-6"));
  folder = await mkdtemp(join(tmpdir(), "mxray-findings-"));
  const log = join(folder, HOSTILE);
  await writeFile(log, stallingLog(Date.now() - 1_200_000));
  dashboard = await startDashboard({
    env: { MXRAY_ALLOW_TARGETS: "127.0.0.0/8", MXRAY_ALLOW_PORTS: String(host.port), MXRAY_LOGS: log, MXRAY_LOG_PROBING: "off" },
  });
  const page = await browser.newPage();
  await signIn(page, dashboard);
  await diagnose(page, `127.0.0.1:${host.port}`);
  await page.close();
});

test.afterAll(async () => {
  await dashboard?.[Symbol.asyncDispose]();
  await host?.stop();
  await rm(folder, { recursive: true, force: true });
});

test.beforeEach(async ({ page }) => {
  await signIn(page, dashboard);
});

const open = (page: Page, path: string) => page.goto(`${dashboard.url}${path}`);
const rows = (page: Page) => page.locator("main a[data-row]");

test("the overview says what is broken, since when and how sure, and how logs and mail flow stand", async ({ page }) => {
  const complaints = complaintsOf(page);
  await open(page, "/");
  // Findings of logs are made some seconds after the lines were read.
  await expect(rows(page).filter({ hasText: "mx.bad.example" }).first()).toBeVisible({ timeout: 30_000 });
  await expect(page.getByTestId("state")).toContainText(/\d+ open problems?/);
  await expect(page.getByTestId("state")).toContainText(`Last probe 127.0.0.1:${host.port}`);
  await expect(page.getByTestId("state")).toContainText("Last log line");
  await expect(rows(page).first()).toContainText("critical");
  await expect(rows(page).filter({ hasText: "Firewall rewrites SMTP" })).toContainText("warning");
  const sources = page.getByRole("region", { name: "Mail logs" });
  await expect(sources).toContainText("followed to its end");
  const flow = page.getByRole("region", { name: "Mail flow" });
  await expect(flow.getByRole("row", { name: /Outgoing 60 20 0 20/ })).toBeVisible();
  await expect(flow.getByRole("region", { name: "Where it stalled" })).toContainText("end of data20");
  await expect(flow.getByRole("region", { name: "Worst peers" }).getByRole("listitem")).toHaveText(["mx.bad.example20 of 40"]);
  await flow.getByRole("button", { name: "Last hour" }).click();
  await expect(page).toHaveURL(/\?flow=hour$/);
  await expect(flow.locator(".recharts-surface").first()).toBeVisible();
  // Probing of what logs show is off here, so it is not offered either.
  await open(page, "/logs");
  await expect(page.getByRole("row", { name: /mx\.bad\.example/ }).first()).toBeVisible();
  await expect(page.getByRole("button", { name: /^Probe this host/ })).toHaveCount(0);
  expect(complaints).toEqual([]);
});

test("findings are filtered by their address, and walked through by keys", async ({ page }) => {
  await open(page, "/findings?severity=warning&peer=127.0.0.1");
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("Firewall rewrites SMTP");
  await page.getByRole("button", { name: "Show every peer" }).click();
  await page.getByRole("combobox", { name: "Severity" }).selectOption("");
  await expect(page).toHaveURL(/\/findings$/);
  await expect.poll(() => rows(page).count()).toBeGreaterThan(1);
  await page.getByRole("button", { name: "By problem" }).click();
  await expect(page.getByRole("heading", { name: "Firewall rewrites SMTP" })).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("bad.example");
  await expect(page).toHaveURL(/text=bad\.example/);
  await expect(rows(page).filter({ hasText: "Firewall rewrites" })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("searchbox")).toHaveValue("bad.example");
  await page.getByRole("searchbox").fill("no such thing");
  await expect(page.getByText("Nothing matches these filters.")).toBeVisible();
  await page.getByRole("link", { name: "Show all findings" }).click();
  await expect(page.getByRole("searchbox")).toHaveValue("");
  await expect.poll(() => rows(page).count()).toBeGreaterThan(1);
  await page.getByRole("heading", { name: "Findings" }).click();
  await page.keyboard.press("j");
  await page.keyboard.press("ArrowDown");
  await expect(rows(page).nth(1)).toBeFocused();
  await page.keyboard.press("k");
  await expect(rows(page).first()).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/findings\/\w+$/);
  await expect(page.getByTestId("verdict")).toBeVisible();
});

test("a finding is acknowledged with a note, which is text and nothing else, opened again, shared and checked", async ({ page }) => {
  const complaints = complaintsOf(page);
  await open(page, "/findings?code=smtp-fixup");
  await rows(page).first().click();
  const timeline = page.getByTestId("timeline");
  await expect(timeline).toContainText("First detected by a probe");
  await expect(timeline).toContainText("A probe measured");
  await page.getByRole("button", { name: "Acknowledge", exact: true }).click();
  await page.keyboard.type(`${HOSTILE} ${"x".repeat(300)}`);
  await page.getByRole("button", { name: "Acknowledge it" }).click();
  await expect(page.getByTestId("standing")).toContainText("acknowledged");
  await expect(page.getByTestId("standing")).toContainText("<img src=x");
  await expect(timeline).toContainText("<img src=x");
  expect(await page.locator("main img, main script, main iframe").count()).toBe(0);
  await page.getByRole("link", { name: "All findings" }).click();
  await page.getByRole("button", { name: /^Acknowledged 1/ }).click();
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("<img src=x");
  await rows(page).click();
  await page.getByRole("button", { name: "Open again" }).click();
  await expect(page.getByTestId("standing")).toContainText("open");
  await expect(timeline).toContainText("Opened again");
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Create the link" }).click();
  await expect(page.getByLabel("Link to the diagnosis")).toHaveValue(/\/d\//);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Check the fix" }).click();
  await expect(page.getByTestId("comparison")).toContainText("still there", { timeout: 60_000 });
  expect(complaints).toEqual([]);
});

test("a remedy is found in the playbook, and its link leads to it", async ({ page }) => {
  const complaints = complaintsOf(page);
  await page.getByRole("link", { name: "Playbook" }).click();
  await expect(page.getByRole("status")).toHaveText(/^\d+ remedies$/);
  await page.getByRole("searchbox").fill("tcp_mtu_probing");
  await page.getByRole("combobox", { name: "Problem" }).selectOption("pmtu-black-hole");
  await page.getByRole("combobox", { name: "System" }).selectOption("linux");
  await expect(page).toHaveURL(/text=tcp_mtu_probing/);
  const entry = page.locator("#linux-mtu-probing");
  await entry.locator("summary").click();
  await expect(entry).toContainText("sysctl");
  await entry.getByRole("link", { name: "Link to this remedy" }).click();
  await expect(page).toHaveURL(/#linux-mtu-probing$/);
  await open(page, "/playbook?code=smtp-fixup&platform=cisco-asa#linux-mtu-probing");
  await expect(entry).toContainText("sysctl");
  await page.getByRole("button", { name: "IPv6" }).click();
  await expect(page.getByText("2001:db8:9::25").first()).toBeVisible();
  await page.getByRole("searchbox").fill("no such remedy");
  await page.goto(`${dashboard.url}/playbook?text=zzzz&platform=none`);
  await expect(page.getByText("No remedy matches these filters.")).toBeVisible();
  await page.getByRole("link", { name: "Show all remedies" }).click();
  await expect(page.getByRole("status")).toHaveText(/^\d+ remedies$/);
  expect(complaints).toEqual([]);
});

test("a finding that there is not says so", async ({ page }) => {
  await open(page, "/findings/none");
  await expect(page.getByText("There is no such finding; it may have been deleted.")).toBeVisible();
});

test("pages pass the accessibility rules and fit a phone", async ({ page }) => {
  const check = async (path: string, ready: () => Promise<void>) => {
    for (const [width, height] of [
      [1440, 900],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      await open(page, path);
      await ready();
      expect(await barriersOf(page), `${path} ${width}`).toEqual([]);
      await expect.poll(() => overflowOf(page), { message: `${path} ${width}` }).toBe(0);
    }
  };
  await check("/", () => page.locator(".recharts-surface").first().waitFor());
  await check("/findings?state=all", () => rows(page).first().waitFor());
  const finding = (await rows(page).first().getAttribute("href")) ?? "";
  await check(finding, async () => {
    await page.getByTestId("timeline").waitFor();
    await page.getByRole("button", { name: "Acknowledge", exact: true }).click();
  });
  await check("/playbook?code=pmtu-black-hole#linux-mtu-probing", () => page.locator("#linux-mtu-probing pre").first().waitFor());
});

/** Lines of a Postfix that has trouble with one peer's large messages and none with another; made up. */
function stallingLog(startMs: number): string {
  const lines = Array.from({ length: 40 }, (_, index) => {
    const at = (seconds: number) => new Date(startMs + index * 20_000 + seconds * 1000).toISOString().replace("Z", "+00:00");
    const large = index % 2 === 1;
    const bad = "mx.bad.example[198.51.100.9]";
    const outcome = large
      ? `delay=600, delays=0/0/0.5/600, dsn=4.4.2, status=deferred (conversation with ${bad} timed out while sending end of data -- message may be sent more than once)`
      : "delay=1, delays=0/0/0.5/0.5, dsn=2.0.0, status=sent (250 ok)";
    return [
      `${at(0)} mx1 postfix/qmgr[7]: A${10_000_000 + index}: from=<a@example.org>, size=${large ? 20_000 + index * 37 : 900 + index}, nrcpt=1 (queue active)`,
      `${at(1)} mx1 postfix/smtp[9]: A${10_000_000 + index}: to=<b@bad.example>, relay=${bad}:25, ${outcome}`,
      `${at(2)} mx1 postfix/qmgr[7]: B${10_000_000 + index}: from=<a@example.org>, size=${30_000 + index}, nrcpt=1 (queue active)`,
      `${at(3)} mx1 postfix/smtp[8]: B${10_000_000 + index}: to=<b@good.example>, relay=mx.good.example[198.51.100.7]:25, delay=1, delays=0/0/0.5/0.5, dsn=2.0.0, status=sent (250 ok)`,
    ].join("\n");
  });
  return `${lines.join("\n")}\n`;
}
