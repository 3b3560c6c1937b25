/**
 * A topology as the shell script that builds it, run by the first process of the network's own namespaces. Everything is
 * batched, since a network of six nodes must stand within a fraction of a second.
 */
import { TOPOLOGY_IPV6_MINIMUM, type Topology, type TopologyNode, type TopologyRoute } from "./topology.ts";

/** Kernel settings of a node, by sysctl name. */
export type Sysctls = Readonly<Record<string, string | number>>;

export interface SetupOptions {
  /** Settings for every node, over the lab's own. */
  readonly sysctls?: Sysctls;
  /** Address of a name server for /etc/resolv.conf as seen inside; default 127.0.0.1, where nobody answers and says so at once. */
  readonly nameServer?: string;
}

/** Printed on stdout by the script when everything stands. */
export const SETUP_READY = "lab-ready";

/**
 * The lab's own settings: addresses usable at once (no duplicate address detection, no router advertisements), any port for
 * anybody, no automatic recovery that would hide a black hole, no limit on ICMP, which would make hop searches random, and
 * receive buffers that do not grow to megabytes, in which all that a host leaves unread would vanish.
 */
function sysctlsFor(node: TopologyNode, extra: Sysctls): Sysctls {
  return {
    "net.ipv6.conf.all.accept_dad": 0,
    "net.ipv6.conf.default.accept_dad": 0,
    "net.ipv6.conf.default.dad_transmits": 0,
    "net.ipv6.conf.all.accept_ra": 0,
    "net.ipv6.conf.default.accept_ra": 0,
    "net.ipv6.conf.default.router_solicitations": 0,
    "net.ipv4.ip_unprivileged_port_start": 0,
    "net.ipv4.tcp_mtu_probing": 0,
    "net.ipv4.ip_no_pmtu_disc": 0,
    "net.ipv4.tcp_sack": 1,
    "net.ipv4.tcp_timestamps": 1,
    "net.ipv4.tcp_rmem": "4096 131072 131072",
    "net.ipv4.icmp_ratelimit": 0,
    "net.ipv6.icmp.ratelimit": 0,
    "net.ipv4.ip_forward": node.forwards ? 1 : 0,
    "net.ipv6.conf.all.forwarding": node.forwards ? 1 : 0,
    ...extra,
  };
}

export function setupScript(topology: Topology, options: SetupOptions = {}): string {
  const script = ["set -e", "mount -t tmpfs tmpfs /run", "mkdir /run/netns"];
  const batch = topology.nodes.map((node) => `netns add ${node.name}`);
  script.push(...heredoc("ip -batch -", batch));
  // Settings come before the interfaces, so that these are born with them.
  for (const node of topology.nodes) {
    const values = Object.entries(sysctlsFor(node, options.sysctls ?? {})).map(([key, value]) => `${quote(`${key}=${value}`)}`);
    script.push(`ip netns exec ${node.name} sysctl -q -w ${values.join(" ")}`);
    // Bytes per connection, for the fault that counts them; only where connection tracking is loaded.
    script.push(`ip netns exec ${node.name} sysctl -e -q -w net.netfilter.nf_conntrack_acct=1 >/dev/null 2>&1 || :`);
    // Per network namespace in newer kernels only; elsewhere it cannot be set, and need not be.
    script.push(`ip netns exec ${node.name} sysctl -e -q -w net.ipv4.icmp_msgs_per_sec=100000 >/dev/null 2>&1 || :`);
  }
  script.push(
    ...heredoc(
      "ip -batch -",
      topology.links.flatMap(({ relayed }, link) => (relayed ? [] : [vethCommand(topology, link)])),
    ),
  );
  for (const node of topology.nodes) {
    const mtuOf = (link: number) => topology.links[link]?.mtu ?? 1500;
    script.push(...heredoc(`ip -n ${node.name} -batch -`, tunCommands(topology, node)));
    script.push(...heredoc(`ip -n ${node.name} -batch -`, nodeCommands(node, mtuOf)));
  }
  // The machine's own name servers cannot be reached from inside; waiting for them would slow down every real mail server.
  const nameServer = options.nameServer ?? "127.0.0.1";
  script.push(`printf 'nameserver %s\\noptions attempts:1 timeout:2\\n' ${quote(nameServer)} > /run/resolv.conf`);
  script.push("mount --bind /run/resolv.conf /etc/resolv.conf");
  script.push(`echo ${SETUP_READY}`);
  // Waits for the end of standard input, which comes when the owner closes it or dies. Not `exec`: the shell reaps orphans.
  script.push("set +e", "cat > /dev/null", "exit 0");
  return script.join("\n");
}

