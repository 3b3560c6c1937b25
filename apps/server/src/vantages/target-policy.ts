/**
 * Which hosts this server may connect to. Judged on the resolved address at every connect, so that no name, and no second
 * answer of a name server, leads around it.
 */
import type { Target } from "@mxray/contracts";
import ipaddr from "ipaddr.js";
import type { SettingValues } from "../config/setting-definitions.ts";
import type { Network } from "../config/text-values.ts";

type Policy = Pick<SettingValues, "allowTargets" | "allowPorts" | "doNotProbe">;

/** A sentence for an address that may not be probed, or null. */
export function refusalOfAddress(policy: Policy, address: string, port: number): string | null {
  if (!policy.allowPorts.includes(port)) return refusalOfPort(policy, port);
  // An IPv4 address in IPv6 clothes is judged as what it is.
  const parsed = ipaddr.process(address);
  if (holds(policy.doNotProbe.networks, parsed)) return `${address} is on this server's do-not-probe list.`;
  if (holds(policy.allowTargets, parsed)) return null;
  const range = parsed.range();
  return range === "unicast"
    ? null
    : `${address} is not a public address (${RANGES[range] ?? range}), and this server does not probe those. Its settings allow networks (MXRAY_ALLOW_TARGETS).`;
}

/** A sentence for a name that may not be probed, or null. A listed domain covers the names below it. */
export function refusalOfName(policy: Policy, name: string | null): string | null {
  if (name === null) return null;
  const listed = policy.doNotProbe.names.find((entry) => name === entry || name.endsWith(`.${entry}`));
  return listed === undefined ? null : `${name} is on this server's do-not-probe list.`;
}

/** A sentence for a target that need not even be resolved to be refused, or null. */
export function refusalOfTarget(policy: Policy, { host, family, port }: Target): string | null {
  if (!policy.allowPorts.includes(port)) return refusalOfPort(policy, port);
  return family === null ? refusalOfName(policy, host) : refusalOfAddress(policy, host, port);
}

function refusalOfPort({ allowPorts }: Policy, port: number): string {
  return `Port ${port} is not a mail port that this server probes (${allowPorts.join(", ")}). Its settings allow others (MXRAY_ALLOW_PORTS).`;
}

function holds(networks: readonly Network[], address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return networks.some(([network, prefix]) => network.kind() === address.kind() && address.match(network, prefix));
}

const RANGES: Partial<Record<string, string>> = {
  private: "private use, RFC 1918",
  uniqueLocal: "unique local, RFC 4193",
  loopback: "loopback",
  linkLocal: "link-local",
  carrierGradeNat: "shared address space of carriers, RFC 6598",
  multicast: "multicast",
  broadcast: "broadcast",
  unspecified: "unspecified",
  reserved: "reserved or for documentation",
};
