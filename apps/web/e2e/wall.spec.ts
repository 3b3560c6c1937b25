/** The wall screen: its link, what it shows of a failing host, its staleness, and how it looks on every screen. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MailHost, mailHostScripts, startMailHost } from "@mxray/lab";
import { expect, type Page, test } from "@playwright/test";
import { barriersOf, complaintsOf, type Dashboard, diagnose, signIn, startDashboard } from "./dashboard.ts";
import { startWallScreen, type WallScreen, wallOf } from "./wall-screen.ts";

const SCREENS = [
  [1920, 1080],
  [3840, 2160],
  [1080, 1920],
] as const;
const STALE_WITHIN_MS = 15_000;

const tiles = (page: Page) => page.getByTestId("tile");
const script = (name: string) => {
  const found = mailHostScripts.find((one) => one.name === name);
  if (found === undefined) throw new Error(`The lab has no host '${name}'.`);
  return found;
};

test.describe("with a server", () => {
  let host: MailHost;
  let folder: string;
  let dashboard: Dashboard;

  test.beforeAll(async () => {
    host = await startMailHost(script("pix-6"));
    folder = await mkdtemp(join(tmpdir(), "mxray-wall-"));
  });
  test.afterEach(async () => await dashboard?.[Symbol.asyncDispose]());
  test.afterAll(async () => {
    await host?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test("a link opens the wall for a screen without an account; it goes stale without the server and recovers with it", async ({
    page,
    browser,
  }) => {
    const settings = { data: folder, env: { MXRAY_ALLOW_TARGETS: "127.0.0.0/8", MXRAY_ALLOW_PORTS: `${host.port},9` } };
    dashboard = await startDashboard(settings);
    const { url } = dashboard;
    const complaints = complaintsOf(page);
    await signIn(page, dashboard);

    await page.getByRole("button", { name: "Wall screen" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Screen name").fill("NOC, left");
    await dialog.getByLabel("Overflow").selectOption("30");
    await dialog.getByRole("button", { name: "Make a link" }).click();
    const link = await dialog.getByLabel("Link to the wall screen").inputValue();
    expect(link).toMatch(new RegExp(`^${url}/wall/[\\w-]{27}\\?theme=dark&speed=30$`));
    await expect(dialog.getByRole("img", { name: "The link as a QR code" })).toBeVisible();
    await expect(dialog).toContainText("works only on this machine");
    await expect(dialog.getByText("NOC, left")).toBeVisible();
    await page.keyboard.press("Escape");

    // A screen: no cookie, no account, nobody to press a key.
    const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
    const wall = await context.newPage();
    const wallsComplaints = complaintsOf(wall);
    await wall.goto(link);
    await expect(wall.getByText("Nothing is watched yet")).toBeVisible();

    await diagnose(page, `127.0.0.1:9`);
    await expect(tiles(wall)).toHaveCount(1, { timeout: 5000 });
    await expect(tiles(wall)).toHaveAttribute("data-state", "critical");
    await expect(tiles(wall)).toContainText("Connection refused");
    await expect(tiles(wall)).toContainText("127.0.0.1:9");
    await expect(tiles(wall)).toContainText(/since \d\d:\d\d/);
    await page.goto(`${url}/diagnose`);
    await diagnose(page, `127.0.0.1:${host.port}`);
    await expect(tiles(wall)).toHaveCount(2, { timeout: 5000 });
    await expect(tiles(wall).last()).toHaveAttribute("data-state", "warning");
    await expect(wall.getByTestId("change").first()).toContainText("Firewall rewrites SMTP");
    expect([...complaints.filter((text) => !text.includes("401")), ...wallsComplaints]).toEqual([]);
    expect((await context.request.get(`${url}/api/v1/probes`)).status()).toBe(401);

    await dashboard[Symbol.asyncDispose]();
    const gone = Date.now();
    await expect(wall.getByRole("alert")).toContainText("Stale: this screen shows", { timeout: STALE_WITHIN_MS });
    expect(Date.now() - gone).toBeLessThan(STALE_WITHIN_MS);
    await expect(wall.getByRole("alert")).toContainText("The mxray server does not answer");
    await expect(tiles(wall)).toHaveCount(2);

    dashboard = await startDashboard({ ...settings, port: Number(new URL(url).port) });
    await expect(wall.getByRole("status")).toContainText("Connected again after", { timeout: 20_000 });
    await expect(wall.getByRole("alert")).toBeHidden();
    await expect(wall.getByRole("status")).toBeHidden();

    await page.goto(`${url}/diagnose`);
    await page.getByRole("button", { name: "Wall screen" }).click();
    await expect(page.getByRole("list", { name: "Wall links" })).toContainText(/NOC, left.*By this browser.*Last used just now/);
    await page.getByRole("button", { name: "Revoke: NOC, left" }).click();
    await page
      .getByRole("alertdialog", { name: "Revoke the wall link NOC, left?" })
      .getByRole("button", { name: "Revoke the wall link" })
      .click();
    await expect(page.getByRole("button", { name: "Revoke: NOC, left" })).toBeHidden();
    await expect(wall.getByRole("alert")).toContainText("This wall link was revoked", { timeout: 10_000 });
    await wall.reload();
    await expect(wall.getByText("This wall link was revoked")).toBeVisible();

    // Somebody signed in needs no link.
    await page.goto(`${url}/wall?theme=light&group=kind`);
    await expect(tiles(page)).toHaveCount(2);
    await expect(tiles(page).first()).toContainText("127.0.0.1:9");
    await context.close();
  });

  test("the dialog passes the accessibility rules", async ({ page }) => {
    dashboard = await startDashboard();
    await signIn(page, dashboard);
    await page.getByRole("button", { name: "Wall screen" }).click();
    await page.getByRole("button", { name: "Make a link" }).click();
    await page.getByRole("img", { name: "The link as a QR code" }).waitFor();
    expect(await barriersOf(page)).toEqual([]);
  });
});

test.describe("on a screen", () => {
  let screen: WallScreen;
  test.beforeEach(async () => {
    screen = await startWallScreen(wallOf({ troubles: 1, calm: 5 }));
  });
  test.afterEach(async () => await screen[Symbol.asyncDispose]());

  test("nothing scrolls and nothing is cut off, however many tiles", async ({ page }) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.goto(`${screen.url}?theme=dark&rotate=off`);
    for (const [width, height] of SCREENS) {
      await page.setViewportSize({ width, height });
      for (const troubles of [0, 1, 12, 60, 300]) {
        await screen.send(wallOf({ troubles, calm: troubles * 2 }));
        const name = `${width}x${height} with ${troubles}`;
        if (troubles === 0) await expect(page.getByTestId("all-calm"), name).toBeVisible();
        else await expect.poll(() => tiles(page).count(), { message: name }).toBeGreaterThanOrEqual(Math.min(troubles, 12));
        await expect.poll(() => overflowing(page), { message: name }).toEqual([]);
      }
    }
    // The cursor is nowhere, and the tiles are as large as they can be.
    expect(await page.evaluate(() => getComputedStyle(document.body).cursor)).toBe("none");
  });

  test("the mail flow of a day is told in figures and drawn, where a log is followed", async ({ page }) => {
    const wall = wallOf({ troubles: 3, calm: 5 });
    const buckets = Array.from({ length: 48 }, (_, index) => ({ delivered: 300, deferred: index % 2, stalled: index === 47 ? 3 : 0 }));
    await screen.send({ ...wall, flow: { from: wall.at, bucketSeconds: 1800, buckets } });
    for (const [width, height] of SCREENS) {
      await page.setViewportSize({ width, height });
      await page.goto(screen.url);
      const flow = page.getByTestId("flow");
      await expect(flow.getByRole("listitem")).toHaveText(["14.4Kdelivered", "24deferred", "3stalled", "in 24 h"]);
      // Between what is calm and what has changed.
      const [calm, strip, changes] = await Promise.all(
        [page.getByTestId("calm").last(), flow, page.getByTestId("change").first()].map(async (part) => (await part.boundingBox())?.y ?? 0),
      );
      expect(calm).toBeLessThan(strip ?? 0);
      expect(strip).toBeLessThan(changes ?? 0);
    }
    await screen.send({ ...wall, flow: null });
    await expect(page.getByTestId("flow")).toBeHidden();
    await expect(tiles(page)).toHaveCount(3);
  });

  test("twelve tiles, and more, can be read from five metres; they keep their places when the picture is stale", async ({ page }) => {
    await page.setViewportSize({ width: 1920, height: 1080 });
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.goto(`${screen.url}?rotate=off`);
    const least: Record<string, number> = { name: 32, since: 28, kind: 24 };
    const buckets = Array.from({ length: 48 }, () => ({ delivered: 300, deferred: 1, stalled: 1 }));
    for (const troubles of [1, 6, 12, 24, 60]) {
      const wall = wallOf({ troubles, calm: 8 });
      await screen.send({ ...wall, flow: { from: wall.at, bucketSeconds: 1800, buckets } });
      await expect.poll(() => tiles(page).count()).toBeGreaterThanOrEqual(Math.min(troubles, 12));
      for (const [part, pixels] of Object.entries(least)) {
        const sizes = await page
          .locator(`.wall-tile-${part}`)
          .evaluateAll((all) => all.map((one) => Number.parseFloat(getComputedStyle(one).fontSize)));
        const measured = `${troubles} tiles: ${part} ${Math.min(...sizes).toFixed(1)} px`;
        expect(Math.min(...sizes), measured).toBeGreaterThanOrEqual(pixels - 0.01);
      }
      await expect.poll(() => overflowing(page)).toEqual([]);
    }
    const places = () => tiles(page).evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON() as DOMRect));
    const before = await places();
    screen.hush();
    await expect(page.getByRole("alert")).toContainText("Stale");
    // Against burn-in the whole picture moves by a few pixels.
    for (const [index, { x, y, width, height }] of (await places()).entries()) {
      const was = before[index];
      expect(Math.max(Math.abs(x - (was?.x ?? 0)), Math.abs(y - (was?.y ?? 0)))).toBeLessThanOrEqual(8);
      expect([width, height]).toEqual([was?.width, was?.height]);
    }
  });

  test("nothing is called right while mail stalls", async ({ page }) => {
    await page.goto(screen.url);
    const wall = wallOf({ troubles: 0, calm: 5 });
    const buckets = [{ delivered: 300, deferred: 1, stalled: 69 }];
    await screen.send({ ...wall, flow: { from: wall.at, bucketSeconds: 1800, buckets } });
    await expect(page.getByTestId("all-calm")).toContainText("69 messages stalled");
    await expect(page.getByText("No open findings", { exact: true })).toBeHidden();
    await expect(page).toHaveTitle(/Mail stalls/);
  });

  test("what does not fit comes page after page, the worst first", async ({ page }) => {
    await page.setViewportSize({ width: 1920, height: 1080 });
    await page.clock.install();
    await page.goto(`${screen.url}?speed=20`);
    await screen.send(wallOf({ troubles: 60, calm: 4 }));
    await expect(page.getByText(/^Page 1 of \d/)).toBeVisible();
    await expect(tiles(page).first()).toHaveAttribute("data-state", "critical");
    const first = await tiles(page).first().textContent();
    await page.clock.runFor(21_000);
    await expect(page.getByText(/^Page 2 of \d/)).toBeVisible();
    expect(await tiles(page).first().textContent()).not.toBe(first);
    // Fewer tiles, and the page that was shown is no longer there.
    await screen.send(wallOf({ troubles: 3, calm: 4 }));
    await expect(tiles(page)).toHaveCount(3);
    await expect(page.getByText(/^Page \d of \d/)).toBeHidden();
  });

  for (const theme of ["light", "dark"] as const) {
    test(`passes the accessibility rules, ${theme}`, async ({ page }) => {
      await page.setViewportSize({ width: 1920, height: 1080 });
      await page.goto(`${screen.url}?theme=${theme}`);
      for (const [troubles, calm] of [
        [0, 0],
        [0, 24],
        [12, 24],
        [60, 60],
      ] as const) {
        await screen.send(wallOf({ troubles, calm }));
        await expect.poll(() => page.getByTestId("calm").count()).toBeGreaterThanOrEqual(Math.min(calm, 5));
        expect(await barriersOf(page), `${troubles} and ${calm}`).toEqual([]);
      }
    });
  }

  test("silence is told within 15 seconds, hours of it too, and a word ends it", async ({ page }) => {
    await page.setViewportSize({ width: 1920, height: 1080 });
    await page.goto(screen.url);
    await expect(page.getByTestId("age")).toContainText("live");
    screen.hush();
    const since = Date.now();
    await expect(page.getByRole("alert")).toContainText("Stale", { timeout: STALE_WITHIN_MS });
    expect(Date.now() - since).toBeLessThan(STALE_WITHIN_MS);
    expect(await overflowing(page)).toEqual([]);
    expect(await barriersOf(page)).toEqual([]);
    screen.speak();
    await expect(page.getByRole("status")).toContainText("Connected again after", { timeout: 20_000 });
  });

  test("another version of the server makes the page load anew", async ({ page }) => {
    await page.goto(screen.url);
    await expect(tiles(page)).toHaveCount(1);
    const loaded = page.waitForEvent("load");
    await screen.send({ ...wallOf({ troubles: 2, calm: 0 }), version: "1.0.1" });
    await loaded;
    await expect(tiles(page)).toHaveCount(2);
  });
});

/** The page where it scrolls, what stands outside the screen, and tiles that are too small for their text; a name that ends in … is none. */
async function overflowing(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const { clientWidth, clientHeight, scrollWidth, scrollHeight } = document.documentElement;
    const scrolls = scrollWidth > clientWidth || scrollHeight > clientHeight ? ["page"] : [];
    const outside = [...document.querySelectorAll("main *")].filter((element) => {
      if (element.parentElement?.closest(".truncate")) return false;
      const { right, bottom, left, top, width, height } = element.getBoundingClientRect();
      return width > 1 && height > 1 && (right > clientWidth + 1 || bottom > clientHeight + 1 || left < -1 || top < -1);
    });
    const cut = [...document.querySelectorAll("[data-testid=tile] > div > div")].filter(
      (body) => body.scrollHeight > body.clientHeight + 1,
    );
    return [...scrolls, ...[...outside, ...cut].map((element) => `${element.tagName} ${element.textContent?.slice(0, 60)}`)];
  });
}
