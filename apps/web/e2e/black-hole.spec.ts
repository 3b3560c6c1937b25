/** The main job in a browser, with a real black hole: sign in, diagnose, share, and open the share as somebody else. */
import { spawnSync } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isAbout, type SharedDiagnosis } from "@mxray/contracts";
import { describeCapability, PRACTICE_MTU, type PracticeLab, startPracticeLab } from "@mxray/lab";
import { type Browser, chromium, expect, type Page, test } from "@playwright/test";
import { barriersOf, complaintsOf, type Dashboard, diagnose, overflowOf, signIn, startDashboard } from "./dashboard.ts";

const capability = await describeCapability();
test.skip(!capability.ok, capability.ok ? "" : capability.reason);

let lab: PracticeLab;
let dashboard: Dashboard;
let browser: Browser;
let folder: string;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-browser-"));
  lab = await startPracticeLab();
  dashboard = await startDashboard({
    env: { MXRAY_ALLOW_TARGETS: "203.0.113.0/24, 2001:db8::/32", MXRAY_LOG_FOLDERS: folder, ...lab.environment },
    start: (command, args, env) => lab.client.spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] }),
  });
  // The browser lives on the client's machine, too: it sees the lab's network and nothing else.
  const inside = join(folder, "chromium");
  await writeFile(inside, `#!/bin/sh\nexec ${lab.client.enterCommand(["/usr/bin/chromium"]).join(" ")} "$@"\n`);
  await chmod(inside, 0o755);
  browser = await chromium.launch({ executablePath: inside, args: ["--no-sandbox", "--disable-background-networking"] });
});

