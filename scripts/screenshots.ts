/**
 * `npm run screenshots [-- DIR]`: starts the practice lab with a dashboard inside, does what a user would do, and takes
 * pictures of every page at three sizes in light and dark (its upper 3200 pixels); without DIR, only the pictures of the README (docs/images).
 */
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeCapability, startPracticeLab } from "@mxray/lab";
import { chromium } from "@playwright/test";
import { signIn, startDashboard } from "../apps/web/e2e/dashboard.ts";
import { takeAllPictures, takeReadmePictures } from "./screenshots/take-pictures.ts";
import { EMPTY_PAGES, visitPages } from "./screenshots/visit-pages.ts";

const IMAGES = fileURLToPath(new URL("../docs/images", import.meta.url));

const capability = await describeCapability();
if (!capability.ok) {
  console.error(`The lab cannot be built: ${capability.reason} ${capability.remedy}`);
  process.exit(3);
}
const [folder] = process.argv.slice(2);
const scratch = await mkdtemp(join(tmpdir(), "mxray-pictures-"));
await using lab = await startPracticeLab();
await using dashboard = await startDashboard({
  env: { MXRAY_ALLOW_TARGETS: "203.0.113.0/24, 2001:db8::/32", MXRAY_LOG_FOLDERS: scratch, ...lab.environment },
  start: (command, args, env) => lab.client.spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] }),
});
const inside = join(scratch, "chromium");
await writeFile(inside, `#!/bin/sh\nexec ${lab.client.enterCommand(["/usr/bin/chromium"]).join(" ")} "$@"\n`);
await chmod(inside, 0o755);
const browser = await chromium.launch({ executablePath: inside, args: ["--no-sandbox", "--disable-background-networking"] });
try {
  const context = await browser.newContext({ reducedMotion: "reduce", viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const origin = dashboard.url;
  await signIn(page, dashboard);
  if (folder !== undefined) await takeAllPictures({ page, origin, pages: EMPTY_PAGES, folder });
  const pages = await visitPages({ page, dashboard, lab, folder: scratch });
  if (folder !== undefined) await takeAllPictures({ page, origin, pages, folder });
  else await takeReadmePictures({ page, origin, pages, folder: IMAGES });
} finally {
  await browser.close();
  await rm(scratch, { recursive: true, force: true });
}
