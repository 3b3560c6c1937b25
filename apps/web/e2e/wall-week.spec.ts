/**
 * The wall screen after days: no more memory than after an hour. Three days here; the same limit
 * holds for a week, which `WALL_DAYS=7 npm run e2e -- wall-week` takes.
 */
import { expect, test } from "@playwright/test";
import { startWallScreen, wallName, wallOf } from "./wall-screen.ts";

test.use({
  viewport: { width: 1920, height: 1080 },
  // Days of events take minutes, and a trace would hold them all.
  trace: "off",
  // What V8 compiles as a page gets warm, 0.2 MB within the first day, is not what a page leaves behind.
  launchOptions: {
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-background-networking", "--js-flags=--no-opt --no-maglev --no-sparkplug"],
  },
});
test.setTimeout(400_000);

const DAYS = Number(process.env.WALL_DAYS ?? 3);
/** Part of the memory: what the browser itself keeps varies by some 5 %. */
const GROWTH = 0.1;

test(`${DAYS} days of events leave nothing behind in the wall's page`, async ({ page }) => {
  await using screen = await startWallScreen(wallOf({ troubles: 1, calm: 5 }));
  await page.clock.install();
  await page.goto(`${screen.url}?speed=5`);
  const devtools = await page.context().newCDPSession(page);
  const send = (turn: number, troubles: number) => screen.send(wallOf({ troubles, calm: 30, turn }));
  /** Asked of the browser itself: what Playwright's own questions leave in the page is not to be measured. */
  const drawn = async (turn: number) => {
    const expression = "document.querySelector('[data-testid=change]').textContent";
    const text = async () => (await devtools.send("Runtime.evaluate", { expression })).result.value;
    await expect.poll(text, { intervals: [20] }).toContain(wallName(turn));
  };
  /** Bytes that the same picture takes: the least of a few looks, since a message may be on its way. */
  const heap = async () => {
    await send(0, 24);
    await drawn(0);
    const looks: number[] = [];
    for (let look = 0; look < 5; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await devtools.send("HeapProfiler.collectGarbage");
      looks.push((await devtools.send("Runtime.getHeapUsage")).usedSize);
    }
    return Math.min(...looks);
  };
  let turn = 0;
  /** A change every five minutes and a beat every five seconds, with every tick of the page's clock and each turn of its pages. */
  const wholeHour = async () => {
    for (let minutes = 0; minutes < 60; minutes += 5) {
      turn += 1;
      await send(turn, 20 + (turn % 30));
      for (let seconds = 0; seconds < 300; seconds += 10) {
        await screen.beat();
        await screen.beat();
        await page.clock.runFor(10_000);
      }
    }
    await drawn(turn);
  };
  /** The same changes, with a tenth of the beats and few of the ticks: those change nothing that could grow. */
  const day = async () => {
    for (let minutes = 0; minutes < 24 * 60; minutes += 5) {
      turn += 1;
      await send(turn, 20 + (turn % 30));
      for (let seconds = 0; seconds < 300; seconds += 50) await screen.beat();
      if (minutes % 60 !== 55) continue;
      // No faster than the page can draw.
      await drawn(turn);
      await page.clock.runFor(5000);
    }
  };
  /** The connection is lost, and had again. */
  const loss = async () => {
    const back = screen.cut().then(() => true);
    while (!(await Promise.race([back, page.clock.runFor(1000)])));
  };

  await wholeHour();
  const afterHour = await heap();
  for (let days = 0; days < DAYS; days += 1) {
    await day();
    await loss();
  }
  const afterDays = await heap();
  test.info().annotations.push({ type: "heap", description: `${afterHour} bytes after an hour, ${afterDays} after ${DAYS} days` });
  expect(afterDays).toBeLessThan((1 + GROWTH) * afterHour);
  await expect(page.getByRole("alert")).toBeHidden();
});
