/** What whoever runs a sending Linux machine can do about a path MTU black hole (kernel: Documentation/networking/ip-sysctl.rst). */
import type { PlaybookEntry } from "./playbook-entry.ts";

const reference = "https://docs.kernel.org/networking/ip-sysctl.html";

export const linuxSenderEntries: readonly PlaybookEntry[] = [
  {
    id: "linux-mtu-probing",
    platform: "linux",
    audience: "sender",
    kind: "workaround",
    codes: ["pmtu-black-hole", "local-mtu", "log-size-correlated", "log-outbound-stalls"],
    mildness: 1,
    title: "Linux: let TCP find the size by itself when packets vanish",
    steps: "sysctl -w net.ipv4.tcp_mtu_probing=1\necho 'net.ipv4.tcp_mtu_probing = 1' > /etc/sysctl.d/60-mtu-probing.conf",
    undo: "rm /etc/sysctl.d/60-mtu-probing.conf\nsysctl -w net.ipv4.tcp_mtu_probing=0",
    check:
      "ss -tin dst {{mail-host-address}}\n# While a mail is sent: mss falls to about 1024 some seconds after the stall, and bytes_acked grows again.",
    sideEffects:
      "It holds for IPv4 and IPv6 and for every connection of this machine; one that stalls loses some seconds before it recovers.",
    reference,
  },
  {
    id: "linux-route-mtu",
    platform: "linux",
    audience: "sender",
    kind: "workaround",
    codes: ["pmtu-black-hole", "log-size-correlated", "log-outbound-stalls"],
    mildness: 2,
    title: "Linux: smaller packets to this one mail host",
    steps: {
      4: "ip route replace {{peer-prefix}} via {{gateway}} mtu lock {{mtu}}\nip route flush cache",
      6: "ip -6 route replace {{peer-prefix}} via {{gateway}} mtu lock {{mtu}}\nip -6 route flush cache",
    },
    undo: {
      4: "ip route del {{peer-prefix}}\nip route flush cache",
      6: "ip -6 route del {{peer-prefix}}\nip -6 route flush cache",
    },
    check: "ip route get {{mail-host-address}}\n# It must show: mtu lock {{mtu}}",
    sideEffects:
      "The route is gone after a restart unless it is also written into the network configuration; it must be undone when the path has been mended.",
    reference: "https://man7.org/linux/man-pages/man8/ip-route.8.html",
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
      4: "tcpdump -ni {{interface}} -v host {{mail-host-address}} and tcp port {{port}}\n# The packets to the mail host no longer show the flag [DF].",
      6: "",
    },
    sideEffects:
      "Every router with a smaller link then cuts packets up, for every destination; some firewalls drop such fragments. IPv6 knows no fragmentation by routers, so this helps IPv4 only.",
    reference,
  },
];

export const linuxReceiverEntries: readonly PlaybookEntry[] = [
  {
    id: "linux-advmss",
    platform: "linux",
    audience: "receiver",
    kind: "workaround",
    codes: ["pmtu-black-hole", "pmtu-black-hole-inbound", "log-inbound-stalls"],
    mildness: 2,
    title: "Linux: ask senders for smaller segments",
    steps: {
      4: "ip route replace default via {{gateway}} advmss {{mss}}",
      6: "ip -6 route replace default via {{gateway}} advmss {{mss}}",
    },
    undo: { 4: "ip route replace default via {{gateway}}", 6: "ip -6 route replace default via {{gateway}}" },
    check: "tcpdump -ni {{interface}} 'tcp[tcpflags] & tcp-syn != 0 and port {{port}}'\n# This machine's SYN and SYN-ACK show mss {{mss}}.",
    sideEffects: "All peers send this machine smaller segments; it costs some per cent of throughput.",
    reference: "https://man7.org/linux/man-pages/man8/ip-route.8.html",
  },
  {
    id: "linux-interface-mtu",
    platform: "linux",
    audience: "receiver",
    kind: "workaround",
    codes: ["pmtu-black-hole", "pmtu-black-hole-inbound", "local-mtu", "log-inbound-stalls"],
    mildness: 3,
    title: "Linux: a smaller MTU on the interface",
    steps: "ip link set dev {{interface}} mtu {{mtu}}",
    undo: "ip link set dev {{interface}} mtu 1500",
    check: "ip link show dev {{interface}}\n# It must show: mtu {{mtu}}. New connections then advertise segments of {{mss}} bytes.",
    sideEffects:
      "It holds until the next restart unless the network configuration says the same, and for all traffic of that interface, local too.",
    reference: "https://man7.org/linux/man-pages/man8/ip-link.8.html",
  },
];
