/**
 * What a Linux machine that sends can do about a path MTU black hole, and how one that receives asks for smaller segments
 * (kernel: Documentation/networking/ip-sysctl.rst).
 */
import type { PlaybookEntry } from "./playbook-entry.ts";

const reference = "https://docs.kernel.org/networking/ip-sysctl.html";

const ROUTE = "https://man7.org/linux/man-pages/man8/ip-route.8.html";

export const linuxSenderEntries: readonly PlaybookEntry[] = [
  {
    id: "linux-mtu-probing",
    platform: "linux",
    audience: "sender",
    kind: "workaround",
    codes: ["pmtu-black-hole", "path-differs", "local-mtu", "log-size-correlated", "log-outbound-stalls"],
    mildness: 1,
    title: "Linux: enable TCP MTU probing",
    steps: "sysctl -w net.ipv4.tcp_mtu_probing=1\necho 'net.ipv4.tcp_mtu_probing = 1' > /etc/sysctl.d/60-mtu-probing.conf",
    undo: "rm /etc/sysctl.d/60-mtu-probing.conf\nsysctl -w net.ipv4.tcp_mtu_probing=0",
    check:
      "ss -tin dst {{peer-address}}\n# While a mail is sent: mss falls to about 1024 some seconds after the stall, and bytes_acked grows again.",
    sideEffects:
      "It holds for IPv4 and IPv6 and for every connection of this machine; one that stalls loses 3 to 5 seconds before it falls back to segments of net.ipv4.tcp_base_mss (1024 bytes; 512 before 2015), never below net.ipv4.tcp_mtu_probe_floor (48), and it tries larger ones every net.ipv4.tcp_probe_interval (600 s). 2 in place of 1 starts every connection that small.",
    reference,
  },
  {
    id: "linux-mtu-probing-on-demand",
    platform: "linux",
    audience: "sender",
    kind: "workaround",
    codes: ["host-setting-hides"],
    mildness: 1,
    title: "Linux: start connections with full-size packets",
    steps: "sysctl -w net.ipv4.tcp_mtu_probing=1\necho 'net.ipv4.tcp_mtu_probing = 1' > /etc/sysctl.d/60-mtu-probing.conf",
    undo: "rm /etc/sysctl.d/60-mtu-probing.conf\nsysctl -w net.ipv4.tcp_mtu_probing=2",
    check: "sysctl net.ipv4.tcp_mtu_probing\n# It must show 1. Then run the probe again.",
    sideEffects:
      "It applies to IPv4 and IPv6 and to every connection of this machine. A connection that meets a black hole loses 3 to 5 seconds before it falls back to small segments.",
    reference,
  },
  {
    id: "linux-route-mtu",
    platform: "linux",
    audience: "sender",
    kind: "workaround",
    codes: ["pmtu-black-hole", "log-size-correlated", "log-outbound-stalls"],
    mildness: 2,
    title: "Linux: send smaller packets to this address",
    steps: {
      4: "ip route replace {{peer-prefix}} via {{gateway}} mtu lock {{mtu}}\nip route flush cache",
      6: "ip -6 route replace {{peer-prefix}} via {{gateway}} mtu lock {{mtu}}\nip -6 route flush cache",
    },
    undo: {
      4: "ip route del {{peer-prefix}}\nip route flush cache",
      6: "ip -6 route del {{peer-prefix}}\nip -6 route flush cache",
    },
    check: "ip route get {{peer-address}}\n# It must show: mtu lock {{mtu}}",
    sideEffects:
      "`lock` ends path MTU discovery for this address: packets go there without DF. The route is gone after a restart unless it is also written into the network configuration; undo it when the path is fixed.",
    reference: ROUTE,
  },
  {
    id: "linux-no-pmtu-discovery",
    platform: "linux",
    audience: "sender",
    kind: "workaround",
    codes: ["pmtu-black-hole", "local-mtu", "log-size-correlated", "log-outbound-stalls"],
    mildness: 4,
    title: "Linux: disable path MTU discovery",
    steps: {
      4: "sysctl -w net.ipv4.ip_no_pmtu_disc=1\necho 'net.ipv4.ip_no_pmtu_disc = 1' > /etc/sysctl.d/60-no-pmtu-disc.conf",
      6: "",
    },
    undo: { 4: "rm /etc/sysctl.d/60-no-pmtu-disc.conf\nsysctl -w net.ipv4.ip_no_pmtu_disc=0", 6: "" },
    check: {
      4: "tcpdump -ni {{interface}} -v host {{peer-address}} and tcp port {{port}}\n# The packets to it no longer show the flag [DF].",
      6: "",
    },
    needsFragments: true,
    sideEffects:
      "Every router with a smaller link then cuts packets up, for every destination; some firewalls drop such fragments. IPv6 knows no fragmentation by routers, so this helps IPv4 only. 1 lets the route fall to net.ipv4.route.min_pmtu (552) when a router complains; 2 discards such messages; 3 is no remedy: it honours them for protocols that check them, such as TCP.",
    reference,
  },
  {
    id: "linux-own-firewall",
    platform: "linux",
    audience: "sender",
    kind: "fix",
    codes: ["pmtu-black-hole", "log-size-correlated"],
    mildness: 1,
    title: "Linux: make sure the local firewall accepts ICMP fragmentation-needed messages",
    steps: {
      4: "nstat -az IcmpInDestUnreachs\nnft list ruleset | grep -n -i icmp\niptables -S | grep -i icmp\n# Where ICMP is dropped, let type 3 code 4 in (in nftables or in iptables):\nnft insert rule inet filter input icmp type destination-unreachable icmp code frag-needed accept\niptables -I INPUT -p icmp --icmp-type fragmentation-needed -j ACCEPT",
      6: "nstat -az Icmp6InPktTooBigs\nnft list ruleset | grep -n -i icmp\nip6tables -S | grep -i icmp\n# Where ICMPv6 is dropped, let type 2 in (in nftables or in ip6tables):\nnft insert rule inet filter input icmpv6 type packet-too-big accept\nip6tables -I INPUT -p icmpv6 --icmpv6-type packet-too-big -j ACCEPT",
    },
    undo: {
      4: "iptables -D INPUT -p icmp --icmp-type fragmentation-needed -j ACCEPT\nnft -a list chain inet filter input\n# then: nft delete rule inet filter input handle {{handle}}",
      6: "ip6tables -D INPUT -p icmpv6 --icmpv6-type packet-too-big -j ACCEPT\nnft -a list chain inet filter input\n# then: nft delete rule inet filter input handle {{handle}}",
    },
    check: {
      4: "nstat -az IcmpInDestUnreachs\n# The count grows while a large mail is sent: the message arrives. Where it stays, something before this machine keeps it.",
      6: "nstat -az Icmp6InPktTooBigs\n# The count grows while a large mail is sent: the message arrives. Where it stays, something before this machine keeps it.",
    },
    sideEffects: "The table is called `inet filter` here; `nft list ruleset` shows the name on yours.",
    reference: "https://www.rfc-editor.org/rfc/rfc4890",
  },
];

