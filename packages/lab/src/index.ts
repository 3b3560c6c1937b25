export {
  type DnsFault,
  type DnsRecords,
  type DnsServer,
  type DnsServerOptions,
  type DnsZone,
  dnsNibbles,
  dnsReverseName,
  startDnsServer,
} from "./dns-server.ts";
export { type Capability, describeCapability } from "./network/capability.ts";
export type { FirewallDirection, FirewallFault, FirewallVerdict } from "./network/firewall.ts";
export { HolderError } from "./network/holder.ts";
export { buildNetwork, Network, type NetworkOptions } from "./network/network.ts";
export { NetworkNode, type NodeExecOptions, type NodeExecResult, type NodeSpawnOptions } from "./network/node.ts";
