/** What a page says when it cannot show what it should: errors, an ended session, an upgrade, and text that wants to break it. */
import { expect, type Page, test } from "@playwright/test";
import { barriersOf, diagnose, openLink, overflowOf, signIn } from "./dashboard.ts";
import { type SeededDashboard, startSeededDashboard } from "./seeded-dashboard.ts";

/** Markup, a mark that turns text around, and length. */
const HOSTILE = `<img src=x onerror="document.title=1"><script>document.title=1</script>\u202E${"x".repeat(10_000)}`;

let dashboard: SeededDashboard;

test.beforeAll(async () => {
  dashboard = await startSeededDashboard({ host: "markup", log: hostileLog(Date.now() - 900_000) });
});

test.afterAll(() => dashboard?.[Symbol.asyncDispose]());

test.beforeEach(async ({ page }) => {
  await signIn(page, dashboard);
});

const open = (page: Page, path: string) => page.goto(`${dashboard.url}${path}`);
const SENTENCE = "Something went wrong in mxray; the server's log has the details.";

for (const [path, api, proof] of [
  ["/", "**/api/v1/findings?*", /Broken now|No open findings|open problem/],
  ["/diagnose", "**/api/v1/probes?*", /Past probes|Type a domain|Nothing was probed/],
  ["/findings", "**/api/v1/findings?*", /, last seen|No known problems/],
  ["/logs", "**/api/v1/logs/sources", /Followed logs/],
  ["/logs?direction=outbound", "**/api/v1/logs/statistics?*", /Peers, most affected first/],
  ["/peers/198.51.100.9", "**/api/v1/logs/series?*", /Outcomes over time/],
  ["/playbook", "**/api/v1/playbook?*", /\d+ remedies/],
] as const) {
  test(`${path} says what went wrong, and tries again when asked`, async ({ page }) => {
    await page.route(api, (route) => route.fulfill({ status: 500, json: { error: { code: "internal", message: SENTENCE } } }));
    await open(page, path);
    const alert = page.getByRole("alert").filter({ hasText: SENTENCE }).first();
    await expect(alert).toBeVisible();
    expect(await barriersOf(page)).toEqual([]);
    await page.unroute(api);
    // Live news may make the page ask again by itself before the button is reached.
    const again = alert.getByRole("button", { name: "Try again" }).click();
    await Promise.race([again.catch(() => undefined), alert.waitFor({ state: "hidden" })]);
    await expect(page.getByText(proof).first()).toBeVisible();
    await expect(alert).toBeHidden();
  });
}

test("what is shown stays when it cannot be had anew, and is said to be old", async ({ page }) => {
  await open(page, "/findings");
  const rows = page.locator("main a[data-row]");
  await expect(rows.first()).toBeVisible({ timeout: 30_000 });
  await page.route("**/api/v1/findings?*", (route) =>
    route.fulfill({ status: 500, json: { error: { code: "internal", message: SENTENCE } } }),
  );
  const id = (await rows.first().getAttribute("href"))?.split("/").at(-1);
  await page.request.post(`${dashboard.url}/api/v1/findings/${id}/acknowledge`, { data: { note: "known" } });
  await expect(page.getByText(`Out of date: ${SENTENCE}`)).toBeVisible();
  await expect(rows.first()).toBeVisible();
  await page.request.post(`${dashboard.url}/api/v1/findings/${id}/reopen`, { data: {} });
});

