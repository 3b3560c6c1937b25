/**
 * A routed network of this machine's own kernel: client – routers – server, for IPv4 and IPv6, with a chosen MTU per link and
 * faults that can be switched on and off: the lab in which a path MTU black hole is a real one.
 *
 * Needs root, or a kernel that lets an ordinary user make user namespaces (`describeCapability`). Several networks may exist
 * at the same time: names and addresses mean nothing outside of their own namespaces.
 */

import type { FirewallDirection, FirewallHost, FirewallVerdict } from "../kernel/firewall.ts";
import { type Holder, holderStart } from "../kernel/holder.ts";
import { NetworkNode } from "../kernel/node.ts";
import { addressCommands, routeCommand, SETUP_READY, type SetupOptions, setupScript } from "../kernel/setup-script.ts";
import { TOPOLOGY_IPV6_MINIMUM, type Topology, type TopologyAddress, type TopologyOptions, topologyOf } from "../kernel/topology.ts";
import type { MailHostOptions } from "../mail-host/mail-host.ts";
import type { MailHostScript } from "../mail-host/script.ts";
import type { RelayPlan } from "../relay/relay-conditions.ts";
import { RelayProcess } from "../relay/relay-process.ts";
import type { DnsServerOptions, DnsZone } from "../servers/dns-server.ts";
import { type RemoteDnsServer, type RemoteMailHost, ServerProcess } from "../servers/server-process.ts";

export interface NetworkOptions extends TopologyOptions, SetupOptions {}

export class Network implements AsyncDisposable {
  readonly client: NetworkNode;
  /** Client2 and client3, where they were asked for. */
  readonly furtherClients: readonly NetworkNode[];
  readonly server: NetworkNode;
  /** From the client on: `routers[0]` is the client's gateway. */
  readonly routers: readonly NetworkNode[];
  /** Client, routers, server, further clients. */
  readonly nodes: readonly NetworkNode[];
  readonly #holder: Holder;
  readonly #mtus: number[];
  readonly #links: Topology["links"];
  readonly #relays = new Map<number, RelayProcess>();
  #servers: ServerProcess | null = null;

  private constructor(topology: Topology, holder: Holder) {
    this.nodes = topology.nodes.map((node) => new NetworkNode(node, holder));
    this.client = nodeOf(this.nodes, 0);
    this.routers = this.nodes.filter((node) => node.topology.forwards);
    this.server = nodeOf(this.nodes, this.routers.length + 1);
    this.furtherClients = this.nodes.slice(this.routers.length + 2);
    this.#links = topology.links;
    this.#holder = holder;
    this.#mtus = topology.links.map((link) => link.mtu);
  }

  /** @throws HolderError where no network can be built; Error where a link cannot be relayed */
  static async build(topology: Topology, options: SetupOptions): Promise<Network> {
    const network = new Network(topology, await holderStart(setupScript(topology, options), SETUP_READY));
    try {
      await network.#startRelays(topology);
      return network;
    } catch (error) {
      await network.stop();
      throw error;
    }
  }

  /** Milliseconds it took to build. */
  get buildMs(): number {
    return this.#holder.buildMs;
  }

  get mode(): Holder["mode"] {
    return this.#holder.mode;
  }

  /** Process id of the process that everything in the network ends with. */
  get holderPid(): number {
    return this.#holder.pid;
  }

  /** MTU of each link in bytes, from the client on. */
  get linkMtus(): readonly number[] {
    return this.#mtus;
  }

