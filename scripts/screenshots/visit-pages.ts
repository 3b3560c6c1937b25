/** Does in a dashboard what a user would do, so that every page has something to show; tells where each page is. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PracticeLab } from "@mxray/lab";
import type { Page } from "@playwright/test";
import { type Dashboard, diagnose } from "../../apps/web/e2e/dashboard.ts";
import { weekOfMail } from "./week-of-mail.ts";

export interface Visit {
  readonly page: Page;
  readonly dashboard: Dashboard;
  readonly lab: PracticeLab;
  /** Where logs may be followed. */
  readonly folder: string;
}

/** Name of a picture → path of its page. */
export type Pages = Map<string, string>;

const MOST_LOOKS = 20;
const PROBED = ["healthy", "fixup", "inbound-hole", "closed", "blocked", "several", "black-hole"];

/** What a newcomer sees. */
export const EMPTY_PAGES: ReadonlyMap<string, string> = new Map([
  ["empty-overview", "/"],
  ["empty-findings", "/findings"],
  ["empty-peers", "/peers"],
  ["empty-peer", "/peers/nobody.example"],
  ["empty-logs", "/logs"],
  ["first-run", "/diagnose"],
  ["no-page", "/no-such-page"],
]);

const STANDING_PAGES: ReadonlyMap<string, string> = new Map([
  ["overview", "/"],
  ["findings", "/findings?state=all"],
  ["peers", "/peers"],
  ["logs", "/logs?range=week"],
  ["diagnose", "/diagnose"],
  ["playbook", "/playbook"],
  ["playbook-fixup", "/playbook?code=smtp-fixup"],
  ...["logs", "targets", "automatic", "retention", "links", "about"].map(
    (section) => [`settings-${section}`, `/settings/${section}`] as const,
  ),
]);

/** All but the practice: what is probed there is kept apart, and what is started stays on. */
export async function visitPages(visit: Visit): Promise<Pages> {
  const pages: Pages = new Map(STANDING_PAGES);
  await followLog(visit);
  await probe(visit, pages);
  await watchAndShare(visit, pages);
  await checkFix(visit, pages);
  await practise(visit, pages);
  await logUnderstood(visit);
  return pages;
}

async function followLog({ page, dashboard, lab, folder }: Visit): Promise<void> {
  const path = join(folder, "mail.log");
  await writeFile(path, weekOfMail({ name: "mx.black-hole.lab.test", address: domainOf(lab, "black-hole").address.v4 }));
  await page.goto(`${dashboard.url}/logs`);
  await page.getByLabel(/Follow a log/).fill(path);
  await page.getByRole("button", { name: "Follow", exact: true }).click();
  await page.getByText("up to date").waitFor({ timeout: 60_000 });
}

/** Findings of a log are made some time after its lines were read, and joined with those of probes after that. */
async function logUnderstood({ page, dashboard }: Visit): Promise<void> {
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    await page.goto(`${dashboard.url}${STANDING_PAGES.get("logs")}`);
    await page.waitForTimeout(2000);
    if (await page.getByText(/^Messages of up to/).isVisible()) return;
  }
}

async function probe({ page, dashboard, lab }: Visit, pages: Pages): Promise<void> {
  for (const name of PROBED) {
    await page.goto(`${dashboard.url}/diagnose`);
    await diagnose(page, `${name}.lab.test`);
    keep(page, pages, name);
  }
  await lab.network.silenceTtl(2);
  await page.goto(`${dashboard.url}/diagnose`);
  await diagnose(page, "black-hole.lab.test");
  keep(page, pages, "silent-hop");
  await lab.network.silenceTtl(2, false);

  await page.goto(`${dashboard.url}/diagnose`);
  await page.getByRole("button", { name: "Options" }).click();
  await page.getByLabel("Test recipient").fill("postmaster@split-end.lab.test");
  await page.getByLabel(/consent/).check();
  await diagnose(page, "split-end.lab.test");
  keep(page, pages, "delivery");
}

async function watchAndShare({ page, dashboard }: Visit, pages: Pages): Promise<void> {
  await page.goto(`${dashboard.url}${pages.get("probe-black-hole")}`);
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Create the link" }).click();
  pages.set("shared", pathOf(await page.getByLabel("Link to the diagnosis").inputValue()));

  await page.goto(`${dashboard.url}/findings?code=pmtu-black-hole`);
  await page.locator("main a[data-row]", { hasText: "mx.black-hole" }).first().click();
  await page.getByTestId("timeline").waitFor();
  pages.set("finding", pathOf(page.url()));
  pages.set("peer", "/peers/mx.black-hole.lab.test");
  await page.goto(`${dashboard.url}${pages.get("peer")}`);
  await page.getByRole("switch").first().click();

  await page.getByRole("button", { name: "Wall screen" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Screen name").fill("NOC, left");
  await dialog.getByRole("button", { name: "Make a link" }).click();
  const link = new URL(await dialog.getByLabel("Link to the wall screen").inputValue());
  pages.set("wall", `${link.pathname}?theme=dark`).set("wall-light", `${link.pathname}?theme=light`);
}

async function checkFix({ page, dashboard, lab }: Visit, pages: Pages): Promise<void> {
  await page.goto(`${dashboard.url}${pages.get("probe-inbound-hole")}`);
  await lab.network.dropLarger(2, "inbound", null, domainOf(lab, "inbound-hole").address);
  await page.getByRole("button", { name: "Check the fix" }).click();
  await page.getByTestId("comparison").waitFor({ timeout: 60_000 });
  keep(page, pages, "check");
}

async function practise({ page, dashboard }: Visit, pages: Pages): Promise<void> {
  await page.goto(`${dashboard.url}/diagnose`);
  await page.getByText("The practice lab", { exact: true }).click();
  await page.getByRole("button", { name: "Start the practice lab" }).click();
  await page.getByTestId("verdict").waitFor({ timeout: 60_000 });
  keep(page, pages, "practice");
}

function domainOf(lab: PracticeLab, name: string): PracticeLab["domains"][number] {
  const found = lab.domains.find((domain) => domain.name === name);
  if (found === undefined) throw new Error(`The lab has no domain '${name}'.`);
  return found;
}

function keep(page: Page, pages: Pages, name: string): void {
  pages.set(`probe-${name}`, pathOf(page.url()));
}

function pathOf(url: string): string {
  return new URL(url).pathname;
}
