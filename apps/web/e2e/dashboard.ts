/** A running mxray for browser tests: the real command, a data directory of its own, and its sign-in link. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Cookie, Page } from "@playwright/test";
import axe from "axe-core";

const MXRAY = fileURLToPath(new URL("../../../node_modules/.bin/mxray", import.meta.url));

export interface Dashboard extends AsyncDisposable {
  readonly url: string;
  readonly signInUrl: string;
  /** Process id of the server, where it was started here. */
  readonly pid: number;
  /** Another link: each works once. */
  link(): Promise<string>;
}

export interface DashboardOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Where it listens; default wherever there is room. */
  readonly port?: number;
  /** The data directory of one that ran before, and may run again; default one that is gone afterwards. */
  readonly data?: string;
  /** How its process is started; default here. */
  readonly start?: (command: string, args: readonly string[], env: NodeJS.ProcessEnv) => ChildProcess;
}

export async function startDashboard({ env = {}, port = 0, data: kept, start = startHere }: DashboardOptions = {}): Promise<Dashboard> {
  const data = kept ?? (await mkdtemp(join(tmpdir(), "mxray-e2e-")));
  const child = start(MXRAY, ["serve", "--port", String(port), "--data", data], { ...process.env, MXRAY_PACE_SECONDS: "0", ...env });
  let output = "";
  child.stdout?.on("data", (bytes) => (output += bytes));
  child.stderr?.on("data", (bytes) => (output += bytes));
  const ended = once(child, "exit");
  const signInUrl = await Promise.race([
    (async () => {
      for (;;) {
        const link = /http:\/\/\S+\/sign-in\?token=\S+/.exec(output)?.[0];
        if (link !== undefined) return link;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })(),
    ended.then(() => Promise.reject(new Error(`mxray serve ended: ${output}`))),
  ]);
  return {
    url: new URL(signInUrl).origin,
    signInUrl,
    pid: child.pid ?? 0,
    async link() {
      const maker = start(MXRAY, ["link", "--data", data], process.env);
      let made = "";
      maker.stdout?.on("data", (bytes) => (made += bytes));
      await once(maker, "close");
      return made.trim();
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
      if (kept === undefined) await rm(data, { recursive: true, force: true });
    },
  };
}

function startHere(command: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
}

const sessions = new WeakMap<object, Cookie[]>();

/**
 * Signs in and goes to the page that begins a diagnosis: the first time by the dashboard's link, from then on with the session
 * that it gave.
 */
export async function signIn(page: Page, dashboard: Pick<Dashboard, "url" | "signInUrl">): Promise<void> {
  const session = sessions.get(dashboard);
  if (session === undefined) {
    await openLink(page, dashboard.signInUrl);
    sessions.set(dashboard, await page.context().cookies(dashboard.url));
  } else {
    await page.context().addCookies(session);
  }
  await page.goto(`${dashboard.url}/diagnose`);
  await page.getByRole("heading", { level: 1 }).waitFor();
}

/** Signs in by a link of its own, as a person does. */
export async function openLink(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname === "/");
}

/** Types a target, and waits for its diagnosis. */
export async function diagnose(page: Page, target: string): Promise<void> {
  await page.getByRole("textbox", { name: /domain, host, address/i }).fill(target);
  await page.getByRole("button", { name: "Diagnose" }).click();
  await page.waitForURL(/\/diagnose\/\w+$/);
  await page.getByTestId("verdict").waitFor({ timeout: 60_000 });
}

const RULES: axe.RunOnly = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };
/** The rules whose outcome depends on colours, which are all that differs between light and dark. */
const RULES_OF_COLOUR: axe.RunOnly = { type: "rule", values: ["color-contrast", "link-in-text-block"] };

/** Where the page breaks the accessibility rules (WCAG 2.2, A and AA), in light and in dark. Leaves it light and without motion. */
export async function barriersOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const brokenIn = async (colorScheme: "light" | "dark", runOnly: axe.RunOnly) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await page.evaluate<axe.AxeResults, axe.RunOptions>(
      (options) => (globalThis as unknown as { axe: typeof axe }).axe.run(options),
      { runOnly, resultTypes: ["violations"] },
    );
    return violations.map(({ id, nodes }) => `${colorScheme}: ${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
  };
  return [...(await brokenIn("dark", RULES_OF_COLOUR)), ...(await brokenIn("light", RULES))];
}

/** What the page complains about: no test likes that. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return complaints;
}

/** Pixels by which the page is wider than the screen. To be polled: charts take a moment to follow a screen that was turned. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
}
