/** A running mxray that has something to show: a log that it follows from the start, and a mail host that may be probed. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MailHost, mailHostScript, startMailHost } from "@mxray/lab";
import { type Dashboard, startDashboard } from "./dashboard.ts";

export interface SeededDashboard extends Dashboard {
  readonly host: MailHost;
}

/** @param host which of the lab's hosts @param log all of its lines */
export async function startSeededDashboard(seed: { readonly host: string; readonly log: string }): Promise<SeededDashboard> {
  const host = await startMailHost(mailHostScript(seed.host));
  const folder = await mkdtemp(join(tmpdir(), "mxray-seed-"));
  const log = join(folder, "mail.log");
  await writeFile(log, seed.log);
  const dashboard = await startDashboard({
    env: { MXRAY_ALLOW_TARGETS: "127.0.0.0/8", MXRAY_ALLOW_PORTS: String(host.port), MXRAY_LOGS: log, MXRAY_LOG_PROBING: "off" },
  });
  return {
    ...dashboard,
    host,
    async [Symbol.asyncDispose]() {
      await dashboard[Symbol.asyncDispose]();
      await host.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
