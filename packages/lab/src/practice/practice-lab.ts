/**
 * The practice lab: a routed network with a mail domain for every kind of trouble, a name server that knows them, reverse
 * names and networks for the routers; all of it in namespaces of its own, gone when it stops.
 */
import { type DnsRecords, type DnsZone, dnsReverseName } from "../dns-server.ts";
import { buildNetwork, type Network } from "../network/network.ts";
import type { NetworkNode } from "../network/node.ts";
import type { TopologyAddress } from "../network/topology.ts";
import { smtpSinkAvailability, startSmtpSink } from "../real/smtp-sink.ts";
import { PRACTICE_HOSTS, PRACTICE_MTU, type PracticeHost } from "./practice-hosts.ts";

export interface PracticeDomain extends PracticeHost {
  readonly domain: string;
  readonly address: TopologyAddress;
}

export interface PracticeLab extends AsyncDisposable {
  readonly domains: readonly PracticeDomain[];
  /** Where probes run. */
  readonly client: NetworkNode;
  readonly network: Network;
  stop(): Promise<void>;
}

const SUFFIX = "lab.test";
/** The name server; the mail hosts have the addresses after it. */
const NAME_SERVER = "203.0.113.1";
/** Router with the small link that tells nobody, and the one that tells. */
const MUTE = 2;
const HONEST = 1;

/** @throws HolderError where no network can be built; ask `describeCapability` first */
export async function startPracticeLab(): Promise<PracticeLab> {
  const real = (await smtpSinkAvailability()).ok;
  const hosts = PRACTICE_HOSTS.filter(({ script }) => script !== null || real);
  const network = await buildNetwork({ routers: 3, serverAddresses: hosts.length + 1, nameServer: NAME_SERVER });
  try {
    const domains = hosts.map((host, index) => ({
      ...host,
      domain: `${host.name}.${SUFFIX}`,
      address: addressAt(network.server, index + 1),
    }));
    await network.dnsServer(zoneOf(domains, network), { host: NAME_SERVER });
    await network.dropFragNeeded(MUTE);
    // Else the kernel of a host that stopped reading takes in a quarter of a megabyte for it.
    await network.server.setSysctls({ "net.ipv4.tcp_rmem": "4096 32768 65536" });
    for (const domain of domains) await furnish(network, domain);
    const stop = () => network.stop();
    return { domains, client: network.client, network, stop, [Symbol.asyncDispose]: stop };
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
  zone[`null-mx.${SUFFIX}`] = { mx: [[0, "."]] };
  for (const [index, router] of network.routers.entries()) {
    for (const { v4, v6 } of router.addresses) {
      for (const text of [v4, v6]) zone[dnsReverseName(text)] = { ptr: [`r${index + 1}.transit.${SUFFIX}`] };
    }
  }
  return zone;
}

function addressAt(node: NetworkNode, index: number): TopologyAddress {
  const address = node.addresses[index];
  if (!address) throw new RangeError(`${node.name} has no address ${index}`);
  return address;
}
