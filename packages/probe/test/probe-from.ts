/** Probes from a node of the lab's network. */
import { fileURLToPath } from "node:url";
import type { MailHostObservation, ProbeObservation } from "@mxray/contracts";
import type { Network, NetworkNode } from "@mxray/lab";
import type { ProbeOptions } from "@mxray/probe";

const PROCESS = fileURLToPath(new URL("./probe-process.ts", import.meta.url));

/** With the routes' learned MTUs forgotten first. */
export async function probeFrom(
  network: Network,
  target: string,
  options: Partial<ProbeOptions> = {},
  blind = false,
  node: NetworkNode = network.client,
): Promise<ProbeObservation> {
  await network.flushRoutes();
  const args = [PROCESS, target, JSON.stringify(options), ...(blind ? ["blind"] : [])];
  return JSON.parse(await node.run(process.execPath, args, { timeoutMs: 90_000 })) as ProbeObservation;
}

export async function probeHostFrom(
  network: Network,
  target: string,
  options: Partial<ProbeOptions> = {},
  blind = false,
): Promise<MailHostObservation> {
  const { hosts } = await probeFrom(network, target, options, blind);
  const [host] = hosts;
  if (host === undefined) throw new Error(`no mail host was probed for ${target}`);
  return host;
}
