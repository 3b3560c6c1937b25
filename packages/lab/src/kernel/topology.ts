/**
 * Where everything is in the routed network: client – r1 – … – rN – server, one subnet per link, for IPv4 and IPv6. Further
 * clients are attached to routers of that chain.
 *
 * Pure: options in, a plain description out. Addresses come from the blocks kept for documentation (RFC 5737, RFC 3849), so
 * that one that escapes can harm nobody. Link 0 joins the client and r1; link N joins rN and the server; the links of further
 * clients come after these.
 */

const TOPOLOGY_MAX_ROUTERS = 5;
/** The smallest link MTU on which IPv6 exists at all (RFC 8200, section 5). */
export const TOPOLOGY_IPV6_MINIMUM = 1280;

/** Addresses of their links: what follows 192.0.2, and the IPv6 network. */
const FURTHER_CLIENTS = [
  { v4: 128, v6: "2001:db8:a2::" },
  { v4: 192, v6: "2001:db8:a3::" },
] as const;

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
  /** Further clients, client2 and client3: the index of the router that each is attached to; default none, at most two. */
  readonly furtherClients?: readonly number[];
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
  /** Positions of its nodes, the one nearer to the client first. */
  readonly ends: readonly [number, number];
  readonly mtu: number;
  /** Two TUN devices with a process between them, in place of a veth pair. */
  readonly relayed: boolean;
  readonly prefix: TopologyAddress;
}

export interface Topology {
  /** In order from the client to the server, then the further clients. */
  readonly nodes: readonly TopologyNode[];
  readonly links: readonly TopologyLink[];
}

interface LinkPlan {
  readonly ends: readonly [number, number];
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

  const further = options.furtherClients ?? [];
  if (further.length > FURTHER_CLIENTS.length) throw new RangeError(`at most ${FURTHER_CLIENTS.length} further clients`);
  for (const router of further) inRange("furtherClients", router, 0, routers - 1);

  const plans = [
    ...Array.from({ length: routers + 1 }, (_, index) => linkPlan(index, routers, serverAddresses)),
    ...further.map((router, index) => furtherPlan(router + 1, routers + 2 + index, FURTHER_CLIENTS[index] ?? FURTHER_CLIENTS[0])),
  ];
  const links = plans.map(({ prefix, ends }, index) => {
    const mtu = options.links?.[index]?.mtu ?? 1500;
    inRange("mtu", mtu, 68, 65_535);
    return { ends, mtu, relayed: options.links?.[index]?.relayed ?? false, prefix };
  });
  const nodes = Array.from({ length: routers + 2 + further.length }, (_, position) => nodeAt(position, plans, routers));
  return { nodes, links };
}

function linkPlan(index: number, routers: number, serverAddresses: number): LinkPlan {
  const ends = [index, index + 1] as const;
  if (index === 0) {
    return {
      ends,
      prefix: { v4: "192.0.2.0/25", v6: "2001:db8:1::/64" },
      left: [{ v4: "192.0.2.2", v6: "2001:db8:1::2" }],
      right: [{ v4: "192.0.2.1", v6: "2001:db8:1::1" }],
      length: { v4: 25, v6: 64 },
    };
  }
  if (index === routers) {
    const right = Array.from({ length: serverAddresses }, (_, n) => ({
      v4: `203.0.113.${n + 1}`,
      v6: `2001:db8:ff::${(n + 1).toString(16)}`,
    }));
    return {
      ends,
      prefix: { v4: "203.0.113.0/24", v6: "2001:db8:ff::/64" },
      left: [{ v4: "203.0.113.254", v6: "2001:db8:ff::fffe" }],
      right,
      length: { v4: 24, v6: 64 },
    };
  }
  const base = 4 * index;
  const net = `2001:db8:${index + 1}::`;
  return {
    ends,
    prefix: { v4: `198.51.100.${base}/30`, v6: `${net}/64` },
    left: [{ v4: `198.51.100.${base + 1}`, v6: `${net}1` }],
    right: [{ v4: `198.51.100.${base + 2}`, v6: `${net}2` }],
    length: { v4: 30, v6: 64 },
  };
}

function furtherPlan(router: number, client: number, { v4, v6 }: (typeof FURTHER_CLIENTS)[number]): LinkPlan {
  return {
    ends: [client, router],
    prefix: { v4: `192.0.2.${v4}/26`, v6: `${v6}/64` },
    left: [{ v4: `192.0.2.${v4 + 2}`, v6: `${v6}2` }],
    right: [{ v4: `192.0.2.${v4 + 1}`, v6: `${v6}1` }],
    length: { v4: 26, v6: 64 },
  };
}

function nodeAt(position: number, plans: readonly LinkPlan[], routers: number): TopologyNode {
  const forwards = position >= 1 && position <= routers;
  const own = plans.flatMap((plan, link) =>
    plan.ends.includes(position) ? [{ plan, link, device: deviceOf(plan, position, link, forwards, routers) }] : [],
  );
  const ports: TopologyPort[] = own.map(({ plan, link, device }) => ({
    device,
    link,
    addresses: plan.ends[0] === position ? plan.left : plan.right,
    prefixLength: plan.length,
  }));
  const routes: TopologyRoute[] = own.map(({ plan, device }) => ({ to: plan.prefix, via: null, device }));
  const neighbour = ({ plan }: { readonly plan: LinkPlan }) => (plan.ends[0] === position ? plan.right : plan.left)[0] ?? null;
  const [first] = own;
  if (!forwards && first !== undefined) routes.push({ to: { v4: "0.0.0.0/0", v6: "::/0" }, via: neighbour(first), device: first.device });
  for (const [link, plan] of plans.entries()) {
    if (!forwards || plan.ends.includes(position)) continue;
    // The way along the chain: a further client is reached by way of its router.
    const towards = link > routers ? plan.ends[1] : plan.ends[0];
    const way = own[towards < position ? 0 : 1];
    if (way !== undefined) routes.push({ to: plan.prefix, via: neighbour(way), device: way.device });
  }
  return { name: nameOf(position, routers), forwards, ports, routes };
}

function deviceOf({ ends }: LinkPlan, position: number, link: number, forwards: boolean, routers: number): string {
  if (!forwards) return "eth0";
  if (link > routers) return `client${link - routers + 1}`;
  return ends[1] === position ? "left" : "right";
}

function nameOf(position: number, routers: number): string {
  if (position === 0) return "client";
  if (position === routers + 1) return "server";
  return position <= routers ? `r${position}` : `client${position - routers}`;
}

function inRange(what: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) throw new RangeError(`${what} must be ${low} to ${high}, not ${value}`);
}
