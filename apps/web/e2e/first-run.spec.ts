/** The first minutes: somebody who has nothing but the sign-in link starts the practice lab and sees a real finding. */
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeCapability } from "@mxray/lab";
import { expect, type Page, test } from "@playwright/test";
import { barriersOf, complaintsOf, type Dashboard, overflowOf, signIn, startDashboard } from "./dashboard.ts";

const capability = await describeCapability();
test.skip(!capability.ok, capability.ok ? "" : capability.reason);

let dashboard: Dashboard;
test.beforeEach(async ({ page }) => {
  dashboard = await startDashboard();
  await signIn(page, dashboard);
});
test.afterEach(() => dashboard?.[Symbol.asyncDispose]());

/** Starting the lab opens the probe of a black hole; this goes on to the list of what else there is to probe. */
const startLab = async (page: Page) => {
  await page.getByRole("button", { name: "Start the practice lab" }).click();
  await page.waitForURL(/\/diagnose\/[^/]+$/);
  await page.getByRole("link", { name: "All probes" }).click();
  await expect(page.getByText(/Running: \d+ practice domains/)).toBeVisible();
};

test("one click after the sign-in, a newcomer sees a proven black hole, and that it is practice", async ({ page }) => {
  test.setTimeout(60_000);
  const complaints = complaintsOf(page);
  await expect(page.getByRole("textbox", { name: /domain, host, address/i })).toBeFocused();
  await page.getByRole("button", { name: "Start the practice lab" }).click();
  await expect(page.getByTestId("live")).toBeVisible();
  await expect(page.getByTestId("practice")).toContainText("Practice.");
  const verdict = page.getByTestId("verdict");
  await expect(verdict.getByRole("heading")).toHaveText("Packets of more than 1400 bytes are lost on the way to mx.black-hole.lab.test", {
    timeout: 30_000,
  });
  await expect(verdict).toContainText("proven");
  await expect(page.getByTestId("practice")).toBeVisible();

  await page.getByRole("link", { name: "All probes" }).click();
  const practice = page.getByRole("region", { name: "Practice domains" });
  await expect(practice.getByRole("link", { name: /Packets of more than 1400 bytes are lost/ })).toBeVisible();
  // Nothing real was probed: the ways to begin still stand.
  await expect(page.getByRole("region", { name: "Type a domain" })).toBeVisible();

  await practice.getByRole("link", { name: /1400 bytes are lost/ }).click();
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Create the link" }).click();
  await page.goto(await page.getByLabel("Link to the diagnosis").inputValue());
  await expect(page.getByTestId("practice")).toContainText("practice lab");
  expect(complaints).toEqual([]);
});

test("a newcomer looks into a log: a file in place, and one of this server from now on", async ({ page }) => {
  const folder = await mkdtemp(join(tmpdir(), "mxray-logs-"));
  const line =
    "Mar  5 10:00:00 mx1 postfix/smtp[9]: A1B2C3D4E5: to=<b@c.example>, relay=mx.c.example[198.51.100.9]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 ok)\n";
  await writeFile(join(folder, "mail.log"), line);
  await using own = await startDashboard({ env: { MXRAY_LOG_FOLDERS: folder } });
  await signIn(page, own);
  await page.goto(own.url);
  const way = page.getByRole("region", { name: "Analyse a mail log" });
  await way.locator("input[type=file]").setInputFiles({ name: "dropped.log", mimeType: "text/plain", buffer: Buffer.from(line) });
  await expect(page.getByText("dropped.log").first()).toBeVisible();
  await expect(page.getByText("mx.c.example").first()).toBeVisible();
  await page.goto(own.url);
  await way.getByRole("button", { name: `Follow ${join(folder, "mail.log")}` }).click();
  await page.waitForURL("**/logs");
  await expect(page.getByRole("list", { name: "Followed logs" })).toContainText("1 line read");
  await rm(folder, { recursive: true });
});

test("a blocked port 25 is said at once, with what still works", async ({ page }) => {
  await startLab(page);
  await page.getByRole("button", { name: "Probe blocked.lab.test" }).click();
  await expect(page.getByTestId("verdict")).toContainText("port-25-blocked", { timeout: 30_000 });
  const works = page.getByRole("region", { name: "What you can do from here" });
  await expect(works).toContainText("587");
  await expect(works).toContainText("npx mxray probe example.com");
});

