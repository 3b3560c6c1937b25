/** When findings begin, and which alarm nobody: what the overview, the wall and a share say of them. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Finding } from "@mxray/contracts";
import { diagnoseHosts, verdictOf } from "@mxray/diagnosis";
import { type MailHost, mailHostScript, startDnsServer, startMailHost } from "@mxray/lab";
import { openStore } from "@mxray/store";
import { expect, type Page, test } from "@playwright/test";
import { blackHole, host, path, probe, unreachableHost } from "../../../packages/diagnosis/test/observation.ts";
import { barriersOf, complaintsOf, type Dashboard, diagnose, signIn, startDashboard } from "./dashboard.ts";

const HOURS = 3600 * 1000;
const open = (page: Page, dashboard: Dashboard, where: string) => page.goto(`${dashboard.url}${where}`);

test("a typing error is an answer, and no alarm on overview and wall", async ({ page }) => {
  const names = await startDnsServer({});
  await using dashboard = await startDashboard({ env: { MXRAY_RESOLVER: `127.0.0.1:${names.port}` } });
  await signIn(page, dashboard);
  const complaints = complaintsOf(page);
  await diagnose(page, "exmaple.test");
  await expect(page.getByTestId("verdict")).toContainText("The name exmaple.test does not exist");
  await open(page, dashboard, "/");
  await expect(page.getByTestId("state")).toContainText("Last probe exmaple.test");
  await expect(page.getByTestId("state")).not.toContainText(/\d+ open problems?/);
  await expect(page.locator("main a[data-row]")).toHaveCount(0);
  await open(page, dashboard, "/wall");
  await expect(page.getByTestId("age")).toContainText("live");
  await expect(page.getByTestId("tile")).toHaveCount(0);
  expect(complaints).toEqual([]);
  await names.stop();
});

test.describe("a fault that a log showed for two days before a probe found it", () => {
  let data: string;
  let dashboard: Dashboard;
  let findingId = "";
  let probeId = "";
  const since = new Date(Date.now() - 52 * HOURS).toISOString();

  test.beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), "mxray-life-"));
    const store = await openStore({ path: join(data, "mxray.sqlite") });
    const now = new Date().toISOString();
    const hole = { path: path({ outbound: blackHole() }) };
    const observation = probe([host(hole), host({ ...hole, family: 6, address: "2001:db8::25" })], { startedAt: now });
    const findings = diagnoseHosts(observation);
    const request = { target: observation.target };
    probeId = (await store.probes.create({ target: observation.target, request, createdAt: now, previousId: null })).id;
    const outcome = {
      status: "done",
      finishedAt: now,
      observation,
      findings,
      fixed: [],
      verdict: verdictOf(findings),
      error: null,
    } as const;
    await store.probes.finish(probeId, outcome);
    const [kept] = (await store.findings.list({ limit: 9 })).findings;
    const [cause] = findings;
    if (kept === undefined || cause === undefined) throw new Error("The probe found nothing.");
    findingId = kept.id;
    const sign: Finding = { ...cause, code: "log-outbound-stalls", title: "Deliveries stall", since };
    const absorbedBy = { id: kept.id, vantage: "local", finding: { ...cause, absorbs: ["log-outbound-stalls" as const] } };
    await store.findings.recordLog([{ finding: sign, signAt: now, absorbedBy }], { at: now, silentSince: since });
    await store.close();
    dashboard = await startDashboard({ data });
  });
  test.afterAll(async () => {
    await dashboard?.[Symbol.asyncDispose]();
    await rm(data, { recursive: true, force: true });
  });

  test("began with the log's first stall: on overview, finding, wall and share", async ({ page, browser }) => {
    await signIn(page, dashboard);
    await open(page, dashboard, "/");
    // Both families are one finding.
    await expect(page.locator("main a[data-row]")).toHaveCount(1);
    await expect(page.locator("main a[data-row]")).toContainText("for 2 days");
    await open(page, dashboard, `/findings/${findingId}`);
    await expect(page.getByTestId("standing").locator(`time[datetime="${since}"]`)).toHaveText("for 2 days");
    await expect(page.getByTestId("verdict")).toContainText("2001:db8::25");

    await open(page, dashboard, "/wall");
    await expect(page.getByTestId("tile")).toHaveCount(1);
    await expect(page.getByTestId("tile")).toContainText("2 d");

    const made = await page.request.post(`${dashboard.url}/api/v1/links/diagnosis`, { data: { probeId } });
    const { url } = await made.json();
    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(url.replace(/^http:\/\/[^/]+/, dashboard.url));
    await expect(stranger.getByTestId("since").locator(`time[datetime="${since}"]`)).toHaveText("for 2 days");
  });

  test("is dismissed without a note, and comes back when that is undone", async ({ page }) => {
    await signIn(page, dashboard);
    await open(page, dashboard, `/findings/${findingId}`);
    await page.getByRole("button", { name: "Dismiss", exact: true }).click();
    await page.getByRole("button", { name: "Dismiss it" }).click();
    await expect(page.getByTestId("standing")).toContainText("dismissed");
    await open(page, dashboard, "/");
    await expect(page.locator("main a[data-row]")).toHaveCount(0);
    await open(page, dashboard, "/findings?state=dismissed");
    await expect(page.locator("main a[data-row]")).toHaveCount(1);
    await page.locator("main a[data-row]").click();
    await page.getByRole("button", { name: "Open again" }).click();
    await expect(page.getByTestId("standing")).toContainText("open");
  });
});

test.describe("four destinations that do not answer", () => {
  let data: string;
  let dashboard: Dashboard;
  let mailHost: MailHost;
  let probeId = "";

  test.beforeAll(async () => {
    mailHost = await startMailHost(mailHostScript("healthy"));
    data = await mkdtemp(join(tmpdir(), "mxray-ours-"));
    const store = await openStore({ path: join(data, "mxray.sqlite") });
    for (const number of [1, 2, 3, 4]) {
      const now = new Date().toISOString();
      const target = `org${number}.example`;
      const place = { name: `mx.${target}`, address: `198.51.${number}.25` };
      const observation = { ...probe([unreachableHost("timeout", place)], { startedAt: now }), target };
      const findings = diagnoseHosts(observation);
      probeId = (await store.probes.create({ target, request: { target }, createdAt: now, previousId: null })).id;
      const end = { status: "done", finishedAt: now, observation, findings, fixed: [], verdict: verdictOf(findings), error: null } as const;
      await store.probes.finish(probeId, end);
    }
    await store.close();
    const env = { MXRAY_ALLOW_TARGETS: "127.0.0.0/8", MXRAY_ALLOW_PORTS: String(mailHost.port) };
    dashboard = await startDashboard({ data, env });
  });
  test.afterAll(async () => {
    await dashboard?.[Symbol.asyncDispose]();
    await mailHost?.stop();
    await rm(data, { recursive: true, force: true });
  });

  test("are one fault on our side: on overview, wall, finding and probe, until one works", async ({ page }) => {
    await signIn(page, dashboard);
    const complaints = complaintsOf(page);
    const rows = page.locator("main a[data-row]");
    await open(page, dashboard, "/");
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText("Fault on our side");
    await open(page, dashboard, "/wall");
    await expect(page.getByTestId("tile")).toHaveCount(1);
    await expect(page.getByTestId("tile")).toContainText("this server");

    await open(page, dashboard, "/findings");
    await expect(rows).toHaveCount(1);
    await rows.click();
    await expect(page.getByTestId("verdict")).toContainText("No single mail host is to blame");
    const explained = page.getByRole("link", { name: /does not answer|No connection/ });
    await expect(explained).toHaveCount(4);
    await explained.first().click();
    await expect(page.getByTestId("explained-by")).toContainText("this machine's side");

    await open(page, dashboard, `/diagnose/${probeId}`);
    await expect(page.getByTestId("verdict")).toContainText("this machine's side");
    await expect(page.getByRole("list", { name: "2 findings" })).toContainText("Explained by: Fault on our side");
    expect(await barriersOf(page)).toEqual([]);

    await open(page, dashboard, "/diagnose");
    await diagnose(page, `127.0.0.1:${mailHost.port}`);
    await open(page, dashboard, "/");
    await expect(rows).toHaveCount(4, { timeout: 15_000 });
    await expect(rows.first()).not.toContainText("Fault on our side");
    expect(complaints).toEqual([]);
  });
});
