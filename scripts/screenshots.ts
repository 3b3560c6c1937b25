/**
 * `npm run screenshots [-- DIR]`: starts the practice lab with a dashboard inside, does what a user would do, and takes
 * pictures of every page at three sizes in light and dark; without DIR, only the pictures of the README (docs/images).
 */
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeCapability, startPracticeLab } from "@mxray/lab";
import { chromium, type Page } from "@playwright/test";
import { diagnose, signIn, startDashboard } from "../apps/web/e2e/dashboard.ts";

const SIZES = [
  [1440, 900],
  [1920, 1080],
  [390, 844],
] as const;
const OPTIONS_PAGE = "diagnose-options";
const SCHEMES = ["light", "dark"] as const;
const IMAGES = fileURLToPath(new URL("../docs/images", import.meta.url));

const capability = await describeCapability();
if (!capability.ok) {
  console.error(`The lab cannot be built: ${capability.reason} ${capability.remedy}`);
  process.exit(3);
}
const [folder] = process.argv.slice(2);
await using lab = await startPracticeLab();
await using dashboard = await startDashboard({
  env: { MXRAY_ALLOW_TARGETS: "203.0.113.0/24, 2001:db8::/32", ...lab.environment },
  start: (command, args, env) => lab.client.spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] }),
});
const scratch = await mkdtemp(join(tmpdir(), "mxray-pictures-"));
const inside = join(scratch, "chromium");
await writeFile(inside, `#!/bin/sh\nexec ${lab.client.enterCommand(["/usr/bin/chromium"]).join(" ")} "$@"\n`);
await chmod(inside, 0o755);
const browser = await chromium.launch({ executablePath: inside, args: ["--no-sandbox", "--disable-background-networking"] });
try {
  const context = await browser.newContext({ reducedMotion: "reduce", viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await signIn(page, dashboard.signInUrl);
  if (folder !== undefined) await picturesOfAll(page, new Map([["first-run", "/diagnose"]]), folder);
  const pages = await visit(page);
  if (folder === undefined) await picturesOfReadme(page, pages);
  else await picturesOfAll(page, pages, folder);
} finally {
  await browser.close();
  await rm(scratch, { recursive: true, force: true });
}

/** What there is to see, and where. */
async function visit(page: Page): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  const keep = (name: string) => pages.set(`probe-${name}`, new URL(page.url()).pathname);
  for (const name of ["black-hole", "healthy", "fixup", "inbound-hole", "closed", "blocked", "several"]) {
    await page.goto(`${dashboard.url}/diagnose`);
    await diagnose(page, `${name}.lab.test`);
    keep(name);
  }
  await lab.network.silenceTtl(2);
  await page.goto(`${dashboard.url}/diagnose`);
  await diagnose(page, "black-hole.lab.test");
  keep("silent-hop");
  await lab.network.silenceTtl(2, false);

  await page.goto(`${dashboard.url}/diagnose`);
  await page.getByRole("button", { name: "Options" }).click();
  await page.getByLabel("Who gets the two messages").fill("postmaster@split-end.lab.test");
  await page.getByLabel(/whose owner agrees/).check();
  await diagnose(page, "split-end.lab.test");
  keep("delivery");

  await page.goto(`${dashboard.url}${pages.get("probe-inbound-hole")}`);
  const hole = lab.domains.find(({ name }) => name === "inbound-hole");
  if (hole !== undefined) await lab.network.dropLarger(2, "inbound", null, hole.address);
  await page.getByRole("button", { name: "Check the fix" }).click();
  await page.getByTestId("comparison").waitFor({ timeout: 60_000 });
  keep("check");

  await page.goto(`${dashboard.url}${pages.get("probe-black-hole")}`);
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Make the link" }).click();
  pages.set("shared", new URL(await page.getByLabel("Link to the diagnosis").inputValue()).pathname);
  await page.goto(`${dashboard.url}/findings?code=pmtu-black-hole`);
  await page.locator("main a[data-row]").first().click();
  await page.getByTestId("timeline").waitFor();
  pages.set("finding", new URL(page.url()).pathname);
  pages.set("overview", "/").set("findings", "/findings?state=all").set("playbook", "/playbook?code=smtp-fixup");
  await page.goto(`${dashboard.url}/diagnose`);
  await page.getByText("The practice lab", { exact: true }).click();
  await page.getByRole("button", { name: "Start the practice lab" }).click();
  await page.getByRole("button", { name: "Probe black-hole.lab.test" }).click();
  await page.getByTestId("verdict").waitFor({ timeout: 60_000 });
  keep("practice");
  return pages.set("diagnose", "/diagnose").set(OPTIONS_PAGE, "/diagnose");
}

async function picturesOfReadme(page: Page, pages: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(IMAGES, { recursive: true });
  await page.setViewportSize({ width: 1440, height: 1400 });
  for (const name of ["probe-black-hole", "shared"]) {
    await show(page, name, pages.get(name) ?? "/");
    await page.screenshot({ path: join(IMAGES, `${name}.png`) });
  }
}

async function picturesOfAll(page: Page, pages: ReadonlyMap<string, string>, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    for (const [width, height] of SIZES) {
      await page.setViewportSize({ width, height });
      for (const [name, path] of pages) {
        await show(page, name, path);
        await page.screenshot({ path: join(target, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
    }
  }
}

async function show(page: Page, name: string, path: string): Promise<void> {
  await page.goto(`${dashboard.url}${path}`);
  // The network is never idle: the page listens for what happens.
  await page.getByText(/\w/).first().waitFor();
  for (const part of await page.getByText("Loading").all()) await part.waitFor({ state: "hidden" });
  if (/^\/(d|diagnose|findings)\/./.test(path)) await page.getByTestId("verdict").waitFor();
  if (name === OPTIONS_PAGE) await page.getByRole("button", { name: "Options" }).click();
}
