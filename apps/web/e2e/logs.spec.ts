/** Mail logs: followed, dropped and pasted, as a person meets them. The lines are made up; what reads them is not. */
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { BOUNCES } from "../../server/test/logs/bounce-texts.ts";
import { stallingLog } from "../../server/test/logs/test-log.ts";
import { barriersOf, complaintsOf, type Dashboard, overflowOf, signIn, startDashboard } from "./dashboard.ts";

let folder: string;
let dashboard: Dashboard;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-logs-e2e-"));
  dashboard = await startDashboard({ env: { MXRAY_LOG_FOLDERS: folder } });
});

test.afterAll(async () => {
  await dashboard?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test.beforeEach(async ({ page }) => {
  await signIn(page, dashboard);
});

const STALL =
  "2026-03-01T10:00:00+00:00 mx1 postfix/smtp[9]: 4F1A2B3C4D: to=<b@bad.example>, relay=mx.bad.example[198.51.100.9]:25, delay=600, delays=0/0/0.5/600, dsn=4.4.2, status=deferred (conversation with mx.bad.example[198.51.100.9] timed out while sending end of data -- message may be sent more than once)";

const openLogs = (page: Page) => page.goto(`${dashboard.url}/logs`);
const scanned = (page: Page) => page.getByTestId("log-scan");

/** As a hand does it: over the page, then let go. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const data = await page.evaluateHandle(
    ([fileName, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content ?? ""], fileName ?? ""));
      return transfer;
    },
    [name, text],
  );
  // A hand that drags says so all the time; the page may not have listened yet at the first.
  await expect(async () => {
    await page.dispatchEvent("body", "dragover", { dataTransfer: data });
    await expect(page.getByText("Drop the log file to have it analysed")).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 15_000 });
  await page.dispatchEvent("body", "drop", { dataTransfer: data });
}

/** By keyboard and by a hand that drags; what the legend hides comes back. */
async function zoomsAndHides(page: Page, chart: Locator): Promise<void> {
  const [plot, reset] = [chart.getByRole("application"), chart.getByRole("button", { name: "Reset zoom" })];
  await plot.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("+");
  await expect(reset).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(reset).toBeHidden();
  await expect(async () => {
    const box = await plot.boundingBox();
    const [x, y] = [box?.x ?? 0, (box?.y ?? 0) + (box?.height ?? 0) / 2];
    await page.mouse.move(x + 120, y);
    await page.mouse.down();
    await page.mouse.move(x + 180, y, { steps: 4 });
    await page.mouse.move(x + 260, y, { steps: 4 });
    await page.mouse.up();
    await expect(reset).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 15_000 });
  await reset.click();
  const delivered = chart.getByRole("button", { name: "delivered" });
  await delivered.click();
  await expect(delivered).toHaveAttribute("aria-pressed", "false");
  await delivered.click();
  await expect(delivered).toHaveAttribute("aria-pressed", "true");
}

test("a dropped log gives the finding, the charts, and the lines behind a point", async ({ page }) => {
  const complaints = complaintsOf(page);
  await openLogs(page);
  await expect(page.getByText("No log is followed yet.")).toBeVisible();
  await drop(page, "mail.log.1", stallingLog(Date.now() - 900_000));
  await expect(scanned(page)).toContainText("220 of 220 lines recognised");
  await page.getByRole("button", { name: /20,?037 bytes/ }).click();
  await expect(page.getByTestId("verdict")).toContainText("log-size-correlated");
  await page.getByText("Evidence and remedies").click();
  await expect(page.getByRole("region", { name: "What to do" })).toContainText("Linux");

  await expect(page.getByText(/^Messages of up to 938 bytes arrive, those of 20,037 and more stall \(/)).toBeVisible();
  const sizes = page.getByRole("region", { name: "Size against outcome" });
  await expect(sizes.locator(".recharts-reference-area")).toBeVisible();
  await expect(sizes.locator(".recharts-scatter-symbol").first()).toBeVisible();
  const outcomes = page.getByRole("region", { name: "Outcomes over time" });
  await expect(outcomes.locator(".chart-column").first()).toBeAttached();
  await zoomsAndHides(page, outcomes);
  const figures = page.locator("dl");
  await expect(figures).toContainText("delivered60");
  await expect(figures).toContainText("stalled20");

  await page.getByRole("button", { name: "mx.good.example [198.51.100.7]" }).click();
  await expect(page.getByText("None of the first error lines is in this part.")).toBeVisible();
  await sizes.locator(".recharts-scatter-symbol").last().click();
  const lines = page.getByRole("list", { name: "Lines" }).getByRole("listitem");
  await expect(lines.first()).toContainText("timed out while sending end of data");
  await sizes.getByRole("button", { name: "Table" }).click();
  await expect(sizes.getByRole("row", { name: /^896–959 20 \d+ 0 0$/ })).toBeVisible();
  await page.getByRole("button", { name: "Close this file" }).click();
  await expect(scanned(page)).toBeHidden();
  expect(complaints).toEqual([]);
});

test("a file that is no mail log, and an empty one, are said to be so", async ({ page }) => {
  await openLogs(page);
  await drop(page, "notes.txt", "nothing\nof\nmail\n");
  await expect(scanned(page)).toContainText("0 of 3 lines recognised");
  await expect(scanned(page)).toContainText("no mail log that mxray can read");
  await page.getByLabel("Analyse a log file").setInputFiles({ name: "empty.log", mimeType: "text/plain", buffer: Buffer.from("") });
  await expect(scanned(page)).toContainText("The file is empty.");
});

test("the reading of a file can be cancelled", async ({ page }) => {
  await openLogs(page);
  await page.route("**/api/v1/logs/scan*", () => {});
  await drop(page, "large.log", STALL);
  await expect(page.getByRole("progressbar", { name: "Reading large.log" })).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("progressbar")).toBeHidden();
  await expect(page.getByText("Followed logs").first()).toBeVisible();
});

test("a followed log shows what is appended; what is shown lives in the address; a peer has its page", async ({ page }) => {
  const complaints = complaintsOf(page);
  const path = join(folder, "mail.log");
  await writeFile(path, stallingLog(Date.now() - 900_000));
  await openLogs(page);
  const location = page.getByLabel(/Follow a log/);
  await location.fill("/etc/passwd");
  await page.getByRole("button", { name: "Follow", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("not in a folder whose logs may be followed");
  await location.fill(path);
  await page.getByRole("button", { name: "Follow", exact: true }).click();
  const source = page.getByRole("list", { name: "Followed logs" }).getByRole("listitem");
  await expect(source).toContainText("220 lines read, 220 recognised");
  await expect(source).toContainText("up to date");
  // After a slow round of findings the next one waits longer, up to a minute.
  await expect(page.getByTestId("verdict")).toBeVisible({ timeout: 60_000 });

  await appendFile(path, `${STALL.replace("2026-03-01T10:00:00+00:00", new Date().toISOString())}\n`);
  await expect(source).toContainText("221 lines read", { timeout: 2000 });
  await expect(page.locator("dl")).toContainText("stalled21");

  await page.getByLabel("Direction").selectOption("inbound");
  await expect(page).toHaveURL(/direction=inbound/);
  await expect(page.getByText("Nothing stalled in this part of the logs.")).toBeVisible();
  await page.goBack();
  await page.getByRole("button", { name: "mx.bad.example [198.51.100.9]" }).click();
  await expect(page).toHaveURL(/peer=198\.51\.100\.9/);
  await page.reload();
  await expect(page.getByLabel("Peer", { exact: true }).first()).toHaveValue("198.51.100.9");
  await page.goto(`${dashboard.url}/logs?range=century&direction=up&stage=%3Cb%3E`);
  await expect(page.getByRole("button", { name: "Day" })).toHaveAttribute("aria-pressed", "true");

  const row = page.getByRole("row", { name: /mx\.bad\.example/ });
  // This address is for documentation, and the server refuses it: that is said where the button is.
  await row.getByRole("button", { name: "Probe this host: 198.51.100.9" }).click();
  await expect(row.getByRole("alert")).toContainText("198.51.100.9");
  await row.getByRole("link", { name: "Details" }).click();
  // The page of an address bears the name that the log knows for it.
  await expect(page.getByRole("heading", { name: "mx.bad.example", level: 1 })).toBeVisible();
  await expect(page.getByRole("list", { name: "Lines" })).toContainText("timed out while sending end of data");
  await expect(page.locator("dl")).toContainText("delivered20");

  await page.getByRole("link", { name: "Logs", exact: true }).click();
  await page.getByRole("button", { name: `Follow ${path} no longer` }).click();
  await page
    .getByRole("alertdialog", { name: `Follow ${path} no longer?` })
    .getByRole("button", { name: "Stop following" })
    .click();
  await expect(page.getByText("No log is followed yet.")).toBeVisible();
  expect(complaints.filter((complaint) => !/status of (400|403)/.test(complaint))).toEqual([]);
});

test("the box explains a pasted line, a bounce and a queue id, and offers to probe the host", async ({ page }) => {
  const box = page.getByRole("textbox", { name: /log line, bounce, queue listing/ });
  const explanation = page.getByTestId("explanation");
  await box.fill(`${STALL}\n${STALL.replace("4F1A2B3C4D", "5F1A2B3C4D")}`);
  await page.keyboard.press("Enter");
  await expect(explanation).toContainText("What this line means");
  await expect(explanation).toContainText("mx.bad.example [198.51.100.9]");
  await expect(explanation).toContainText("end of data");
  await expect(explanation.getByRole("button", { name: "Probe this host: 198.51.100.9" })).toBeVisible();

  await box.fill("<b@bad.example>: conversation with\n    mx.bad.example[198.51.100.9] timed out while sending message body");
  await expect(explanation).toBeHidden();
  await page.getByRole("button", { name: "Diagnose" }).click();
  await expect(explanation).toContainText("What this bounce means");
  await expect(explanation).toContainText("message body");

  await box.fill("7F1A2B3C4D");
  await page.keyboard.press("Enter");
  await expect(page.getByText("No log line with this queue ID is stored.")).toBeVisible();
  await box.fill("two lines\nof nothing");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("no target, mail log line, bounce");
});

test("the box understands a bounce of each kind of writer", async ({ page }) => {
  const box = page.getByRole("textbox", { name: /log line, bounce, queue listing/ });
  const explanation = page.getByTestId("explanation");
  for (const [writer, said, text] of BOUNCES) {
    await box.fill(text);
    await expect(explanation).toBeHidden();
    await page.getByRole("button", { name: "Diagnose" }).click();
    await expect(explanation, writer).toContainText("What this bounce means");
    const name = (said as { readonly peer?: { readonly name?: string | null } }).peer?.name ?? null;
    if (name !== null) await expect(explanation, writer).toContainText(name);
    await expect(explanation, writer).not.toContainText("amy@");
  }
});

test("hostile text in a log is text and nothing else", async ({ page }) => {
  const markup = "<img src=x onerror=alert(1)>\u202e\u0000";
  let alerts = 0;
  page.on("dialog", (dialog) => {
    alerts += 1;
    return dialog.dismiss();
  });
  await openLogs(page);
  const hostile = STALL.replace("mx.bad.example[198.51.100.9] timed out", `${markup}[198.51.100.9] timed out`).replace(
    "relay=mx.bad.example",
    `relay=${markup}`,
  );
  await drop(page, `${markup}.log`, `${stallingLog(Date.now() - 900_000)}${hostile}\n`);
  await expect(scanned(page)).toContainText("of 221 lines");
  await expect(scanned(page).getByRole("heading", { level: 2 }).first()).toHaveText("<img src=x onerror=alert(1)>\\u{202e}\\x00.log");
  expect(await page.locator("img").count()).toBe(0);
  await page.goto(`${dashboard.url}/diagnose`);
  await page.getByRole("textbox", { name: /log line, bounce, queue listing/ }).fill(hostile);
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("explanation").or(page.getByRole("alert"))).toBeVisible();
  await page.goto(`${dashboard.url}/peers/${encodeURIComponent(markup)}`);
  await expect(page.getByText("Nothing is known of <img src=x onerror=alert(1)>\\u{202e}\\x00")).toBeVisible();
  expect(await page.locator("img").count()).toBe(0);
  expect(alerts).toBe(0);
});

test("nobody is kept out, on any screen", async ({ page }) => {
  // The rules are checked five times, and a page full of charts takes a while.
  test.slow();
  await openLogs(page);
  await expect(page.getByText("No log is followed yet.")).toBeVisible();
  expect(await barriersOf(page)).toEqual([]);
  await drop(page, "mail.log", stallingLog(Date.now() - 900_000));
  await scanned(page).waitFor();
  await page.locator(".recharts-scatter-symbol").first().waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await page.getByRole("region", { name: "Outcomes over time" }).getByRole("button", { name: "Table" }).click();
  await page.getByText("Evidence and remedies").click();
  expect(await barriersOf(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  await expect.poll(() => overflowOf(page)).toBe(0);
  await page.goto(`${dashboard.url}/peers/198.51.100.9`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await expect.poll(() => overflowOf(page)).toBe(0);
  expect(await barriersOf(page)).toEqual([]);
  await page.goto(`${dashboard.url}/diagnose`);
  await page.getByRole("textbox", { name: /log line, bounce, queue listing/ }).fill(STALL);
  await page.keyboard.press("Enter");
  await page.getByTestId("explanation").waitFor();
  await expect.poll(() => overflowOf(page)).toBe(0);
  expect(await barriersOf(page)).toEqual([]);
});

// The last one: the counts of its log stay.
test("a point of a chart leads to the lines of that size, and of that many bytes", async ({ page }) => {
  const complaints = complaintsOf(page);
  const losses = [0, 0, 65_536].map(
    (bytes, second) =>
      `${new Date(Date.now() - 60_000 + second * 1000).toISOString()} mx1 postfix/smtpd[7]: timeout after DATA (${bytes} bytes) from client.example[198.51.100.77]\n`,
  );
  const path = join(folder, "maillog");
  await writeFile(path, `${stallingLog(Date.now() - 900_000)}${losses.join("")}`);
  await openLogs(page);
  // What is on this machine is offered; nothing of zeros is shown while nothing is followed.
  await expect(page.getByRole("region", { name: "Size against outcome" })).toBeHidden();
  await page.getByRole("button", { name: `Follow ${path}`, exact: true }).click();
  const lines = page.getByRole("list", { name: "Lines" }).getByRole("listitem");
  await expect(page.getByRole("list", { name: "Followed logs" })).toContainText("223 lines read");

  const received = page.getByRole("region", { name: "Bytes received before the loss" });
  // The chart is drawn anew while the log is being read: a person clicks again, too.
  await expect(async () => {
    await received.locator(".chart-column").last().hover();
    await received.locator(".chart-column").last().click();
    await expect(page).toHaveURL(/minBytes=65536&maxBytes=65536/, { timeout: 1000 });
  }).toPass({ timeout: 60_000 });
  await expect(lines).toHaveCount(1);
  await page.getByRole("button", { name: /lines of losses after 65536 bytes/ }).click();
  await received.getByRole("button", { name: "Table" }).click();
  await received.getByRole("button", { name: "0", exact: true }).click();
  await expect(lines).toHaveCount(2);

  const sizes = page.getByRole("region", { name: "Size against outcome" });
  await page.getByRole("button", { name: /lines of losses after 0 bytes/ }).click();
  await page.getByLabel("Direction").selectOption("");
  // The requested lines replace the earlier ones even where the reader has scrolled into those in the meantime.
  const scrolled = Promise.withResolvers<void>();
  await page.route(/\/logs\/events\?.*minSize/, async (route) => {
    await scrolled.promise;
    await route.continue();
  });
  await sizes.locator(".recharts-scatter-symbol").last().click();
  await expect(page).toHaveURL(/direction=outbound.*minSize=\d+&maxSize=\d+/);
  await page.setViewportSize({ width: 1280, height: 400 });
  await page
    .getByRole("list", { name: "Lines" })
    .evaluate((list) => scrollBy({ top: list.getBoundingClientRect().top + 20, behavior: "instant" }));
  scrolled.resolve();
  await expect(lines.first()).toContainText("timed out while sending end of data");
  await sizes.getByRole("button", { name: "Table" }).click();
  await sizes.getByRole("button", { name: "896–959" }).click();
  await expect(page.getByText("No error line is stored for this part of the logs.")).toBeVisible();

  await page.getByRole("button", { name: `Follow ${path} no longer` }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Stop following" }).click();
  await expect(page.getByText("No log is followed yet.")).toBeVisible();
  await rm(path);
  expect(complaints).toEqual([]);
});
