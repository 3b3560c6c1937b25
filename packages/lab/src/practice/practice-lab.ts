/**
 * The practice lab: a routed network with a mail domain for every kind of trouble, a name server that knows them, reverse
 * names and networks for the routers; all of it in namespaces of its own, gone when it stops.
 */

import { PRACTICE_DOMAIN } from "@mxray/contracts";
import type { NetworkNode } from "../kernel/node.ts";
import type { TopologyAddress } from "../kernel/topology.ts";
import { buildNetwork, type Network } from "../network/network.ts";
import { smtpSinkAvailability, startSmtpSink } from "../real/smtp-sink.ts";
import { type DnsRecords, type DnsZone, dnsNibbles, dnsReverseName } from "../servers/dns-server.ts";
import { PRACTICE_GROUPS, PRACTICE_HOSTS, PRACTICE_MTU, type PracticeGroup, type PracticeHost } from "./practice-hosts.ts";

export interface PracticeDomain extends PracticeHost {
  readonly domain: string;
  readonly address: TopologyAddress;
}

export interface PracticeLab extends AsyncDisposable {
  readonly domains: readonly PracticeDomain[];
  /** Domains whose mail hosts are several of those. */
  readonly groups: readonly (PracticeGroup & { readonly domain: string })[];
  /** What a program needs to find the networks of the routers here: the DNS zones that tell them. */
  readonly environment: { readonly MXRAY_OWNER_ZONES: string; readonly MXRAY_RESOLVER: string };
  /** Where probes run. */
  readonly client: NetworkNode;
  readonly network: Network;
  stop(): Promise<void>;
}

/** Of the origin service: IPv4, IPv6, names of networks. */
const OWNER_ZONES = { v4: `origin.${PRACTICE_DOMAIN}`, v6: `origin6.${PRACTICE_DOMAIN}`, names: `as.${PRACTICE_DOMAIN}` } as const;
/** Networks of the routers, from the client on (numbers for documentation, RFC 5398). */
const NETWORKS = [
  [64496, "EXAMPLE-ACCESS"],
  [64497, "EXAMPLE-TRANSIT"],
  [64498, "EXAMPLE-HOSTING"],
] as const;
/** The name server; the mail hosts have the addresses after it. */
const NAME_SERVER = "203.0.113.1";
/** Router with the small link that tells nobody, and the one that tells. */
const MUTE = 2;
const HONEST = 1;
/** Routers that client2 and client3 are attached to: client2's packets take the first client's way, client3's a part of it. */
const FURTHER_CLIENTS = [0, 1] as const;

/** @throws HolderError where no network can be built; ask `describeCapability` first */
export async function startPracticeLab(): Promise<PracticeLab> {
  const real = (await smtpSinkAvailability()).ok;
  const hosts = PRACTICE_HOSTS.filter(({ script }) => script !== null || real);
  const network = await buildNetwork({
    ...{ routers: 3, serverAddresses: hosts.length + 1, nameServer: NAME_SERVER },
    furtherClients: FURTHER_CLIENTS,
  });
  try {
    const domains = hosts.map((host, index) => ({
      ...host,
      domain: `${host.name}.${PRACTICE_DOMAIN}`,
      address: addressAt(network.server, index + 1),
    }));
    await network.dnsServer(zoneOf(domains, network), { host: NAME_SERVER });
    await network.dropFragNeeded(MUTE);
    for (const domain of domains) await furnish(network, domain);
    const stop = () => network.stop();
    const groups = PRACTICE_GROUPS.map((group) => ({ ...group, domain: `${group.name}.${PRACTICE_DOMAIN}` }));
    const environment = { MXRAY_OWNER_ZONES: Object.values(OWNER_ZONES).join(","), MXRAY_RESOLVER: NAME_SERVER };
    return { domains, groups, environment, client: network.client, network, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await network.stop();
    throw error;
  }
}

async function furnish(network: Network, { path, script, address }: PracticeDomain): Promise<void> {
  if (path !== "closed") {
    for (const host of [address.v4, address.v6]) {
      await (script === null ? startSmtpSink(network.server, { host }) : network.mailHost(script, { host }));
    }
  }
  switch (path) {
    case "black-hole":
      return await network.setHostMtu(MUTE, address, PRACTICE_MTU);
    case "first-link-hole":
      return await network.dropLarger(0, "outbound", PRACTICE_MTU, address);
    case "reduced":
      return await network.setHostMtu(HONEST, address, PRACTICE_MTU);
    case "inbound-hole":
      return await network.dropLarger(MUTE, "inbound", PRACTICE_MTU, address);
    case "lossy":
      // In turn, not at random: a probe sends too few packets for chance to show each time.
      return await network.loseEach(HONEST, "outbound", 4, address);
    case "port-blocked":
      return await network.blockPort(0, 25, "drop", address);
    case "clear":
    case "closed":
      return;
  }
}

function zoneOf(domains: readonly PracticeDomain[], network: Network): DnsZone {
  const zone: Record<string, DnsRecords> = {};
  for (const { domain, address } of domains) {
    zone[domain] = { mx: [[10, `mx.${domain}`]] };
    zone[`mx.${domain}`] = { a: [address.v4], aaaa: [address.v6] };
    for (const text of [address.v4, address.v6]) zone[dnsReverseName(text)] = { ptr: [`mx.${domain}`] };
  }
  for (const { name, mailHosts } of PRACTICE_GROUPS) {
    zone[`${name}.${PRACTICE_DOMAIN}`] = { mx: mailHosts.map(([preference, host]) => [preference, `mx.${host}.${PRACTICE_DOMAIN}`]) };
  }
  zone[`null-mx.${PRACTICE_DOMAIN}`] = { mx: [[0, "."]] };
  for (const [index, router] of network.routers.entries()) {
    const [number, name] = NETWORKS[index] ?? NETWORKS[0];
    zone[`as${number}.${OWNER_ZONES.names}`] = { txt: [`${number} | ZZ | test | 2026-01-01 | ${name}, ZZ`] };
    for (const { v4, v6 } of router.addresses) {
      for (const text of [v4, v6]) zone[dnsReverseName(text)] = { ptr: [`r${index + 1}.transit.${PRACTICE_DOMAIN}`] };
      zone[`${v4.split(".").toReversed().join(".")}.${OWNER_ZONES.v4}`] = { txt: [`${number} | ${v4}/32 | ZZ | test | 2026-01-01`] };
      zone[`${dnsNibbles(v6)}.${OWNER_ZONES.v6}`] = { txt: [`${number} | ${v6}/128 | ZZ | test | 2026-01-01`] };
    }
  }
  return zone;
}

function addressAt(node: NetworkNode, index: number): TopologyAddress {
  const address = node.addresses[index];
  if (!address) throw new RangeError(`${node.name} has no address ${index}`);
  return address;
}
