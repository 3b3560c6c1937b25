/** Single sign-on in a browser: the role comes from the group, each role is offered what it may do, and sessions end at once. */
import { mkdir } from "node:fs/promises";
import type { UserRole } from "@mxray/contracts";
import { SignOnProvider } from "@mxray/lab";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { barriersOf, complaintsOf, diagnose, overflowOf, signIn } from "./dashboard.ts";
import { type SeededDashboard, startSeededDashboard } from "./seeded-dashboard.ts";

const CLIENT = { clientId: "mxray", clientSecret: "secret" };
const STALL =
  "postfix/smtp[1]: 3F2A1B4C5D: to=<ann@stalls.example>, relay=stalls.example[192.0.2.9]:25, delay=700, delays=0/0/0/700, dsn=4.4.2, status=deferred (lost connection with stalls.example[192.0.2.9] while sending end of data -- message may be sent more than once)";
const pictures = process.env.MXRAY_PICTURES;

let provider: SignOnProvider;
let dashboard: SeededDashboard;
/** Of the owner: what each role sees. */
let probePage: string;

test.beforeAll(async ({ browser }) => {
  provider = await SignOnProvider.start(CLIENT);
  for (const role of ["viewer", "operator", "admin"]) provider.people.set(role, { sub: role, preferred_username: role, groups: [role] });
  const lines = Array.from({ length: 6 }, (_, index) => `${new Date(Date.now() - (6 - index) * 600_000).toISOString()} mx ${STALL}`);
  dashboard = await startSeededDashboard({
    host: "pix-6",
    log: `${lines.join("\n")}\n`,
    env: {
      MXRAY_LOG_PROBING: "ask",
      MXRAY_OIDC_ISSUER: provider.issuer,
      MXRAY_OIDC_CLIENT_ID: CLIENT.clientId,
      MXRAY_OIDC_CLIENT_SECRET: CLIENT.clientSecret,
      MXRAY_OIDC_ROLES: "admin=admin; operator=operator; viewer=viewer",
    },
  });
  const page = await browser.newPage();
  await signIn(page, dashboard);
  await diagnose(page, `127.0.0.1:${dashboard.host.port}`);
  probePage = new URL(page.url()).pathname;
  await page.close();
  if (pictures !== undefined) await mkdir(pictures, { recursive: true });
});

test.afterAll(async () => {
  await dashboard?.[Symbol.asyncDispose]();
  await provider?.[Symbol.asyncDispose]();
});

/** Signs in by the provider's page, in a browser of its own. */
async function signOnAs(browser: Browser, person: string): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(dashboard.url);
  await page.getByRole("link", { name: /^Sign in with 127\.0\.0\.1:/ }).click();
  await page.getByRole("link", { name: `Sign in as ${person}` }).click();
  await page.waitForURL((url) => url.origin === dashboard.url && url.pathname === "/");
  return page;
}

const region = (page: Page, title: string) => page.getByRole("region", { name: title, exact: true });

test("a user signs on with the role of the group, and who is disabled loses page and live events at once", async ({ page, browser }) => {
  const complaints = complaintsOf(page);
  provider.people.set("eve", { sub: "eve", preferred_username: "eve", groups: ["operator", "staff"] });
  const eve = await signOnAs(browser, "eve");
  await eve.goto(`${dashboard.url}/settings/account`);
  await expect(region(eve, "Your account")).toContainText("signed in as eve, with the role operator");
  await expect(region(eve, "Your account")).toContainText("127.0.0.1");
  await eve.goto(`${dashboard.url}/findings`);
  await expect(eve.getByRole("heading", { level: 1 })).toBeVisible();

  await signIn(page, dashboard);
  await page.goto(`${dashboard.url}/settings/users`);
  await expect(region(page, "Users")).toContainText("operator, from 127.0.0.1");
  await page.getByRole("button", { name: "Disable: eve" }).click();
  await expect(region(page, "Users")).toContainText("disabled");
  // Nobody touched that page: the end of its live events said so.
  await expect(eve.getByRole("dialog", { name: "Your session has ended" })).toBeVisible();
  expect((await eve.request.get(`${dashboard.url}/api/v1/session`)).status()).toBe(401);
  await eve.goto(`${dashboard.url}/sign-in`);
  await eve.getByRole("link", { name: /^Sign in with/ }).click();
  await eve.getByRole("link", { name: "Sign in as eve" }).click();
  await expect(eve.getByRole("alert")).toContainText("'eve' is disabled here");
  await page.getByRole("button", { name: "Enable: eve" }).click();
  await expect(page.getByRole("button", { name: "Disable: eve" })).toBeVisible();

  provider.people.set("eve", { sub: "eve", preferred_username: "eve", groups: ["viewer"] });
  await eve.getByRole("link", { name: /^Sign in with/ }).click();
  await eve.getByRole("link", { name: "Sign in as eve" }).click();
  await eve.goto(`${dashboard.url}/settings`);
  await expect(region(eve, "Your account")).toContainText("with the role viewer");
  // Disabled at the provider, which says so.
  const answer = await eve.request.post(`${dashboard.url}/sign-in/oidc/logout`, {
    form: { logout_token: await provider.logoutToken("eve") },
  });
  expect(answer.status()).toBe(200);
  await expect(eve.getByRole("dialog", { name: "Your session has ended" })).toBeVisible();
  await eve.context().close();
  expect(complaints).toEqual([]);
});