/** How a machine asks the other end for smaller segments. */
export const linuxAdvertisedMssEntries: readonly PlaybookEntry[] = [
  {
    id: "linux-route-advmss",
    platform: "linux",
    audience: "sender",
    kind: "workaround",
    codes: ["pmtu-black-hole-inbound"],
    mildness: 2,
    title: "Linux: request smaller segments from this address",
    steps: {
      4: "ip route replace {{peer-prefix}} via {{gateway}} advmss {{mss}}",
      6: "ip -6 route replace {{peer-prefix}} via {{gateway}} advmss {{mss}}",
    },
    undo: { 4: "ip route del {{peer-prefix}}", 6: "ip -6 route del {{peer-prefix}}" },
    check: "tcpdump -ni {{interface}} host {{peer-address}} and tcp port {{port}}\n# This machine's SYN shows mss {{mss}}.",
    sideEffects: "The route is gone after a restart unless it is also written into the network configuration.",
    reference: ROUTE,
  },
  {
    id: "linux-advmss",
    platform: "linux",
    audience: "receiver",
    kind: "workaround",
    codes: ["pmtu-black-hole", "log-inbound-stalls"],
    mildness: 2,
    title: "Linux: request smaller segments from all senders",
    steps: {
      4: "ip route replace default via {{gateway}} advmss {{mss}}",
      6: "ip -6 route replace default via {{gateway}} advmss {{mss}}",
    },
    undo: { 4: "ip route replace default via {{gateway}}", 6: "ip -6 route replace default via {{gateway}}" },
    check: {
      4: "tcpdump -ni {{interface}} 'tcp[tcpflags] & tcp-syn != 0 and port {{port}}'\n# This machine's SYN and SYN-ACK show mss {{mss}}.",
      6: "tcpdump -ni {{interface}} 'ip6 proto 6 and ip6[53] & 2 != 0 and port {{port}}'\n# This machine's SYN and SYN-ACK show mss {{mss}}.",
    },
    sideEffects: "All peers send this machine smaller segments; it costs some per cent of throughput.",
    reference: ROUTE,
  },
];