test.afterAll(async () => {
  await browser?.close();
  await dashboard?.[Symbol.asyncDispose]();
  await lab?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

test("a black hole is proven, explained and shared", async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true });
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await signIn(page, dashboard);

  await page.getByRole("textbox", { name: /domain, host, address/i }).fill("black-hole.lab.test");
  await page.keyboard.press("Enter");
  // Live: the stages and the ladder, before there is a verdict.
  await expect(page.getByTestId("live")).toBeVisible();
  await expect(page.getByTestId("live").getByTestId("ladder-table").getByRole("row").nth(3)).toBeAttached();

  const verdict = page.getByTestId("verdict");
  await expect(verdict.getByRole("heading")).toHaveText("Packets of more than 1400 bytes are lost on the way to mx.black-hole.lab.test", {
    timeout: 30_000,
  });
  await expect(verdict).toContainText("proven");

  const table = page.getByTestId("ladder-table");
  await expect(table.locator("caption")).toContainText("Path MTU 1400 bytes. Our own MTU is 1500 bytes.");
  await page.getByRole("button", { name: "Table", exact: true }).click();
  await expect(table.getByRole("row", { name: /^1400 IP packet acknowledged/ }).first()).toBeVisible();
  await expect(table.getByRole("row", { name: /^1401 IP packet lost/ }).first()).toBeVisible();
  await page.getByRole("button", { name: "Packet sizes", exact: true }).click();
  await expect(page.getByTestId("ladder-edge").getByText("path MTU 1400")).toBeVisible();
  // Both sides of the break, and who runs the routers.
  const strip = page.getByTestId("path-strip");
  await expect(strip.getByText("more than 1400 lost")).toBeVisible();
  await expect(strip.getByText("1500 pass").first()).toBeVisible();
  await expect(strip.getByText("1400 pass").first()).toBeVisible();
  await expect(strip.getByText("AS64497 EXAMPLE-TRANSIT, ZZ")).toBeVisible();
  await expect(page.getByText(/First suspect: our own firewall/)).toBeVisible();

  // The workaround, ready to paste.
  await page.getByRole("button", { name: "Postfix", exact: true }).click();
  await page.getByRole("button", { name: "Linux", exact: true }).click();
  await expect(page.getByText("sysctl -w net.ipv4.tcp_mtu_probing=1").first()).toBeVisible();
  await page.getByRole("button", { name: "Copy: Run" }).first().click();
  await expect(page.getByText("Copied").first()).toBeVisible();

  await page.getByRole("button", { name: "Share" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("No account is needed");
  await dialog.getByLabel(/Note to the recipient/i).fill("Please look at <b>hop 3</b>.");
  await dialog.getByRole("button", { name: "Create the link" }).click();
  const url = await dialog.getByLabel("Link to the diagnosis").inputValue();
  expect(url).toMatch(new RegExp(`^${dashboard.url}/d/[\\w-]{27}$`));
  await expect(dialog).toContainText("works only on this machine");
  const [download] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("link", { name: "One HTML file" }).click()]);
  const file = join(folder, "share.html");
  await download.saveAs(file);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  expect(complaints.filter((text) => !text.includes("401"))).toEqual([]);

  // Somebody else: no cookie, no account.
  const stranger = await browser.newContext();
  const other = await stranger.newPage();
  const othersComplaints = complaintsOf(other);
  await other.goto(url);
  await expect(other.getByRole("heading", { level: 1 })).toHaveText(/Packets of more than 1400 bytes are lost/);
  await expect(other.getByText("Please look at <b>hop 3</b>.")).toBeVisible();
  await expect(other.getByText("198.51.100.10").first()).toBeVisible();
  await expect(other.getByTestId("ladder-table").locator("caption")).toContainText("Path MTU 1400 bytes");
  // Whom it is sent to reads what they are asked to do, with the numbers and for their own system.
  const ask = other.getByRole("region", { name: "What we ask you to do" });
  await expect(ask).toContainText(/Packets of more than 1400 bytes are dropped between hop 3, 198\.51\.100\.10 .*AS64498/);
  await expect(ask).toContainText("1401 to 1500 bytes");
  await expect(ask).toContainText("1360 bytes; in use: 1460");
  await ask.getByRole("combobox", { name: "Your system" }).selectOption("Cisco IOS");
  await expect(ask).toContainText("ip tcp adjust-mss 1360");
  await expect(ask).not.toContainText("nft insert rule");
  // The choice survives a reload and travels with the link.
  await other.reload();
  await expect(ask).toContainText("ip tcp adjust-mss 1360");
  await expect(other.getByTestId("ladder-edge").getByText("path MTU 1400")).toBeVisible();
  expect(othersComplaints).toEqual([]);
  for (const format of ["A4", "Letter"]) expect((await printed(other, format)).pages, format).toBeLessThanOrEqual(2);
  // For the network engineer: the flow without our address, the commands, and the ticket in one click.
  const reproduce = other.getByRole("region", { name: "Reproduce it yourself" });
  await expect(reproduce.getByText("ping -M do -c 3 -s 1373 203.0.113.", { exact: false })).toBeVisible();
  await reproduce.getByRole("combobox", { name: "System of the commands" }).selectOption("Windows");
  await expect(reproduce.getByText("ping -f -n 3 -l 1373 203.0.113.", { exact: false })).toBeVisible();
  await other.locator("summary", { hasText: /^Flow/ }).click();
  const flow = other.getByRole("region", { name: "Flow", exact: true });
  await expect(flow.getByRole("row").nth(1)).toContainText(
    /sender:\d+203\.0\.113\.\d+:25TCP, IPv4\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} UTC/,
  );
  await other.locator("summary", { hasText: /^Packets/ }).click();
  const [csv] = await Promise.all([other.waitForEvent("download"), other.getByRole("link", { name: "CSV" }).click()]);
  expect(await readFile(await csv.path(), "utf8")).toMatch(/^Time \(UTC\),Connection,Size.*\r\n\d{4}-.*,IP packet,"?set/);
  await stranger.grantPermissions(["clipboard-read", "clipboard-write"]);
  await other.getByRole("button", { name: /Copy ticket text/ }).click();
  await expect(other.getByText("Copied")).toBeVisible();
  const ticket = await other.evaluate(() => navigator.clipboard.readText());
  expect(ticket.trimEnd().split("\n").length).toBeLessThanOrEqual(25);
  expect(ticket).toContain("ping -M do -c 3 -s 1372 203.0.113.");
  expect(ticket).toContain(url);
  const refused = await other.goto(`${dashboard.url}/diagnose`);
  expect(refused?.status()).toBe(401);

  // The file opens from disk with the network off.
  const offline = await browser.newContext({ offline: true });
  const disk = await offline.newPage();
  const requests: string[] = [];
  disk.on("request", (request) => requests.push(request.url()));
  const disksComplaints = complaintsOf(disk);
  await disk.goto(pathToFileURL(file).href);
  await expect(disk.getByRole("heading", { level: 1 })).toHaveText(/Packets of more than 1400 bytes are lost/);
  await expect(disk.getByTestId("ladder-edge").getByText("path MTU 1400")).toBeVisible();
  expect(requests.filter((one) => /^https?:/.test(one))).toEqual([]);
  expect(disksComplaints).toEqual([]);
  expect(await readFile(file, "utf8")).not.toContain("<b>hop 3</b>");

  // Revoked, it is gone.
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("button", { name: "Revoke the link" }).click();
  await expect(page.getByRole("heading", { name: "Active links" })).toBeHidden();
  await other.goto(url);
  await expect(other.getByText(/was revoked by its sender/)).toBeVisible();
  await Promise.all([context.close(), stranger.close(), offline.close()]);
});