test("a provider that does not answer is one sentence, with the other ways beside it", async ({ page }) => {
  provider.fault = "garbage";
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const [width, height] of [
      [1440, 900],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.goto(dashboard.url);
      await page.getByRole("link", { name: /^Sign in with/ }).click();
      await expect(page.getByRole("alert")).toContainText("does not answer as a sign-on provider should");
      await expect(page.getByText("mxray link", { exact: true })).toBeVisible();
      expect(await overflowOf(page)).toBeLessThanOrEqual(0);
      expect(await barriersOf(page)).toEqual([]);
      if (pictures !== undefined) await page.screenshot({ path: `${pictures}/sign-on-${width}-${colorScheme}.png` });
    }
  }
  provider.fault = null;
});

/** Controls by the least role that has them, on the page that has them. */
const CONTROLS: readonly (readonly [path: string | null, name: string | RegExp, least: UserRole])[] = [
  ["/", "Wall screen", "operator"],
  ["/diagnose", /^Delete the probe of/, "operator"],
  ["/diagnose", "Diagnose", "operator"],
  ["/diagnose", "Options", "operator"],
  [null, "Share", "operator"],
  [null, "Check the fix", "operator"],
  ["/findings", "the first finding", "viewer"],
  ["/logs", "Follow another", "admin"],
  ["/logs", /^Probe this host/, "operator"],
  ["/peers/stalls.example", /^Probe this host/, "operator"],
];
const FINDING_CONTROLS = ["Check the fix", "Acknowledge", "Dismiss", "Share"];
const PAGES = ["/", "/diagnose", "/findings", "/peers", "/peers/stalls.example", "/logs", "/playbook", "/settings"];

for (const [rank, role] of (["viewer", "operator", "admin"] as const).entries()) {
  test(`the role ${role} is offered what it may do, and nothing that the server refuses`, async ({ browser }) => {
    const page = await signOnAs(browser, role);
    const complaints = complaintsOf(page);
    const refused: string[] = [];
    page.on("response", (response) => {
      if (response.status() === 403) refused.push(`${response.request().method()} ${response.url()}`);
    });
    const open = async (path: string) => {
      await page.goto(`${dashboard.url}${path}`);
      await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
      await expect(page.getByText("Loading …")).toHaveCount(0);
      // The version comes with the role.
      await expect(page.getByRole("contentinfo")).toContainText(/mxray \d/);
    };
    for (const [path, name, least] of CONTROLS) {
      await open(path ?? probePage);
      if (path === "/findings") {
        await page
          .getByRole("link", { name: /rewrites|SMTP|fixup/i })
          .first()
          .click();
        await expect(page).toHaveURL(/\/findings\/\w+/);
        for (const control of FINDING_CONTROLS) {
          const button = page.getByRole("main").getByRole("button", { name: control, exact: true });
          if (rank > 0) await expect(button).toBeVisible();
        }
        if (rank === 0) {
          await expect(page.getByText("needs the role operator")).toBeVisible();
          for (const control of FINDING_CONTROLS)
            await expect(page.getByRole("main").getByRole("button", { name: control, exact: true })).toHaveCount(0);
        }
        continue;
      }
      const control = page.getByRole("button", typeof name === "string" ? { name, exact: true } : { name });
      const may = rank >= ["viewer", "operator", "admin"].indexOf(least);
      if (may) await expect(control.first(), `${name} on ${path}`).toBeVisible();
      else await expect(control, `${name} on ${path}`).toHaveCount(0);
    }
    if (role === "viewer") {
      await open("/diagnose");
      const box = page.getByRole("textbox", { name: /domain, host, address/i });
      await box.fill("example.com");
      await page.getByRole("button", { name: "Explain" }).click();
      await expect(page.getByRole("alert")).toContainText("needs the role operator");
      await box.fill(`Nov 30 10:00:00 mx ${STALL}`);
      await page.getByRole("button", { name: "Explain" }).click();
      await expect(page.getByRole("region", { name: /^What this (line|bounce) means$/ })).toBeVisible();
    }
    for (const colorScheme of pictures === undefined ? [] : (["light", "dark"] as const)) {
      await page.emulateMedia({ colorScheme });
      for (const [width, height] of [
        [1440, 900],
        [1920, 1080],
        [390, 844],
      ] as const) {
        await page.setViewportSize({ width, height });
        for (const path of [...PAGES, probePage]) {
          await open(path);
          expect(await overflowOf(page), `${path} at ${width}`).toBeLessThanOrEqual(0);
          await page.screenshot({ path: `${pictures}/${role}${path.replaceAll("/", "_")}-${width}-${colorScheme}.png` });
        }
      }
    }
    for (const path of PAGES) await open(path);
    expect(refused).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
}
