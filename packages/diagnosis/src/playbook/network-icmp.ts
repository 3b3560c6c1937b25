/** The real fix of a path MTU black hole: let "fragmentation needed" and "packet too big" through (RFC 2923, RFC 4890). */
import type { FindingCode } from "@mxray/contracts";
import type { PlaybookEntry } from "./playbook-entry.ts";

const codes: readonly FindingCode[] = [
  "pmtu-black-hole",
  "pmtu-black-hole-inbound",
  "log-size-correlated",
  "log-outbound-stalls",
  "log-inbound-stalls",
];
const fix = { audience: "network", kind: "fix", codes } as const;
const check =
  "Probe again from where this was measured: packets of more than {{mtu}} bytes must be answered with the router's message, and the finding goes away.";
const sideEffects = "None known: the message carries no data and is needed by every protocol over TCP.";

const windowsFirewall = {
  platform: "windows",
  mildness: 1,
  steps: {
    4: 'netsh advfirewall firewall add rule name="Path MTU discovery" dir=in action=allow protocol=icmpv4:3,4',
    6: 'netsh advfirewall firewall add rule name="Path MTU discovery (IPv6)" dir=in action=allow protocol=icmpv6:2,any',
  },
  undo: {
    4: 'netsh advfirewall firewall delete rule name="Path MTU discovery"',
    6: 'netsh advfirewall firewall delete rule name="Path MTU discovery (IPv6)"',
  },
  check,
  sideEffects,
  reference:
    "https://learn.microsoft.com/en-us/troubleshoot/windows-server/networking/netsh-advfirewall-firewall-control-firewall-behavior",
} as const;

