/**
 * Where everything is in the routed network: client – r1 – … – rN – server, one subnet per link, for IPv4 and IPv6.
 *
 * Pure: options in, a plain description out. Addresses come from the blocks kept for documentation (RFC 5737, RFC 3849), so
 * that one that escapes can harm nobody. Link 0 joins the client and r1; link N joins rN and the server.
 */

const TOPOLOGY_MAX_ROUTERS = 5;
/** The smallest link MTU on which IPv6 exists at all (RFC 8200, section 5). */
export const TOPOLOGY_IPV6_MINIMUM = 1280;

export interface TopologyOptions {
  /** 1 to 5; default 2. */
  readonly routers?: number;
  /**
   * One per link, from the client on; MTU in bytes, default 1500. A relayed link can delay and lose packets
   * (`Network.relay`). Missing ones take the defaults.
   */
  readonly links?: readonly { readonly mtu?: number; readonly relayed?: boolean }[];
  /** How many addresses per family the server has, 1 to 200; default 1. */
  readonly serverAddresses?: number;
}

export interface TopologyAddress {
  readonly v4: string;
  readonly v6: string;
}

interface TopologyPort {
  /** Name of the interface within its node. */
  readonly device: string;
  /** Index of the link that it is an end of. */
  readonly link: number;
  readonly addresses: readonly TopologyAddress[];
  readonly prefixLength: { readonly v4: number; readonly v6: number };
}

export interface TopologyRoute {
  /** Prefixes; those of length 0 for all. */
  readonly to: TopologyAddress;
  /** Next hop, or null on the link itself. */
  readonly via: TopologyAddress | null;
  readonly device: string;
}

export interface TopologyNode {
  readonly name: string;
  readonly forwards: boolean;
  readonly ports: readonly TopologyPort[];
  readonly routes: readonly TopologyRoute[];
}

interface TopologyLink {
  readonly mtu: number;
  /** Two TUN devices with a process between them, in place of a veth pair. */
  readonly relayed: boolean;
  readonly prefix: TopologyAddress;
}

export interface Topology {
  /** In order from the client to the server. */
  readonly nodes: readonly TopologyNode[];
  readonly links: readonly TopologyLink[];
}

interface LinkPlan {
  readonly prefix: TopologyAddress;
  readonly left: readonly TopologyAddress[];
  readonly right: readonly TopologyAddress[];
  readonly length: { readonly v4: number; readonly v6: number };
}

/** @throws RangeError for options out of range: a mistake in a test, not an outcome */
export function topologyOf(options: TopologyOptions = {}): Topology {
  const routers = options.routers ?? 2;
  const serverAddresses = options.serverAddresses ?? 1;
  inRange("routers", routers, 1, TOPOLOGY_MAX_ROUTERS);
  inRange("serverAddresses", serverAddresses, 1, 200);
  if ((options.links?.length ?? 0) > routers + 1) throw new RangeError(`${routers} routers have ${routers + 1} links`);

  const plans = Array.from({ length: routers + 1 }, (_, index) => linkPlan(index, routers, serverAddresses));
  const links = plans.map((plan, index) => {
    const mtu = options.links?.[index]?.mtu ?? 1500;
    inRange("mtu", mtu, 68, 65_535);
    return { mtu, relayed: options.links?.[index]?.relayed ?? false, prefix: plan.prefix };
  });
  const nodes = Array.from({ length: routers + 2 }, (_, position) => nodeAt(position, plans));
  return { nodes, links };
}

function linkPlan(index: number, routers: number, serverAddresses: number): LinkPlan {
  if (index === 0) {
    return {
      prefix: { v4: "192.0.2.0/24", v6: "2001:db8:1::/64" },
      left: [{ v4: "192.0.2.2", v6: "2001:db8:1::2" }],
      right: [{ v4: "192.0.2.1", v6: "2001:db8:1::1" }],
      length: { v4: 24, v6: 64 },
    };
  }
  if (index === routers) {
    const right = Array.from({ length: serverAddresses }, (_, n) => ({
      v4: `203.0.113.${n + 1}`,
      v6: `2001:db8:ff::${(n + 1).toString(16)}`,
    }));
    return {
      prefix: { v4: "203.0.113.0/24", v6: "2001:db8:ff::/64" },
      left: [{ v4: "203.0.113.254", v6: "2001:db8:ff::fffe" }],
      right,
      length: { v4: 24, v6: 64 },
    };
  }
  const base = 4 * index;
  const net = `2001:db8:${index + 1}::`;
  return {
    prefix: { v4: `198.51.100.${base}/30`, v6: `${net}/64` },
    left: [{ v4: `198.51.100.${base + 1}`, v6: `${net}1` }],
    right: [{ v4: `198.51.100.${base + 2}`, v6: `${net}2` }],
    length: { v4: 30, v6: 64 },
  };
}

function nodeAt(position: number, plans: readonly LinkPlan[]): TopologyNode {
  const last = plans.length;
  const towardsClient = plans[position - 1];
  const towardsServer = plans[position];
  const forwards = towardsClient !== undefined && towardsServer !== undefined;
  const leftDevice = forwards ? "left" : "eth0";
  const rightDevice = forwards ? "right" : "eth0";

  const ports: TopologyPort[] = [];
  if (towardsClient)
    ports.push({ device: leftDevice, link: position - 1, addresses: towardsClient.right, prefixLength: towardsClient.length });
  if (towardsServer) ports.push({ device: rightDevice, link: position, addresses: towardsServer.left, prefixLength: towardsServer.length });

  const routes: TopologyRoute[] = ports.map((port) => ({ to: prefixOf(plans, port.link), via: null, device: port.device }));
  if (!forwards) {
    const gateway = position === 0 ? towardsServer?.right[0] : towardsClient?.left[0];
    routes.push({ to: { v4: "0.0.0.0/0", v6: "::/0" }, via: gateway ?? null, device: "eth0" });
  }
  for (let link = 0; forwards && link < last; link++) {
    if (link === position - 1 || link === position) continue;
    const left = link < position;
    routes.push({
      to: prefixOf(plans, link),
      via: (left ? towardsClient?.left[0] : towardsServer?.right[0]) ?? null,
      device: left ? leftDevice : rightDevice,
    });
  }
  return { name: position === 0 ? "client" : position === last ? "server" : `r${position}`, forwards, ports, routes };
}

function prefixOf(plans: readonly LinkPlan[], link: number): TopologyAddress {
  const plan = plans[link];
  if (!plan) throw new RangeError(`no link ${link}`);
  return plan.prefix;
}

function inRange(what: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) throw new RangeError(`${what} must be ${low} to ${high}, not ${value}`);
}
