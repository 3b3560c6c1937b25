/**
 * What a node's packet filter loses, as a set of faults, and that set as an nftables ruleset. Each change writes the whole
 * table anew in one transaction, so the state of a node is what its faults say and nothing else.
 */

export type FirewallVerdict =
  /** Nothing comes back. */
  | "drop"
  /** ICMP "administratively prohibited" comes back. */
  | "prohibit"
  /** A TCP reset comes back. */
  | "reset";

/** Seen from the client: outbound is towards the server. Only routers have directions. */
export type FirewallDirection = "outbound" | "inbound" | "both";

/** Both addresses of one server: a fault that concerns it alone. */
export interface FirewallHost {
  readonly v4: string;
  readonly v6: string;
}

export type FirewallFault =
  /** Neither sends nor passes on "fragmentation needed" (ICMP 3/4) and "packet too big" (ICMPv6 2). */
  | { readonly kind: "drop-frag-needed" /** Only this percentage of them, at random; default all. */; readonly percent?: number }
  /** Passes on no fragments (IPv4). */
  | { readonly kind: "drop-fragments" }
  /** Its own input chain drops them: the machine's own firewall is the fault. */
  | { readonly kind: "drop-frag-needed-input" }
  /** Sends no "time exceeded", so it stays unseen by a hop search. */
  | { readonly kind: "silence-ttl" }
  /** Sends at most so many ICMP errors per second. */
  | { readonly kind: "limit-icmp"; readonly perSecond: number }
  /** Loses this percentage (0 to 100, steps of 0.1) of the packets it passes on, at random. */
  | { readonly kind: "loss"; readonly percent: number; readonly direction: FirewallDirection; readonly host?: FirewallHost }
  /** Loses one packet of so many, in turn: as much loss, and the same each time. */
  | { readonly kind: "lose-each"; readonly nth: number; readonly direction: FirewallDirection; readonly host?: FirewallHost }
  | { readonly kind: "block-port"; readonly port: number; readonly verdict: FirewallVerdict; readonly host?: FirewallHost }
  | { readonly kind: "drop-udp" }
  /** Loses all that a TCP client sends beyond so many bytes of IP packets per connection. */
  | { readonly kind: "drop-after"; readonly bytes: number }
  /** Loses IP packets of more than `size` bytes, whether they may be fragmented or not, and says nothing. */
  | {
      readonly kind: "drop-larger";
      readonly size: number;
      readonly direction: FirewallDirection;
      readonly host?: FirewallHost;
      /** On about half of the TCP connections only, by a hash of the client's port: as on one of two parallel paths. */
      readonly hashed?: boolean;
    };

type Hook = "input" | "forward" | "output";

/** The nft file for a set of faults; replaces whatever table the lab had in that namespace. */
export function firewallRules(faults: readonly FirewallFault[]): string {
  const rules: Record<Hook, string[]> = { input: [], forward: [], output: [] };
  for (const fault of faults) addRules(fault, rules);
  const lines = ["table inet lab", "delete table inet lab", "table inet lab {"];
  for (const hook of ["input", "forward", "output"] as const) {
    if (rules[hook].length === 0) continue;
    lines.push(`chain ${hook} {`, `type filter hook ${hook} priority 0; policy accept;`, ...rules[hook], "}");
  }
  lines.push("}");
  return `${lines.join("\n")}\n`;
}

const FRAG_NEEDED = ["icmp type destination-unreachable icmp code frag-needed", "icmpv6 type packet-too-big"];
const TIME_EXCEEDED = ["icmp type time-exceeded", "icmpv6 type time-exceeded"];
const ERRORS = [
  "icmp type { destination-unreachable, time-exceeded }",
  "icmpv6 type { destination-unreachable, packet-too-big, time-exceeded }",
];

function addRules(fault: FirewallFault, rules: Record<Hook, string[]>): void {
  switch (fault.kind) {
    case "drop-frag-needed": {
      const chance = fault.percent === undefined ? "" : ` numgen random mod 1000 < ${Math.round(fault.percent * 10)}`;
      for (const match of FRAG_NEEDED) {
        rules.output.push(`${match}${chance} drop`);
        rules.forward.push(`${match}${chance} drop`);
      }
      return;
    }
    case "drop-fragments":
      rules.forward.push("ip frag-off & 0x3fff != 0 drop");
      return;
    case "drop-frag-needed-input":
      for (const match of FRAG_NEEDED) rules.input.push(`${match} drop`);
      return;
    case "silence-ttl":
      for (const match of TIME_EXCEEDED) rules.output.push(`${match} drop`);
      return;
    case "limit-icmp":
      for (const match of ERRORS) rules.output.push(`${match} limit rate over ${fault.perSecond}/second burst 1 packets drop`);
      return;
    case "loss": {
      const perMille = Math.round(fault.percent * 10);
      if (perMille === 0) return;
      for (const match of matches(fault.direction, fault.host)) rules.forward.push(`${match}numgen random mod 1000 < ${perMille} drop`);
      return;
    }
    case "lose-each":
      for (const match of matches(fault.direction, fault.host)) rules.forward.push(`${match}numgen inc mod ${fault.nth} == 0 drop`);
      return;
    case "block-port":
      for (const match of matches(fault.host ? "outbound" : "both", fault.host)) {
        rules.forward.push(`${match}tcp dport ${fault.port} ${verdictOf(fault.verdict)}`);
      }
      return;
    case "drop-udp":
      rules.forward.push("meta l4proto udp drop");
      return;
    case "drop-after":
      rules.forward.push(`iifname "left" meta l4proto tcp ct original bytes > ${fault.bytes} drop`);
      return;
    case "drop-larger":
      for (const match of matches(fault.direction, fault.host)) {
        const hash = fault.hashed === true ? `meta l4proto tcp jhash tcp ${portOf(match)} mod 2 seed 0x6d78 == 0 ` : "";
        rules.forward.push(`${match}${hash}meta length > ${fault.size} drop`);
      }
      return;
  }
}

/** What a rule begins with, so that it holds for packets of this direction (and to or from this host) only. */
function matches(direction: FirewallDirection, host: FirewallHost | undefined): string[] {
  if (direction === "both") return host ? [...matches("outbound", host), ...matches("inbound", host)] : [""];
  // Further clients come in by interfaces of their own.
  const [from, end] = direction === "outbound" ? ['oifname "right" ', "daddr"] : ['iifname "right" ', "saddr"];
  return host ? [`${from}ip ${end} ${host.v4} `, `${from}ip6 ${end} ${host.v6} `] : [from];
}

/** Which of a packet's ports is the client's, by the direction that the match begins with. */
function portOf(match: string): "sport" | "dport" {
  return match.startsWith('iifname "right"') ? "dport" : "sport";
}

function verdictOf(verdict: FirewallVerdict): string {
  switch (verdict) {
    case "drop":
      return "drop";
    case "prohibit":
      return "reject with icmpx type admin-prohibited";
    case "reset":
      return "reject with tcp reset";
  }
}