test("an ended session is said so, keeps what was typed, and what was asked for is done after signing in", async ({ page, context }) => {
  await open(page, "/findings");
  await page.locator("main a[data-row]").first().click();
  await page.getByRole("button", { name: "Acknowledge", exact: true }).click();
  await page.getByRole("textbox").fill("typed before the session ended");
  await context.clearCookies();
  await page.getByRole("button", { name: "Acknowledge it" }).click();
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await expect(dialog).toContainText("npx mxray link");
  expect(await barriersOf(page)).toEqual([]);
  await dialog.getByRole("button", { name: "I have signed in" }).click();
  await expect(dialog).toContainText("There is no session yet.");
  const other = await context.newPage();
  await openLink(other, await dashboard.link());
  await other.close();
  await dialog.getByRole("button", { name: "I have signed in" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByTestId("standing")).toContainText("typed before the session ended");
});

test("a page from before an upgrade says so, and reloads when asked", async ({ page }) => {
  // A stream of its own, which can be answered here: one server, then another one.
  await page.addInitScript("delete window.SharedWorker");
  let connections = 0;
  await page.route("**/api/v1/events", (route) => {
    connections += 1;
    const hello = { type: "hello", version: "9.9.9", page: connections === 1 ? "before" : "after", problems: [] };
    return route.fulfill({ contentType: "text/event-stream", body: `event: hello\ndata: ${JSON.stringify(hello)}\n\n` });
  });
  await open(page, "/playbook");
  await page.getByRole("searchbox").fill("cisco");
  await expect(page.getByText("mxray was upgraded; this page is an older version.")).toBeVisible();
  await expect(page.getByRole("searchbox")).toHaveValue("cisco");
  expect(await barriersOf(page)).toEqual([]);
  await page.unroute("**/api/v1/events");
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(page.getByText("mxray was upgraded")).toBeHidden();
});

test("a part of the page that is gone after an upgrade is no crash", async ({ page }) => {
  await page.route(/\/assets\/(playbook-page|search-dialog)-/, (route) => route.fulfill({ status: 404, body: "" }));
  const notice = page.getByText("A part of this page could not be loaded");
  await page.getByRole("link", { name: "Playbook" }).click();
  await expect(notice).toBeVisible();
  await page.getByRole("link", { name: "Findings" }).click();
  await expect(page.getByRole("heading", { name: "Findings" })).toBeVisible();
  await expect(notice).toBeHidden();
  await page.keyboard.press("Control+k");
  await expect(notice).toBeVisible();
  await expect(page.getByRole("heading", { name: "Findings" })).toBeVisible();
  await page.unroute(/\/assets\/(playbook-page|search-dialog)-/);
  await page.getByRole("button", { name: "Reload" }).click();
  await page.getByRole("link", { name: "Playbook" }).click();
  await expect(page.getByText(/^\d+ remedies$/)).toBeVisible();
});

test("text that wants to break a page is harmless and fits a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await diagnose(page, `127.0.0.1:${dashboard.host.port}`);
  const { findings } = await (await page.request.get(`${dashboard.url}/api/v1/findings?sort=newest`)).json();
  const note = await page.request.post(`${dashboard.url}/api/v1/findings/${findings[0].id}/acknowledge`, {
    data: { note: HOSTILE.slice(0, 2000) },
  });
  expect(note.ok()).toBe(true);
  for (const path of [
    "/",
    "/findings?state=all",
    `/findings/${findings[0].id}`,
    `/findings?text=${encodeURIComponent(HOSTILE.slice(0, 190))}`,
    "/logs",
    `/logs?message=${encodeURIComponent(HOSTILE.slice(0, 60))}`,
    `/peers/${encodeURIComponent(HOSTILE.slice(0, 250))}`,
    "/peers/198.51.100.9",
    `/playbook?text=${encodeURIComponent(HOSTILE.slice(0, 190))}`,
    `/diagnose?target=${encodeURIComponent(HOSTILE.slice(0, 390))}&find=${encodeURIComponent(HOSTILE.slice(0, 190))}`,
    "/wall",
  ]) {
    await open(page, path);
    await page.waitForLoadState("load");
    await expect(page.getByText("Loading …")).toHaveCount(0);
    await expect.poll(() => overflowOf(page), { message: path }).toBe(0);
    expect(await page.locator("img[src=x]").count(), path).toBe(0);
    expect(await page.title(), path).not.toBe("1");
  }
  await open(page, "/findings");
  // Keys are heard once the page is there.
  await page.locator("main a[data-row]").first().waitFor();
  await page.keyboard.press("Control+k");
  for (const text of [HOSTILE.slice(0, 190), "<img", "xxxx"]) {
    await page.getByRole("combobox", { name: /Host, address/ }).fill(text);
    await expect(page.getByRole("dialog")).toContainText(/Diagnose|Nothing|Messages|Peers|Findings/);
    await expect.poll(() => overflowOf(page), { message: text }).toBe(0);
  }
});

/** A Postfix whose peer has a name of its own choice, and says what it likes. */
function hostileLog(startMs: number): string {
  const name = `${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.example`;
  const said = `host ${name}[198.51.100.9] said: 451 ${HOSTILE}`;
  const lines = Array.from({ length: 40 }, (_, index) => {
    const at = (seconds: number) => new Date(startMs + index * 20_000 + seconds * 1000).toISOString().replace("Z", "+00:00");
    const large = index % 2 === 1;
    const outcome =
      index % 5 === 3
        ? `delay=2, delays=0/0/1/1, dsn=4.0.0, status=deferred (${said})`
        : large
          ? `delay=600, delays=0/0/0.5/600, dsn=4.4.2, status=deferred (conversation with ${name}[198.51.100.9] timed out while sending end of data -- message may be sent more than once)`
          : "delay=1, delays=0/0/0.5/0.5, dsn=2.0.0, status=sent (250 ok)";
    return [
      `${at(0)} mx1 postfix/qmgr[7]: A${10_000_000 + index}: from=<a@example.org>, size=${large ? 20_000 + index * 37 : 900 + index}, nrcpt=1 (queue active)`,
      `${at(1)} mx1 postfix/smtp[9]: A${10_000_000 + index}: to=<b@bad.example>, relay=${name}[198.51.100.9]:25, ${outcome}`,
    ].join("\n");
  });
  return `${lines.join("\n")}\n`;
}
