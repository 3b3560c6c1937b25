/**
 * Which kind of link usually has a given MTU. A hint for the reader, never evidence: the sizes are defaults of common
 * tunnels over 1500-byte Ethernet (RFC 2516 for PPPoE, RFC 2784/2890 for GRE, RFC 2003 and 4213 for IP in IP, RFC 8200 §5
 * for 1280), and several kinds share some of them.
 */

interface LinkKind {
  /** Whole IP packet, bytes, both ends included. */
  readonly from: number;
  readonly to: number;
  /** Completes "1492 is what …". */
  readonly name: string;
  /** What the link is called in a list; null where a list of tunnels has no place for it. */
  readonly tunnel: string | null;
}

const LINKS: readonly LinkKind[] = [
  { from: 1492, to: 1492, name: "a PPPoE line (DSL) usually leaves", tunnel: "PPPoE" },
  { from: 1480, to: 1480, name: "an IP-in-IP or 6in4 tunnel usually leaves", tunnel: "IP in IP and 6in4" },
  { from: 1476, to: 1476, name: "a GRE tunnel usually leaves", tunnel: "GRE" },
  { from: 1472, to: 1472, name: "a GRE tunnel with a key usually leaves", tunnel: "GRE with a key" },
  { from: 1460, to: 1460, name: "Google Cloud's networks have by default", tunnel: null },
  { from: 1450, to: 1450, name: "a VXLAN overlay over ordinary Ethernet usually leaves", tunnel: "VXLAN" },
  { from: 1440, to: 1440, name: "a WireGuard tunnel over IPv4 leaves", tunnel: "WireGuard over IPv4 only" },
  { from: 1420, to: 1420, name: "a WireGuard tunnel has by default", tunnel: "WireGuard" },
  { from: 1400, to: 1438, name: "an IPsec tunnel usually leaves", tunnel: "IPsec (by cipher and NAT traversal; with L2TP 1400)" },
  { from: 1280, to: 1280, name: "every IPv6 link carries at least, and many tunnels are set to", tunnel: null },
  { from: 552, to: 552, name: "Linux keeps as the least for IPv4", tunnel: null },
];

/** `1492 for PPPoE, …`: the tunnels with their usual MTUs. */
export function tunnelMtuList(): string {
  const tunnels = LINKS.flatMap(({ from, to, tunnel }) =>
    tunnel === null ? [] : [`${from === to ? from : `${from} to ${to}`} for ${tunnel}`],
  );
  return tunnels.join(", ");
}

/** `1400 is what an IPsec tunnel usually leaves`, or null when the number fits nothing common. */
export function linkHintOfMtu(mtu: number): string | null {
  const link = LINKS.find(({ from, to }) => mtu >= from && mtu <= to);
  return link === undefined ? null : `${mtu} is what ${link.name}`;
}