test("whether port 25 is blocked here can be asked", async ({ page }) => {
  await page.getByText("Is port 25 blocked here?").click();
  await page.getByLabel("A mail domain").fill("not a host!");
  await page.getByRole("button", { name: "Check" }).click();
  await expect(page.getByRole("alert")).toContainText("'not a host!' is neither a host name nor an address");
  await page.getByLabel("A mail domain").fill("192.0.2.7");
  await page.getByLabel("Another, unrelated").fill("nothing.invalid");
  await page.getByRole("button", { name: "Check" }).click();
  await expect(page.getByRole("alert")).toContainText("this server does not probe those");
});

test("all are probed at once; real probes and practice stand apart", async ({ page }) => {
  await startLab(page);
  await page.getByRole("button", { name: /Probe all \d+/ }).click();
  const practice = page.getByRole("region", { name: "Practice domains" });
  await expect(practice.getByRole("link", { name: /firewall rewrites/ }).first()).toBeVisible({ timeout: 30_000 });
  await expect(practice.getByRole("link", { name: /refuses|refused/ }).first()).toBeVisible({ timeout: 30_000 });

  await page.getByRole("textbox", { name: /domain, host, address/i }).fill("nothing.invalid");
  await page.keyboard.press("Enter");
  await page.getByTestId("verdict").waitFor({ timeout: 60_000 });
  await expect(page.getByTestId("practice")).toHaveCount(0);
  await page.getByRole("link", { name: "All probes" }).click();
  const past = page.getByRole("region", { name: "Past probes" });
  await expect(past.getByRole("listitem")).toHaveCount(1);
  await past.getByRole("button", { name: "Practice" }).click();
  await expect(past.getByRole("listitem")).not.toHaveCount(1);
  await expect(past).not.toContainText("nothing.invalid");
});

test("a lab that dies says so, and is started again", async ({ page }) => {
  await startLab(page);
  process.kill(await keeperOf(dashboard), "SIGKILL");
  await expect(page.getByRole("status").filter({ hasText: "The practice lab ended unexpectedly (SIGKILL)" })).toBeVisible();
  await startLab(page);
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(page.getByRole("button", { name: "Start the practice lab" })).toBeVisible();
});

test("the first pages pass the accessibility rules and fit a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const check = async (name: string) => {
    expect(await barriersOf(page), name).toEqual([]);
    await expect.poll(() => overflowOf(page), { message: name }).toBe(0);
  };
  await check("ways to begin");
  await page.getByText("Is port 25 blocked here?").click();
  await check("port 25 check");
  await startLab(page);
  await page.getByRole("button", { name: "Probe refusing.lab.test" }).click();
  await page.getByTestId("verdict").waitFor();
  await check("practice probe");
  await page.getByRole("link", { name: "All probes" }).click();
  await page
    .getByRole("region", { name: "Practice domains" })
    .getByRole("link", { name: /554|refus/ })
    .waitFor();
  await check("practice domains");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(page.getByRole("region", { name: "Past probes" })).toContainText("practice: mx.refusing.lab.test");
  await check("past practice");
});

test("where namespaces are forbidden, the page says so and what helps", async ({ page }) => {
  test.skip(process.getuid?.() !== 0, "taking a capability away takes root");
  await using bound = await startDashboard({
    start: (command, args, env) =>
      spawn("setpriv", ["--bounding-set=-sys_admin", command, ...args], { env, stdio: ["ignore", "pipe", "pipe"] }),
  });
  await signIn(page, bound);
  const way = page.getByRole("region", { name: /Try it/ });
  await expect(way).toContainText("The practice lab cannot run on this machine. A network namespace cannot be built here");
  await expect(way).toContainText("What helps: Run it as root of a real or virtual machine");
  await expect(way.getByRole("button", { name: "Look again" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Start the practice lab" })).toHaveCount(0);
  expect(await barriersOf(page)).toEqual([]);
});

/** The process of this dashboard's lab. */
async function keeperOf({ pid }: Dashboard): Promise<number> {
  for (const id of await readdir("/proc")) {
    if (!/^\d+$/.test(id)) continue;
    const [line, stat] = await Promise.all(
      [`/proc/${id}/cmdline`, `/proc/${id}/stat`].map((file) => readFile(file, "utf8").catch(() => "")),
    );
    const parent = Number(stat?.split(") ")[1]?.split(" ")[1]);
    if (line?.includes("lab-keeper.ts") && parent === pid) return Number(id);
  }
  throw new Error("The dashboard has no lab.");
}
