/** A running mxray that has something to show: a log that it follows from the start, and a mail host that may be probed. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MailHost, mailHostScript, startMailHost } from "@mxray/lab";
import { type Dashboard, startDashboard } from "./dashboard.ts";

export interface SeededDashboard extends Dashboard {
  readonly host: MailHost;
}

interface Seed {
  /** Which of the lab's hosts. */
  readonly host: string;
  /** All of its lines. */
  readonly log: string;
  readonly env?: Readonly<Record<string, string>>;
}

export async function startSeededDashboard(seed: Seed): Promise<SeededDashboard> {
  const host = await startMailHost(mailHostScript(seed.host));
  const folder = await mkdtemp(join(tmpdir(), "mxray-seed-"));
  const log = join(folder, "mail.log");
  await writeFile(log, seed.log);
  const dashboard = await startDashboard({
    env: {
      MXRAY_ALLOW_TARGETS: "127.0.0.0/8",
      MXRAY_ALLOW_PORTS: String(host.port),
      MXRAY_LOGS: log,
      MXRAY_LOG_PROBING: "off",
      ...seed.env,
    },
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