function vethCommand(topology: Topology, link: number): string {
  const { ends = [], mtu = 1500 } = topology.links[link] ?? {};
  const [left, right] = ends.map((position) => topology.nodes[position]);
  if (!left || !right) throw new RangeError(`no link ${link}`);
  const end = (node: TopologyNode) => node.ports.find((port) => port.link === link)?.device ?? "eth0";
  return `link add ${end(left)} netns ${left.name} mtu ${mtu} type veth peer name ${end(right)} netns ${right.name} mtu ${mtu}`;
}

/** They exist before the relay attaches to them, so that addresses and routes are set up like all others. */
function tunCommands(topology: Topology, node: TopologyNode): string[] {
  return node.ports.flatMap(({ link, device }) => {
    const { relayed = false, mtu = 1500 } = topology.links[link] ?? {};
    return relayed ? [`tuntap add dev ${device} mode tun`, `link set dev ${device} mtu ${mtu}`] : [];
  });
}

function nodeCommands(node: TopologyNode, mtuOf: (link: number) => number): string[] {
  const commands = ["link set lo up"];
  // One segment per packet: with segmentation offload a veth carries packets far above its MTU, and a rule that measures
  // them would drop what a real wire would have carried in pieces.
  for (const port of node.ports) commands.push(`link set dev ${port.device} gso_max_segs 1`, `link set ${port.device} up`);
  for (const port of node.ports) {
    const families = mtuOf(port.link) >= TOPOLOGY_IPV6_MINIMUM ? [4, 6] : [4];
    for (const family of families) commands.push(...addressCommands(node, port.device, family as 4 | 6));
  }
  for (const route of node.routes) {
    if (route.via === null) continue;
    const port = node.ports.find(({ device }) => device === route.device);
    commands.push(routeCommand("replace", route, 4));
    if (port && mtuOf(port.link) >= TOPOLOGY_IPV6_MINIMUM) commands.push(routeCommand("replace", route, 6));
  }
  return commands;
}

/** `ip` sub-commands that give a device its addresses of one family; harmless when it has them. */
export function addressCommands(node: TopologyNode, device: string, family: 4 | 6): string[] {
  const port = node.ports.find((each) => each.device === device);
  if (!port) return [];
  return port.addresses.map((address) =>
    family === 4
      ? `addr replace ${address.v4}/${port.prefixLength.v4} dev ${device}`
      : `addr replace ${address.v6}/${port.prefixLength.v6} dev ${device} nodad`,
  );
}

/** One `ip` sub-command for a route of one family; `mtu` locks the size of packets that take it, in bytes. */
export function routeCommand(verb: "replace", route: TopologyRoute, family: 4 | 6, mtu: number | null = null): string {
  const key = family === 4 ? "v4" : "v6";
  const via = route.via ? ` via ${route.via[key]}` : " proto kernel";
  // The kernel's own IPv6 on-link routes have metric 256; another metric would be a second route beside them.
  const metric = family === 6 && !route.via ? " metric 256" : "";
  const scope = family === 4 && !route.via ? " scope link" : "";
  const lock = mtu === null ? "" : ` mtu lock ${mtu}`;
  return `route ${verb} ${route.to[key]}${via} dev ${route.device}${scope}${metric}${lock}`;
}

function heredoc(command: string, lines: readonly string[]): string[] {
  return [`${command} <<'LAB'`, ...lines, "LAB"];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