export const icmpEntries: readonly PlaybookEntry[] = [
  {
    ...fix,
    id: "nftables-allow-frag-needed",
    platform: "nftables",
    mildness: 1,
    title: "nftables: allow the router's ICMP message",
    steps: {
      4: "nft insert rule inet filter input icmp type destination-unreachable icmp code frag-needed accept\nnft insert rule inet filter forward icmp type destination-unreachable icmp code frag-needed accept\nnft insert rule inet filter output icmp type destination-unreachable icmp code frag-needed accept",
      6: "nft insert rule inet filter input icmpv6 type packet-too-big accept\nnft insert rule inet filter forward icmpv6 type packet-too-big accept\nnft insert rule inet filter output icmpv6 type packet-too-big accept",
    },
    undo: "nft -a list table inet filter\n# then, for each of the rules: nft delete rule inet filter {{chain}} handle {{handle}}",
    check,
    sideEffects: "The table is called `inet filter` here; `nft list ruleset` shows the name on yours.",
    reference: "https://www.rfc-editor.org/rfc/rfc4890",
  },
  {
    ...fix,
    id: "iptables-allow-frag-needed",
    platform: "iptables",
    mildness: 1,
    title: "iptables: allow the router's ICMP message",
    steps: {
      4: "iptables -I INPUT -p icmp --icmp-type fragmentation-needed -j ACCEPT\niptables -I FORWARD -p icmp --icmp-type fragmentation-needed -j ACCEPT\niptables -I OUTPUT -p icmp --icmp-type fragmentation-needed -j ACCEPT",
      6: "ip6tables -I INPUT -p icmpv6 --icmpv6-type packet-too-big -j ACCEPT\nip6tables -I FORWARD -p icmpv6 --icmpv6-type packet-too-big -j ACCEPT\nip6tables -I OUTPUT -p icmpv6 --icmpv6-type packet-too-big -j ACCEPT",
    },
    undo: {
      4: "iptables -D INPUT -p icmp --icmp-type fragmentation-needed -j ACCEPT\niptables -D FORWARD -p icmp --icmp-type fragmentation-needed -j ACCEPT\niptables -D OUTPUT -p icmp --icmp-type fragmentation-needed -j ACCEPT",
      6: "ip6tables -D INPUT -p icmpv6 --icmpv6-type packet-too-big -j ACCEPT\nip6tables -D FORWARD -p icmpv6 --icmpv6-type packet-too-big -j ACCEPT\nip6tables -D OUTPUT -p icmpv6 --icmpv6-type packet-too-big -j ACCEPT",
    },
    check,
    sideEffects,
    reference: "https://www.rfc-editor.org/rfc/rfc4890",
  },
  {
    ...fix,
    id: "pf-allow-frag-needed",
    platform: "pf",
    mildness: 1,
    title: "pf: allow the router's ICMP message",
    steps: {
      4: "# /etc/pf.conf\npass inet proto icmp icmp-type unreach code needfrag\n# then\npfctl -nf /etc/pf.conf && pfctl -f /etc/pf.conf",
      6: "# /etc/pf.conf\npass inet6 proto icmp6 icmp6-type toobig\n# then\npfctl -nf /etc/pf.conf && pfctl -f /etc/pf.conf",
    },
    undo: "# Take the line out of /etc/pf.conf, then\npfctl -f /etc/pf.conf",
    check,
    sideEffects,
    reference: "https://man.openbsd.org/pf.conf",
  },
  {
    ...fix,
    id: "ios-allow-packet-too-big",
    platform: "cisco-ios",
    mildness: 1,
    title: "Cisco IOS: send the ICMP message and allow it",
    steps: {
      4: "interface {{interface}}\n ip unreachables\n!\n! In each access list that the message meets on its way back, before any deny:\nip access-list extended {{access-list}}\n permit icmp any any packet-too-big",
      6: "interface {{interface}}\n ipv6 unreachables\n!\n! In each access list that the message meets on its way back, before any deny:\nipv6 access-list {{access-list}}\n permit icmp any any packet-too-big",
    },
    undo: {
      4: "ip access-list extended {{access-list}}\n no permit icmp any any packet-too-big",
      6: "ipv6 access-list {{access-list}}\n no permit icmp any any packet-too-big",
    },
    check: `show ip traffic | include unreachable\n! ${check}`,
    sideEffects:
      "With `ip unreachables` the router also answers other undeliverable packets; `ip icmp rate-limit unreachable` bounds that.",
    reference: "https://www.cisco.com/c/en/us/support/docs/ip/generic-routing-encapsulation-gre/25885-pmtud-ipfrag.html",
  },
  {
    ...fix,
    id: "asa-allow-unreachable",
    platform: "cisco-asa",
    mildness: 1,
    title: "Cisco ASA: allow the ICMP message",
    steps: {
      4: "access-list {{access-list}} extended permit icmp any any unreachable\nicmp permit any unreachable outside\npolicy-map global_policy\n class inspection_default\n  inspect icmp error",
      6: "access-list {{access-list}} extended permit icmp6 any any packet-too-big",
    },
    undo: {
      4: "no access-list {{access-list}} extended permit icmp any any unreachable\nno icmp permit any unreachable outside\npolicy-map global_policy\n class inspection_default\n  no inspect icmp error",
      6: "no access-list {{access-list}} extended permit icmp6 any any packet-too-big",
    },
    check,
    sideEffects:
      "`show running-config access-group` names the access list in use, and `icmp permit` is for the ASA itself: its outside interface is called `outside` here. Once there is an `icmp permit` line, the ASA denies itself all other ICMP on that interface.",
    reference: "https://www.cisco.com/c/en/us/td/docs/security/asa/asa-cli-reference/A-H/asa-command-ref-A-H.html",
  },
  {
    ...fix,
    id: "junos-allow-frag-needed",
    platform: "junos",
    mildness: 1,
    title: "Junos: allow the ICMP message",
    steps: {
      4: "set firewall family inet filter {{filter}} term path-mtu from protocol icmp icmp-type unreachable icmp-code fragmentation-needed\nset firewall family inet filter {{filter}} term path-mtu then accept\ninsert firewall family inet filter {{filter}} term path-mtu before term {{first-term}}\ncommit confirmed 5\n# Within 5 minutes, when mail still flows (else it is rolled back):\ncommit",
      6: "set firewall family inet6 filter {{filter}} term path-mtu from next-header icmp6 icmp-type packet-too-big\nset firewall family inet6 filter {{filter}} term path-mtu then accept\ninsert firewall family inet6 filter {{filter}} term path-mtu before term {{first-term}}\ncommit confirmed 5\n# Within 5 minutes, when mail still flows (else it is rolled back):\ncommit",
    },
    undo: {
      4: "delete firewall family inet filter {{filter}} term path-mtu\ncommit",
      6: "delete firewall family inet6 filter {{filter}} term path-mtu\ncommit",
    },
    check,
    sideEffects,
    reference:
      "https://www.juniper.net/documentation/us/en/software/junos/routing-policy/topics/concept/firewall-filter-stateless-overview.html",
  },
  {
    ...fix,
    id: "mikrotik-allow-frag-needed",
    platform: "mikrotik",
    mildness: 1,
    title: "MikroTik: allow the ICMP message",
    steps: {
      4: "/ip firewall filter add chain=forward protocol=icmp icmp-options=3:4 action=accept place-before=0\n/ip firewall filter add chain=input protocol=icmp icmp-options=3:4 action=accept place-before=0",
      6: "/ipv6 firewall filter add chain=forward protocol=icmpv6 icmp-options=2:0-255 action=accept place-before=0",
    },
    undo: { 4: '/ip firewall filter remove [find icmp-options="3:4"]', 6: '/ipv6 firewall filter remove [find icmp-options="2:0-255"]' },
    check,
    sideEffects: {
      4: sideEffects,
      6: `${sideEffects} How RouterOS writes ICMPv6 type 2 in icmp-options has not been confirmed: see that the rule reads as meant.`,
    },
    reference: "https://help.mikrotik.com/docs/spaces/ROS/pages/48660574/Filter",
  },
  { ...fix, ...windowsFirewall, id: "windows-allow-frag-needed", title: "Windows Firewall: allow the ICMP message" },
];

/** The same on the machine that sends, whose own firewall is the first to suspect. */
export const ownWindowsFirewallEntry: PlaybookEntry = {
  ...fix,
  ...windowsFirewall,
  id: "windows-own-firewall",
  audience: "sender",
  codes: ["pmtu-black-hole", "log-size-correlated"],
  title: "Windows, Exchange: make sure the local firewall accepts ICMP fragmentation-needed messages",
};
