/** Pictures of pages: all of them at three sizes in light and dark, or the few of the README. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";

const SIZES = [
  [1440, 900],
  [390, 844],
  [1920, 1080],
] as const;
const SCHEMES = ["light", "dark"] as const;
const MOST_LOOKS = 12;
const MOST_HEIGHT = 3200;
/** How high, in pixels of 1440 across. */
const README_PICTURES: readonly (readonly [name: string, height: number])[] = [
  ["overview", 1240],
  ["probe-black-hole", 1620],
  ["logs", 1424],
  ["wall", 810],
];

/** Something that a page needs before its picture. */
type Prepare = (page: Page) => Promise<void>;

/** Of pages that look otherwise when something is opened on them. */
const OPENED: ReadonlyMap<string, readonly [of: string, open: Prepare]> = new Map([
  ["diagnose-options", ["diagnose", (page) => page.getByRole("button", { name: "Options" }).click()]],
  ["search-dialog", ["overview", openSearch]],
  ["wall-dialog", ["overview", (page) => openDialog(page, "Wall screen")]],
  ["share-dialog", ["probe-black-hole", (page) => openDialog(page, "Share")]],
]);

export interface Album {
  readonly page: Page;
  readonly origin: string;
  readonly pages: ReadonlyMap<string, string>;
  readonly folder: string;
}

export async function takeAllPictures({ page, origin, pages, folder }: Album): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const picture = (name: string) => page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) });
      for (const [name, path] of pages) {
        await show(page, `${origin}${path}`);
        await unroll(page, width, height);
        await picture(name);
        await page.setViewportSize({ width, height });
        for (const [opened, [of, open]] of OPENED) {
          if (of !== name) continue;
          await show(page, `${origin}${path}`);
          await open(page);
          await settled(page);
          await picture(opened);
        }
      }
    }
  }
}

export async function takeReadmePictures({ page, origin, pages, folder }: Album): Promise<void> {
  await mkdir(folder, { recursive: true });
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  for (const [name, height] of README_PICTURES) {
    await page.setViewportSize({ width: 1440, height });
    await show(page, `${origin}${pages.get(name)}`);
    await page.screenshot({ path: join(folder, `${name}.png`) });
  }
}

async function show(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.locator("h1, h2").first().waitFor();
  if (/\/(d|diagnose)\/./.test(url)) await page.getByTestId("verdict").waitFor();
  await settled(page);
}

/** The network is never idle, since the page listens for what happens: a page has settled that looks the same a moment later. */
async function settled(page: Page): Promise<void> {
  for (const part of await page.getByText("Loading").all()) await part.waitFor({ state: "hidden" });
  let before = "";
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const now = await page.content();
    if (now === before) return;
    before = now;
    await page.waitForTimeout(250);
  }
}

/** As much of a page as a picture shows: in a higher window, since of a long list only what is near the window is there. */
async function unroll(page: Page, width: number, height: number): Promise<void> {
  const whole = Number(await page.evaluate("document.documentElement.scrollHeight"));
  if (whole <= height) return;
  await page.setViewportSize({ width, height: Math.min(whole, MOST_HEIGHT) });
  await settled(page);
}

/** Its code comes when it is opened first. */
async function openDialog(page: Page, button: string): Promise<void> {
  await page.getByRole("button", { name: button }).click();
  await page.getByRole("dialog").waitFor();
}

async function openSearch(page: Page): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("combobox").fill("black");
}
