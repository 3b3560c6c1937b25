/** Agents: one is enrolled by the command that the page shows, follows its log, shows its machine, probes and monitors from there, and is revoked. */
import { spawn } from "node:child_process";
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mailHostScript, startMailHost } from "@mxray/lab";
import { expect, test } from "@playwright/test";
import { stallingLog } from "../../server/test/logs/test-log.ts";
import { barriersOf, complaintsOf, overflowOf, signIn, startDashboard } from "./dashboard.ts";

const BIN = fileURLToPath(new URL("../../../node_modules/.bin", import.meta.url));

test("an agent is enrolled by the page's command, follows its log, probes, and is revoked", async ({ page }) => {
  const folder = await mkdtemp(join(tmpdir(), "mxray-agents-e2e-"));
  const log = join(folder, "mail.log");
  await writeFile(log, "");
  await using host = await startMailHost(mailHostScript("pix-4"));
  const target = `127.0.0.1:${host.port}`;
  const env = { MXRAY_ALLOW_TARGETS: "127.0.0.0/8", MXRAY_ALLOW_PORTS: String(host.port) };
  await using dashboard = await startDashboard({ env });
  const complaints = complaintsOf(page);
  await signIn(page, dashboard);
  await page.goto(`${dashboard.url}/settings/agents`);
  await page.getByLabel("Name", { exact: true }).fill("mx1.example.org");
  await page.getByRole("button", { name: "Add agent" }).click();
  const shown = await page.getByLabel("Command that enrols mx1.example.org").inputValue();
  expect(shown).toContain("--logs /var/log/mail.log");
  const rows = page.getByRole("list", { name: "Agents" }).getByRole("listitem");
  await expect(rows).toContainText("not enrolled yet");

  // As a person would run it, with the log of this machine.
  const command = `${shown.replace("/var/log/mail.log", log)} --data ${join(folder, "agent")}`;
  const agent = spawn("/bin/sh", ["-c", command], {
    env: { ...process.env, PATH: `${BIN}:${process.env.PATH}` },
    detached: true,
    stdio: "ignore",
  });
  try {
    await expect(rows).toContainText("reporting");
    await expect(rows).toContainText("1 log · seen");
    expect(await barriersOf(page)).toEqual([]);
    await page.goto(`${dashboard.url}/logs`);
    const sources = page.getByRole("list", { name: "Followed logs" });
    await expect(sources).toContainText("on mx1.example.org");
    await expect(sources).toContainText("up to date");
    await appendFile(log, stallingLog(Date.now() - 1_000_000));
    await expect(page.locator("main :visible", { hasText: /^mx.bad.example/ }).first()).toBeVisible();

    await page.goto(`${dashboard.url}/host`);
    await page.getByRole("combobox", { name: "Machine" }).selectOption("mx1.example.org");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Health of mx1.example.org");
    await expect(page.locator("main")).toContainText("Open files");
    await page.goto(`${dashboard.url}/queue?agent=mx1.example.org`);
    await expect(page.locator("main")).toContainText(/Waiting messages|postqueue|Postfix's queue|not set up/);
    await page.goto(`${dashboard.url}/live?agent=mx1.example.org`);
    await expect(page.locator("main")).toContainText("SMTP connections of mx1.example.org");

    await page.goto(`${dashboard.url}/diagnose`);
    await page.getByRole("button", { name: "Options" }).click();
    const box = (name: string | RegExp) => page.getByRole("group", { name: "Probe from" }).getByRole("checkbox", { name });
    await box("The agent mx1.example.org").check();
    await page.getByRole("textbox", { name: /Domain, host/ }).fill(target);
    await page.getByRole("button", { name: "Diagnose" }).click();
    await expect(page.getByTestId("verdict")).toContainText("A firewall rewrites the SMTP sessions");
    // From the server and the agent at once, side by side; also behind a shared link.
    const both = /From local and mx1\.example\.org: A firewall rewrites the SMTP sessions/;
    await expect(page.getByTestId("vantages")).toContainText(both);
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByRole("button", { name: "Create the link" }).click();
    const shared = await page.getByLabel("Link to the diagnosis").inputValue();
    const stranger = await page.context().browser()?.newPage();
    if (stranger === undefined) throw new Error("there is no browser");
    await stranger.goto(shared);
    await expect(stranger.getByTestId("vantages")).toContainText(both);
    await expect(stranger.getByTestId("vantages").getByRole("columnheader")).toHaveText(["local", "mx1.example.org"]);
    await stranger.close();
    await page.keyboard.press("Escape");
    await page.getByTestId("vantages").getByRole("link", { name: "mx1.example.org" }).click();
    await expect(page.locator("main")).toContainText("from mx1.example.org");

    await page.getByRole("switch", { name: `Watch ${target} from mx1.example.org` }).click();
    await expect(page.getByTestId("watching").getByRole("switch")).toBeChecked();
    await page.goto(dashboard.url);
    const monitors = page.getByTestId("watch");
    await page.getByRole("button", { name: `Change the monitor of ${target} from mx1.example.org` }).click();
    await box(/^This server/).check();
    await page.getByRole("button", { name: "Save" }).click();
    await expect(monitors).toHaveCount(2);
    await expect(monitors.first()).toContainText(`${target}from this server`);
    await expect(monitors.filter({ hasText: "probed" })).toHaveCount(2);
    await page.getByRole("button", { name: `Change the monitor of ${target} from this server` }).click();
    await box("The agent mx1.example.org").uncheck();
    await page.getByRole("button", { name: "Save" }).click();
    await expect(monitors).toHaveCount(1);
    await expect(monitors).not.toContainText("from");

    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${dashboard.url}/settings/agents`);
    await expect(rows).toBeVisible();
    await expect.poll(() => overflowOf(page)).toBe(0);
    await page.getByRole("button", { name: "Revoke: mx1.example.org" }).click();
    await page.getByRole("button", { name: "Revoke the agent" }).click();
    await expect(rows).toContainText("revoked");
    await expect.poll(() => agent.exitCode).toBe(3);
    expect(complaints).toEqual([]);
  } finally {
    if (agent.pid !== undefined && agent.exitCode === null) process.kill(-agent.pid);
    await rm(folder, { recursive: true, force: true });
  }
});