test("a fix is checked: before and after, and the finding fixed with its proof", async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await signIn(page, dashboard);
  await diagnose(page, "black-hole.lab.test");
  const hole = page.url();
  const check = async () => {
    await page.getByRole("button", { name: "Check the fix" }).click();
    await page.waitForURL((url) => url.href !== hole);
    await page.getByTestId("comparison").waitFor({ timeout: 60_000 });
  };
  const comparison = page.getByTestId("comparison");

  // Nothing was mended.
  await check();
  await expect(comparison.getByText("still there").first()).toBeVisible();
  await expect(comparison.getByText("fixed")).toBeHidden();

  await page.goto(hole);
  await useBlackHole(1500);
  try {
    await check();
  } finally {
    await useBlackHole(PRACTICE_MTU);
  }
  await expect(page.getByTestId("verdict").getByRole("heading")).toHaveText(/No problems found/);
  await expect(comparison.getByText("fixed", { exact: true }).first()).toBeVisible();
  await expect(comparison.getByText("Packets of 1401 to 1500 bytes arrive now.").first()).toBeVisible();
  await expect(comparison.getByRole("row", { name: "Outbound black hole, 1400 bytes proven clear, 1500 bytes proven" })).toBeVisible();
  await expect(comparison.getByRole("row", { name: "NOOP ladder hung ok" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Probe again" })).toBeVisible();
  expect(await barriersOf(page)).toEqual([]);
  const proof = page.url();

  // Whom it is shared with sees both sides as well.
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Create the link" }).click();
  const shared = await page.getByLabel("Link to the diagnosis").inputValue();
  const stranger = await browser.newPage();
  await stranger.goto(shared);
  await expect(stranger.getByTestId("comparison").getByText("Packets of 1401 to 1500 bytes arrive now.").first()).toBeVisible();
  await stranger.close();

  // The earlier probe says so too, and leads to the proof.
  await page.goto(hole);
  await expect(page.getByTestId("verdict")).toContainText("Fixed: a later probe proved the fix on");
  await page.getByRole("link", { name: "See the proof" }).click();
  await expect(page).toHaveURL(proof);
  await page.getByRole("link", { name: "All probes" }).click();
  await expect(
    page.getByRole("link", { name: /black-hole\.lab\.test.*No problems found.*checks the fix of an earlier probe/ }),
  ).toBeVisible();
  expect(complaints.filter((text) => !text.includes("401"))).toEqual([]);
  await context.close();
});

/** On paper: how many pages, and the text on them as one line. */
async function printed(page: Page, format: string): Promise<{ pages: number; text: string }> {
  // Charts that are not on the screen come after some seconds.
  await expect(page.getByText(/^Loading the /)).toHaveCount(0, { timeout: 30_000 });
  const pdf = await page.pdf({ format });
  const { stdout } = spawnSync("pdftotext", ["-layout", "-", "-"], { input: pdf, encoding: "utf8" });
  const pages = Number(/\/Type \/Pages\b[^>]*\/Count (\d+)/s.exec(pdf.toString("latin1"))?.[1]);
  return { pages, text: stdout.replaceAll(/\s+/g, " ") };
}

/** The small link on the way to the black hole's mail host, bytes; 1500 mends it. */
async function useBlackHole(mtu: number): Promise<void> {
  const domain = lab.domains.find(({ name }) => name === "black-hole");
  if (domain === undefined) throw new Error("The lab lost its black hole.");
  await lab.network.setHostMtu(2, domain.address, mtu);
}

test("a domain of several mail hosts: all stages at one look, a row shows its path", async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await signIn(page, dashboard);
  await diagnose(page, "several.lab.test");
  const matrix = page.getByTestId("stage-matrix");
  // Four hosts with both families, and the head.
  await expect(matrix.getByRole("row")).toHaveCount(9);
  await expect(matrix.getByRole("row", { name: /mx\.closed\.lab\.test MX 40 · IPv4 .* refused/ })).toBeVisible();
  const broken = matrix.getByRole("row", { name: /mx\.black-hole\.lab\.test MX 20 · IPv6/ });
  await expect(broken).toContainText("hung");
  await broken.getByRole("button").press("Enter");
  await expect(broken.getByRole("button")).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByTestId("path-strip").getByText("more than 1400 lost")).toBeVisible();
  await matrix.getByRole("row", { name: /mx\.healthy\.lab\.test MX 10 · IPv4/ }).click();
  await expect(page.getByTestId("path-strip").getByText("1500 pass")).toBeVisible();
  await expect(page.getByTestId("path-strip").getByText("lost")).toBeHidden();
  expect(await barriersOf(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  await expect.poll(() => overflowOf(page)).toBe(0);

  // On paper, every finding with its evidence and every time with its zone, wherever it is printed.
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Create the link" }).click();
  const url = await page.getByLabel("Link to the diagnosis").inputValue();
  const tokyo = await browser.newContext({ timezoneId: "Asia/Tokyo" });
  const paper = await tokyo.newPage();
  await paper.goto(url);
  const { text } = await printed(paper, "A4");
  expect(text).toContain("mx.closed.lab.test");
  expect(text).toMatch(/refuses connections .* Port 25 of \S+ refused the connection/);
  expect(text).toMatch(/turns us away at the greeting .*'554 5\.7\.1/);
  expect(text).toMatch(/measured \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(\d\d:\d\d:\d\d your time\)/);
  for (const [time] of text.matchAll(/\b\d\d:\d\d:\d\d\b.{0,10}/g)) expect(time).toMatch(/UTC|your time/);
  // Two findings fit two pages.
  // Read in the page: this process does not live in the lab's network.
  const whole = await paper.evaluate(async () => await (await fetch(window.location.href)).text());
  const body = whole.replace(/(?<=id="diagnosis">).*?(?=<\/script>)/s, (data) => firstTwo(data));
  await paper.route("**/d/*", async (route) => await route.fulfill({ contentType: "text/html", body }));
  await paper.reload();
  for (const format of ["A4", "Letter"]) {
    const two = await printed(paper, format);
    expect(two.pages, format).toBeLessThanOrEqual(2);
    expect(two.text).toMatch(/are lost on the way to mx\.black-hole\.lab\.test .* refuses connections/);
  }
  await Promise.all([context.close(), tokyo.close()]);
});

/** The share of a diagnosis without its third finding and the hosts that neither of the two is about. */
function firstTwo(data: string): string {
  const shared = JSON.parse(data) as SharedDiagnosis;
  const findings = shared.report.findings.slice(0, 2);
  const hosts = shared.report.hosts.filter((host) => findings.some((finding) => isAbout(finding, host)));
  return JSON.stringify({ ...shared, report: { ...shared.report, findings, hosts } }).replaceAll("<", "\\u003c");
}

test("each trouble of the practice lab gets its own verdict", async () => {
  const page = await browser.newPage();
  await signIn(page, dashboard);
  for (const [name, title] of [
    ["inbound-hole", /are lost on the way from mx\.inbound-hole\.lab\.test/],
    ["fixup", /firewall rewrites the SMTP sessions/],
    ["reduced", /1400/],
    ["healthy", /No problems found/],
    ["closed", /refuses connections/],
  ] as const) {
    await page.goto(`${dashboard.url}/diagnose`);
    await diagnose(page, `${name}.lab.test`);
    await expect(page.getByTestId("verdict").getByRole("heading")).toHaveText(title);
  }
  await page.close();
});

test("a mistyped name is an answer, and no alarm on the overview or the wall", async () => {
  const page = await browser.newPage();
  await signIn(page, dashboard);
  await diagnose(page, "closed.lab.test");
  await page.goto(`${dashboard.url}/diagnose`);
  await diagnose(page, "helthy.lab.test");
  await expect(page.getByTestId("verdict").getByRole("heading")).toHaveText("The name helthy.lab.test does not exist");
  const rows = page.locator("main a[data-row]");
  await page.goto(dashboard.url);
  await expect(rows.filter({ hasText: "closed" }).first()).toBeVisible();
  await expect(rows.filter({ hasText: "helthy" })).toHaveCount(0);
  const tiles = page.getByTestId("tile");
  await page.goto(`${dashboard.url}/wall`);
  await expect(tiles.filter({ hasText: "closed" }).first()).toBeVisible();
  await expect(tiles.filter({ hasText: "helthy" })).toHaveCount(0);
  await page.close();
});

test("a fault that a log and a probe show began with the first stall: on its page, the wall and in a share", async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await signIn(page, dashboard);
  const address = lab.domains.find(({ name }) => name === "inbound-hole")?.address.v4 ?? "";
  const host = `mx.inbound-hole.lab.test[${address}]:25`;
  const began = new Date(Math.floor(Date.now() / 1000) * 1000 - 50 * 3_600_000).toISOString();
  const stall = (hours: number) => {
    const line = `${new Date(Date.parse(began) + hours * 3_600_000).toISOString()} relay postfix/smtp[9]:`;
    const to = `4F1A2B3C${hours + 10}: to=<b@inbound-hole.lab.test>, relay=${host}, delay=301, delays=0/0/300/0, dsn=4.7.5`;
    return `${line} SSL_connect error to ${host}: Connection timed out\n${line} ${to}, status=deferred (Cannot start TLS: handshake failure)\n`;
  };
  const log = join(folder, "relay.log");
  await writeFile(log, [0, 12, 24, 36, 49].map(stall).join(""));
  await page.goto(`${dashboard.url}/logs`);
  await page.getByLabel(/Follow a log/).fill(log);
  await page.getByRole("button", { name: "Follow", exact: true }).click();
  await expect(page.getByRole("list", { name: "Followed logs" })).toContainText("10 lines read");
  await page.goto(`${dashboard.url}/diagnose`);
  await diagnose(page, "inbound-hole.lab.test");

  // Findings of logs are made some seconds later, then the two are one.
  const row = page.locator("main a[data-row]").filter({ hasText: "inbound-hole" }).first();
  await expect(async () => {
    await page.goto(`${dashboard.url}/findings?code=pmtu-black-hole-inbound`);
    await expect(row.locator(`time[datetime="${began}"]`)).toBeVisible({ timeout: 2000 });
  }).toPass({ timeout: 60_000 });
  await row.click();
  await expect(page.getByTestId("standing").locator("time").first()).toHaveAttribute("datetime", began);
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Create the link" }).click();
  const shared = await page.getByLabel("Link to the diagnosis").inputValue();

  const stranger = await browser.newPage();
  await stranger.goto(shared);
  await expect(stranger.getByTestId("since").locator("time")).toHaveAttribute("datetime", began);
  await stranger.close();
  const day = await page.evaluate(
    (at) => new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" }).format(Date.parse(at)),
    began,
  );
  await page.goto(`${dashboard.url}/wall`);
  await expect(page.getByTestId("tile").filter({ hasText: "inbound-hole" }).first()).toContainText(`since ${day}`);
  await context.close();
});
