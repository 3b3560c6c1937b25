/**
 * The practice lab's process, a child of `mxray serve`: builds the network, starts the prober on its client's machine, and
 * passes on what the server and the prober say to each other.
 *
 * It ends with the server, whatever happens: when its IPC channel closes, or this process dies, the pipe that holds the
 * network's namespaces closes, and the kernel ends all that lives in them. When the prober or the mail hosts end, the server is
 * told, and ends the rest.
 */
import { fileURLToPath } from "node:url";
import { type PracticeLab, startPracticeLab } from "@mxray/lab";
import type { LabNotice } from "@mxray/server";

const PROBER = fileURLToPath(new URL("./lab-prober.ts", import.meta.url));

let lab: PracticeLab | null = null;
process.once("disconnect", async () => {
  await lab?.stop();
  process.exit();
});

try {
  lab = await startPracticeLab();
  await relay(lab);
} catch (error) {
  failed(error instanceof Error ? error.message : String(error));
}

/** The prober's first word, whatever it is, says that it listens. */
async function relay({ client, network, domains, groups, environment }: PracticeLab): Promise<void> {
  const prober = client.spawn(process.execPath, [PROBER], { stdio: ["ignore", "ignore", "inherit", "ipc"], env: environment });
  prober.once("error", ({ message }) => failed(`the prober could not be started: ${message}`));
  prober.once("close", (code, signal) => failed(`the prober ended with ${signal ?? code}`));
  void network.servers.ended.then(() => failed("the mail hosts ended"));
  await new Promise<void>((resolve) => prober.once("message", () => resolve()));
  prober.on("message", (notice) => tell(notice as LabNotice));
  process.on("message", (call) => prober.connected && prober.send(call as object, () => undefined));
  tell({
    tell: "ready",
    domains: [...domains, ...groups].map(({ domain, title, finding }) => ({ domain, title, finding })),
    addresses: domains.flatMap(({ address }) => [address.v4, address.v6]),
  });
}

function tell(notice: LabNotice): void {
  if (process.connected) process.send?.(notice, () => undefined);
}

function failed(reason: string): void {
  tell({ tell: "failed", reason });
}
