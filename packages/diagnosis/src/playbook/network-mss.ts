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

const TO_PATH_MTU = `${sideEffects} It helps only on the router whose own interface has the small MTU, for it must know that number.`;
const NFT_TABLE = "The table is called `inet filter` here; `nft list ruleset` shows the name on yours.";
const NFT_UNDO = "nft -a list chain inet filter forward\n# then: nft delete rule inet filter forward handle {{handle}}";
const toPathMtu = { ...clamp, check, sideEffects: TO_PATH_MTU } as const;

export const mssEntries: readonly PlaybookEntry[] = [
  {
    ...clamp,
    id: "nftables-clamp-mss",
    platform: "nftables",
    title: "nftables: clamp the MSS",
    steps: {
      4: "nft insert rule inet filter forward 'meta nfproto ipv4 tcp flags & (syn|rst) == syn tcp option maxseg size {{mss-above}}-65535 tcp option maxseg size set {{mss}}'",
      6: "nft insert rule inet filter forward 'meta nfproto ipv6 tcp flags & (syn|rst) == syn tcp option maxseg size {{mss-above}}-65535 tcp option maxseg size set {{mss}}'",
    },
    undo: NFT_UNDO,
    check,
    sideEffects: `${sideEffects} ${NFT_TABLE}`,
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
      "# OpenBSD, /etc/pf.conf\nmatch on egress scrub (max-mss {{mss}})\n# FreeBSD, /etc/pf.conf\nscrub on $ext_if max-mss {{mss}}\n# then\npfctl -nf /etc/pf.conf && pfctl -f /etc/pf.conf",
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
    sideEffects: { 4: `${sideEffects} IOS takes 500 to 1460.`, 6: sideEffects },
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
    steps:
      "set security flow tcp-mss all-tcp mss {{mss}}\ncommit confirmed 5\n# Within 5 minutes, when mail still flows (else it is rolled back):\ncommit",
    undo: "delete security flow tcp-mss all-tcp\ncommit",
    check,
    sideEffects: `${sideEffects} \`ipsec-vpn\`, \`gre-in\` or \`gre-out\` in place of \`all-tcp\` limit it to such tunnels.`,
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
    ...toPathMtu,
    id: "nftables-clamp-mss-to-pmtu",
    platform: "nftables",
    title: "nftables: clamp the MSS to what the route carries",
    steps: "nft insert rule inet filter forward 'tcp flags & (syn|rst) == syn tcp option maxseg size set rt mtu'",
    undo: NFT_UNDO,
    sideEffects: `${TO_PATH_MTU} ${NFT_TABLE}`,
    reference: "https://wiki.nftables.org/wiki-nftables/index.php/Mangling_packet_headers",
  },
  {
    ...toPathMtu,
    id: "iptables-clamp-mss-to-pmtu",
    platform: "iptables",
    title: "iptables: clamp the MSS to what the route carries",
    steps: {
      4: "iptables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu",
      6: "ip6tables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu",
    },
    undo: {
      4: "iptables -t mangle -D FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu",
      6: "ip6tables -t mangle -D FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu",
    },
    reference: "https://man7.org/linux/man-pages/man8/iptables-extensions.8.html",
  },
  {
    ...toPathMtu,
    id: "mikrotik-clamp-mss-to-pmtu",
    platform: "mikrotik",
    title: "MikroTik: clamp the MSS to what the route carries",
    steps: {
      4: "/ip firewall mangle add chain=forward protocol=tcp tcp-flags=syn action=change-mss new-mss=clamp-to-pmtu",
      6: "/ipv6 firewall mangle add chain=forward protocol=tcp tcp-flags=syn action=change-mss new-mss=clamp-to-pmtu",
    },
    undo: {
      4: "/ip firewall mangle remove [find new-mss=clamp-to-pmtu]",
      6: "/ipv6 firewall mangle remove [find new-mss=clamp-to-pmtu]",
    },
    reference: "https://help.mikrotik.com/docs/spaces/ROS/pages/48660587/Mangle",
  },
];
