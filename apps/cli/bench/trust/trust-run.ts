/** Probes the network of each case, several networks at a time, and says what the command reported. */
import { fileURLToPath } from "node:url";
import type { Finding, ProbeReport } from "@mxray/contracts";
import { buildNetwork, type Network } from "@mxray/lab";
import type { Narrowing, TrustCase } from "./trust-case.ts";

const MXRAY = fileURLToPath(new URL("../../bin/mxray.js", import.meta.url));
const ROUTERS = 3;
/** A link with a router at both ends, and none of the narrow ones where there are two. */
const RELAYED_LINK = 0;
const DEADLINE_S = 60;
/** For starting the command on a busy machine, and for ending it. */
const GRACE_S = 4;

export interface TrustResult {
  readonly case: TrustCase;
  readonly report: ProbeReport | null;
  /** Why there is no report. */
  readonly error: string | null;
  /** Seconds from the start of the command to its end. */
  readonly seconds: number;
}

export async function runTrustCases(
  cases: readonly TrustCase[],
  { networks, onResult = () => undefined }: { networks: number; onResult?: (result: TrustResult) => void },
): Promise<TrustResult[]> {
  const results: TrustResult[] = new Array(cases.length);
  const queue = [...cases.entries()];
  const worker = async () => {
    await using network = await buildNetwork({ routers: ROUTERS, links: [{ relayed: true }] });
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, one] = next;
      const result = await runCase(network, one);
      results[index] = result;
      onResult(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(networks, cases.length) }, worker));
  return results;
}

async function runCase(network: Network, one: TrustCase): Promise<TrustResult> {
  const began = performance.now();
  const seconds = () => Math.round((performance.now() - began) / 100) / 10;
  try {
    await using _setting = await prepare(network, one);
    const target = one.family === 4 ? network.server.address.v4 : `[${network.server.address.v6}]`;
    const started = performance.now();
    const { stdout, stderr } = await network.client.exec(
      process.execPath,
      [MXRAY, "probe", "--json", "--no-owner", "--deadline", `${DEADLINE_S}`, target],
      { timeoutMs: (DEADLINE_S + 30) * 1000 },
    );
    const took = Math.round((performance.now() - started) / 100) / 10;
    return stdout === ""
      ? { case: one, report: null, error: stderr.slice(0, 300) || "no output", seconds: took }
      : { case: one, report: JSON.parse(stdout) as ProbeReport, error: null, seconds: took };
  } catch (error) {
    return { case: one, report: null, error: String(error).slice(0, 300), seconds: seconds() };
  }
}

/** Everything as the case says; taken back when disposed of, so that the next case finds the network as built. */
async function prepare(network: Network, one: TrustCase): Promise<AsyncDisposable> {
  await network.reset();
  await forgetConnections(network);
  const before = await Promise.all([settingsOf(network.client, one.client), settingsOf(network.server, one.server)]);
  if (Object.keys(one.client).length > 0) await network.client.setSysctls(one.client);
  if (Object.keys(one.server).length > 0) await network.server.setSysctls(one.server);
  // Silence comes before the narrow link: connections that the last case left behind would make a kernel learn its MTU.
  for (const [index, { router, fault }] of one.faults.entries()) await network.router(router).setFault(`case ${index}`, fault);
  for (const narrowing of one.narrow) await narrow(network, narrowing, true);
  await network.flushRoutes();
  const host = await network.mailHost(one.peer);
  await network.relay(RELAYED_LINK, one.relay);
  return {
    async [Symbol.asyncDispose]() {
      await network.relay(RELAYED_LINK);
      await host.stop();
      for (const narrowing of one.narrow) await narrow(network, narrowing, false);
      const [client, server] = before;
      if (Object.keys(client).length > 0) await network.client.setSysctls(client);
      if (Object.keys(server).length > 0) await network.server.setSysctls(server);
    },
  };
}

async function settingsOf(node: Network["client"], settings: TrustCase["client"]): Promise<Record<string, string>> {
  const names = Object.keys(settings);
  const values = await Promise.all(names.map(async (name) => (await node.run("sysctl", ["-n", name])).trim().replaceAll("\t", " ")));
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""]));
}

/** Round-trip times and windows that the kernels keep of earlier connections. */
async function forgetConnections(network: Network): Promise<void> {
  await Promise.all([network.client, network.server].map((node) => node.exec("ip", ["tcp_metrics", "flush", "all"])));
}

async function narrow(network: Network, { link, mtu, direction, silentSwitch }: Narrowing, on: boolean): Promise<void> {
  if (silentSwitch) {
    // The router behind the link never sees them: dropped by the one in front of it, whatever they may be.
    const router = direction === "inbound" ? link : link - 1;
    for (const way of direction === "both" ? (["outbound", "inbound"] as const) : [direction]) {
      await network.dropLarger(way === "inbound" ? link : router, way, on ? mtu : null);
    }
    return;
  }
  if (direction === "both") await network.setLinkMtu(link, on ? mtu : 1500);
  else await network.setDirectionMtu(link, direction, on ? mtu : null);
}

export function findingIn({ report }: TrustResult, code: Finding["code"]): Finding | null {
  return report?.findings.find((finding) => finding.code === code) ?? null;
}

/** The command went on after its deadline. */
export function isLate({ seconds }: TrustResult): boolean {
  return seconds > DEADLINE_S + GRACE_S;
}

/** Connections that the probe made to the mail host. */
export function connectionsOf({ report }: TrustResult): number {
  return report?.hosts[0]?.transcript.filter(({ text }) => text.startsWith("Connected")).length ?? 0;
}