  /** The smallest link MTU: the path MTU in bytes. */
  get pathMtu(): number {
    return Math.min(...this.#mtus);
  }

  router(index: number): NetworkNode {
    const router = this.routers[index];
    if (!router) throw new RangeError(`no router ${index}; there are ${this.routers.length}`);
    return router;
  }

  /** Both ends of the link; IPv6 ends below 1280 bytes and comes back above. Cached path MTUs are forgotten. */
  async setLinkMtu(link: number, mtu: number): Promise<void> {
    const before = this.#mtus[link];
    if (before === undefined) throw new RangeError(`no link ${link}; there are ${this.#mtus.length}`);
    const ends = this.#endsOf(link);
    const revive = before < TOPOLOGY_IPV6_MINIMUM && mtu >= TOPOLOGY_IPV6_MINIMUM;
    for (const node of ends) {
      const device = node.topology.ports.find((port) => port.link === link)?.device ?? "eth0";
      const routes = node.topology.routes.filter((route) => route.device === device && route.via);
      await node.ip([
        `link set dev ${device} mtu ${mtu}`,
        ...(revive ? [...addressCommands(node.topology, device, 6), ...routes.map((route) => routeCommand("replace", route, 6))] : []),
      ]);
    }
    this.#mtus[link] = mtu;
    await this.flushRoutes();
  }

  /**
   * A path MTU that holds in one direction only, with fragmentation and ICMP as on a real link: the router that sends onto the
   * link knows a smaller MTU for everything beyond it. Inbound needs a router at the link's server end, outbound one at its
   * client end. Null takes it back.
   */
  async setDirectionMtu(link: number, direction: "inbound" | "outbound", mtu: number | null): Promise<void> {
    const sender = this.#endsOf(link)[direction === "inbound" ? 1 : 0];
    const port = sender.topology.ports.find((each) => each.link === link);
    if (!port || !sender.topology.forwards) throw new RangeError(`no router sends ${direction} onto link ${link}`);
    const linkMtu = this.#mtus[link] ?? 0;
    const commands = sender.topology.routes
      .filter((route) => route.device === port.device)
      .flatMap((route) =>
        ([4, 6] as const)
          .filter((family) => family === 4 || linkMtu >= TOPOLOGY_IPV6_MINIMUM)
          .map((family) => routeCommand("replace", route, family, mtu)),
      );
    await sender.ip(commands);
    await this.flushRoutes();
  }

  /** The router knows a smaller MTU (bytes) for packets to this one address of the server; until the network is stopped. */
  async setHostMtu(router: number, host: TopologyAddress, mtu: number): Promise<void> {
    const sender = this.router(router);
    const last = router === this.routers.length - 1;
    const next = last ? null : (nodeOf(this.nodes, router + 2).addresses[0] ?? null);
    const route = { to: { v4: `${host.v4}/32`, v6: `${host.v6}/128` }, via: next, device: "right" };
    await sender.ip(([4, 6] as const).map((family) => routeCommand("replace", route, family, mtu)));
    await this.flushRoutes();
  }

  /** The router neither sends nor passes on "fragmentation needed" and "packet too big": what makes a black hole. */
  dropFragNeeded(router: number, on = true): Promise<void> {
    return this.router(router).setFault("frag-needed", on ? { kind: "drop-frag-needed" } : null);
  }

  /** The client's own firewall drops them. */
  dropFragNeededAtClient(on = true): Promise<void> {
    return this.client.setFault("frag-needed", on ? { kind: "drop-frag-needed-input" } : null);
  }

  /** The router sends no "time exceeded". */
  silenceTtl(router: number, on = true): Promise<void> {
    return this.router(router).setFault("ttl", on ? { kind: "silence-ttl" } : null);
  }

  /** The router sends at most so many ICMP errors per second; null lifts it. */
  limitIcmp(router: number, perSecond: number | null): Promise<void> {
    return this.router(router).setFault("limit-icmp", perSecond === null ? null : { kind: "limit-icmp", perSecond });
  }

  /** Random loss in percent of what the router passes on; 0 ends it. */
  setLoss(
    percent: number,
    where: { readonly router?: number; readonly direction?: FirewallDirection; readonly host?: FirewallHost } = {},
  ): Promise<void> {
    const { router = 0, direction = "both", host } = where;
    return this.router(router).setFault(
      faultKey(`loss ${direction}`, host),
      percent === 0 ? null : { kind: "loss", percent, direction, ...given(host) },
    );
  }

  /** The router loses one packet of so many of those that go this way, to or from this host; null ends it. */
  loseEach(router: number, direction: FirewallDirection, nth: number | null, host: FirewallHost): Promise<void> {
    return this.router(router).setFault(
      faultKey(`each ${direction}`, host),
      nth === null ? null : { kind: "lose-each", nth, direction, host },
    );
  }

  /** The router lets no TCP to this port pass; null lets it pass again. */
  blockPort(router: number, port: number, verdict: FirewallVerdict | null = "drop", host?: FirewallHost): Promise<void> {
    return this.router(router).setFault(
      faultKey(`port ${port}`, host),
      verdict === null ? null : { kind: "block-port", port, verdict, ...given(host) },
    );
  }

  /** The router lets no UDP pass. */
  dropUdp(router: number, on = true): Promise<void> {
    return this.router(router).setFault("udp", on ? { kind: "drop-udp" } : null);
  }

  /** The router passes only so many bytes per connection in the client's direction of sending, then nothing: a size cliff. */
  dropAfter(router: number, bytes: number | null): Promise<void> {
    return this.router(router).setFault("after", bytes === null ? null : { kind: "drop-after", bytes });
  }

  /** The router loses IP packets of more than `size` bytes, also those that may be fragmented; null ends it. */
  dropLarger(router: number, direction: FirewallDirection, size: number | null, host?: FirewallHost): Promise<void> {
    return this.router(router).setFault(
      faultKey(`larger ${direction}`, host),
      size === null ? null : { kind: "drop-larger", size, direction, ...given(host) },
    );
  }

  /** What a relayed link does to packets from now on; without a plan it carries everything at once. */
  async relay(link: number, plan: RelayPlan = {}): Promise<void> {
    const relay = this.#relays.get(link);
    if (!relay) throw new RangeError(`link ${link} is not relayed`);
    await relay.setPlan(plan);
  }

  /** Mail hosts and name servers in the server's namespace: one process, started when first asked for. */
  get servers(): ServerProcess {
    this.#servers ??= new ServerProcess(this.server);
    return this.#servers;
  }

  /** Starts a mail host on the server (both families, port 25 unless told otherwise). */
  mailHost(which: MailHostScript | string, options: MailHostOptions = {}): Promise<RemoteMailHost> {
    return this.servers.mailHost(which, options);
  }

  /** Starts a name server on the server's first IPv4 address, port 53. */
  dnsServer(zone: DnsZone, options: DnsServerOptions = {}): Promise<RemoteDnsServer> {
    return this.servers.dnsServer(zone, { host: this.server.address.v4, ...options });
  }

  /** Forgets every cached path MTU, in all nodes. */
  async flushRoutes(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.run("sh", ["-c", "ip -4 route flush cache; ip -6 route flush cache"])));
  }

  /** All links at 1500 bytes or what is given, no fault anywhere, nothing cached: as built, for the next test. */
  async reset(mtus: readonly number[] = []): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.clearFaults()));
    await Promise.all([...this.#relays.keys()].map((link) => this.relay(link)));
    for (const [link, before] of [...this.#mtus].entries()) {
      const mtu = mtus[link] ?? 1500;
      if (mtu !== before) await this.setLinkMtu(link, mtu);
    }
    await this.flushRoutes();
  }

  /** Ends every process in it and the network itself. */
  async stop(): Promise<void> {
    await this.#servers?.stop();
    await Promise.all([...this.#relays.values()].map((relay) => relay.stop()));
    await this.#holder.stop();
  }

  /** The nodes at its ends, the one nearer to the client first. */
  #endsOf(link: number): readonly [NetworkNode, NetworkNode] {
    const found = this.#links[link];
    if (!found) throw new RangeError(`no link ${link}; there are ${this.#links.length}`);
    return [nodeOf(this.nodes, found.ends[0]), nodeOf(this.nodes, found.ends[1])];
  }

  async #startRelays(topology: Topology): Promise<void> {
    const end = (node: NetworkNode, link: number) => ({
      node,
      device: node.topology.ports.find((port) => port.link === link)?.device ?? "eth0",
    });
    await Promise.all(
      topology.links.map(async ({ relayed }, link) => {
        const [left, right] = this.#endsOf(link);
        if (relayed) this.#relays.set(link, await RelayProcess.start(end(left, link), end(right, link)));
      }),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** @throws HolderError where no network can be built, Error where a link cannot be relayed; ask `describeCapability` first */
export async function buildNetwork(options: NetworkOptions = {}): Promise<Network> {
  return await Network.build(topologyOf(options), options);
}

function faultKey(fault: string, host: FirewallHost | undefined): string {
  return host ? `${fault} ${host.v4}` : fault;
}

function given(host: FirewallHost | undefined): { readonly host?: FirewallHost } {
  return host ? { host } : {};
}

function nodeOf(nodes: readonly NetworkNode[], index: number): NetworkNode {
  const node = nodes[index];
  if (!node) throw new RangeError(`no node ${index}`);
  return node;
}
