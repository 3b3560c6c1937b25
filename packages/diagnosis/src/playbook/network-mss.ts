/** Clamping the MSS on the path: no fix, and it helps everybody behind that router at once. */
import type { FindingCode } from "@mxray/contracts";
import type { PlaybookEntry } from "./playbook-entry.ts";

const codes: readonly FindingCode[] = [
  "pmtu-black-hole",
  "pmtu-black-hole-inbound",
  "local-mtu",
  "log-size-correlated",
  "log-outbound-stalls",
  "log-inbound-stalls",
];
const clamp = { audience: "network", kind: "workaround", codes, mildness: 4 } as const;
const check = "tcpdump on either end: SYN packets that passed the router show mss {{mss}} or less.";
const sideEffects = "It holds for TCP only, and for all connections through the router; other protocols still lose their large packets.";

export const mssEntries: readonly PlaybookEntry[] = [
  {
    ...clamp,
    id: "nftables-clamp-mss",
    platform: "nftables",
    title: "nftables: clamp the MSS",
    steps:
      "nft add rule inet filter forward 'tcp flags & (syn|rst) == syn tcp option maxseg size {{mss-above}}-65535 tcp option maxseg size set {{mss}}'",
    undo: "nft -a list chain inet filter forward\n# then: nft delete rule inet filter forward handle N",
    check,
    sideEffects,
    reference: "https://wiki.nftables.org/wiki-nftables/index.php/Mangling_packet_headers",
  },
  {
    ...clamp,
    id: "iptables-clamp-mss",
    platform: "iptables",
    title: "iptables: clamp the MSS",
    steps: {
      4: "iptables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -m tcpmss --mss {{mss-above}}:65495 -j TCPMSS --set-mss {{mss}}",
      6: "ip6tables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -m tcpmss --mss {{mss-above}}:65495 -j TCPMSS --set-mss {{mss}}",
    },
    undo: {
      4: "iptables -t mangle -D FORWARD -p tcp --tcp-flags SYN,RST SYN -m tcpmss --mss {{mss-above}}:65495 -j TCPMSS --set-mss {{mss}}",
      6: "ip6tables -t mangle -D FORWARD -p tcp --tcp-flags SYN,RST SYN -m tcpmss --mss {{mss-above}}:65495 -j TCPMSS --set-mss {{mss}}",
    },
    check,
    sideEffects,
    reference: "https://man7.org/linux/man-pages/man8/iptables-extensions.8.html",
  },
  {
    ...clamp,
    id: "pf-clamp-mss",
    platform: "pf",
    title: "pf: clamp the MSS",
    steps:
      "# OpenBSD, /etc/pf.conf\nmatch on egress scrub (max-mss {{mss}})\n# FreeBSD, /etc/pf.conf\nscrub on $ext_if max-mss {{mss}}\n# then\npfctl -f /etc/pf.conf",
    undo: "# Take the line out of /etc/pf.conf, then\npfctl -f /etc/pf.conf",
    check,
    sideEffects,
    reference: "https://man.openbsd.org/pf.conf",
  },
  {
    ...clamp,
    id: "ios-adjust-mss",
    platform: "cisco-ios",
    title: "Cisco IOS: clamp the MSS",
    steps: { 4: "interface {{interface}}\n ip tcp adjust-mss {{mss}}", 6: "interface {{interface}}\n ipv6 tcp adjust-mss {{mss}}" },
    undo: { 4: "interface {{interface}}\n no ip tcp adjust-mss", 6: "interface {{interface}}\n no ipv6 tcp adjust-mss" },
    check,
    sideEffects: `${sideEffects} IOS takes 500 to 1460.`,
    reference: "https://www.cisco.com/c/en/us/support/docs/ip/generic-routing-encapsulation-gre/25885-pmtud-ipfrag.html",
  },
  {
    ...clamp,
    id: "asa-tcpmss",
    platform: "cisco-asa",
    title: "Cisco ASA: clamp the MSS",
    steps: "sysopt connection tcpmss {{mss}}",
    undo: "sysopt connection tcpmss 1380",
    check,
    sideEffects: `${sideEffects} 1380 is the ASA's default; 0 turns clamping off.`,
    reference: "https://www.cisco.com/c/en/us/td/docs/security/asa/asa-cli-reference/S/asa-command-ref-S.html",
  },
  {
    ...clamp,
    id: "junos-tcp-mss",
    platform: "junos",
    title: "Junos SRX: clamp the MSS",
    steps: "set security flow tcp-mss all-tcp mss {{mss}}\ncommit confirmed 5",
    undo: "delete security flow tcp-mss all-tcp\ncommit",
    check,
    sideEffects,
    reference:
      "https://www.juniper.net/documentation/us/en/software/junos/flow-packet-processing/topics/ref/statement/security-edit-tcp-mss.html",
  },
  {
    ...clamp,
    id: "mikrotik-clamp-mss",
    platform: "mikrotik",
    title: "MikroTik: clamp the MSS",
    steps: {
      4: "/ip firewall mangle add chain=forward protocol=tcp tcp-flags=syn tcp-mss={{mss-above}}-65535 action=change-mss new-mss={{mss}}",
      6: "/ipv6 firewall mangle add chain=forward protocol=tcp tcp-flags=syn tcp-mss={{mss-above}}-65535 action=change-mss new-mss={{mss}}",
    },
    undo: {
      4: "/ip firewall mangle remove [find new-mss={{mss}}]",
      6: "/ipv6 firewall mangle remove [find new-mss={{mss}}]",
    },
    check,
    sideEffects,
    reference: "https://help.mikrotik.com/docs/spaces/ROS/pages/48660587/Mangle",
  },
  {
    ...clamp,
    id: "tunnel-mtu",
    platform: "any",
    kind: "fix",
    mildness: 3,
    title: "Set the tunnel's own MTU to what it carries",
    steps:
      "Set the MTU of the tunnel or PPPoE interface between the two routers to {{mtu}} bytes on both of its ends, so that the router in front of it knows what fits: 1492 for PPPoE, 1476 for GRE, 1480 for IP in IP, 1420 for WireGuard, 1400 to 1438 for IPsec.",
    undo: "Set it back to what it was.",
    check: "From the router: a ping of {{mtu}} bytes with DF set passes, one of a byte more gets the message that it does not fit.",
    sideEffects: "None where the number is right.",
    reference: "https://www.rfc-editor.org/rfc/rfc2923",
  },
];
