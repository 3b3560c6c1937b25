/** Something on the way takes the window scaling option out of the SYN-ACK: the two ends then disagree about the window. */
import type { PlaybookEntry } from "./playbook-entry.ts";

const codes = ["window-scaling"] as const;
const CHECK = "Probe again: the receive window is no longer a few bytes, and the finding is gone.";

export const windowScalingEntries: readonly PlaybookEntry[] = [
  {
    id: "linux-no-window-scaling-route",
    platform: "linux",
    audience: "sender",
    kind: "workaround",
    codes,
    mildness: 4,
    title: "Linux: disable TCP window scaling on this machine",
    steps: "sysctl -w net.ipv4.tcp_window_scaling=0\necho 'net.ipv4.tcp_window_scaling = 0' > /etc/sysctl.d/60-no-window-scaling.conf",
    undo: "rm /etc/sysctl.d/60-no-window-scaling.conf\nsysctl -w net.ipv4.tcp_window_scaling=1",
    check: "ss -tino dst {{mail-host-address}}\n# No wscale is shown, and snd_wnd is some 65,000 bytes.",
    sideEffects:
      "Every new connection of this machine then has a window of 64 kB at most: long, fast paths get slower, at 100 ms to about 650 kB a second for each connection.",
    reference: "https://www.kernel.org/doc/html/latest/networking/ip-sysctl.html",
  },
  {
    id: "asa-allow-window-scaling",
    platform: "cisco-asa",
    audience: "network",
    kind: "fix",
    codes,
    mildness: 2,
    title: "Cisco ASA: allow the window scaling option",
    steps:
      "! The default allows it; look for a tcp-map that clears it:\nshow running-config tcp-map\n! In that map:\ntcp-map {{policy}}\n tcp-options window-scale allow",
    undo: "tcp-map {{policy}}\n tcp-options window-scale clear",
    check: CHECK,
    sideEffects: "",
    reference: "https://www.cisco.com/c/en/us/td/docs/security/asa/asa-cli-reference/T-Z/asa-command-ref-T-Z.html",
  },
  {
    id: "nftables-keep-window-scaling",
    platform: "nftables",
    audience: "network",
    kind: "fix",
    codes,
    mildness: 1,
    title: "nftables: find the rule that resets the option",
    steps:
      "nft -a list ruleset | grep -n 'reset tcp option'\n# Remove the rule for the option 'window':\nnft delete rule {{chain}} handle {{handle}}",
    undo: "# Add the rule again as it was listed.",
    check: CHECK,
    sideEffects: "",
    reference: "https://wiki.nftables.org/wiki-nftables/index.php/Mangling_packet_headers",
  },
  {
    id: "any-keep-window-scaling",
    platform: "any",
    audience: "network",
    kind: "fix",
    codes,
    mildness: 1,
    title: "Any firewall, load balancer or WAN optimizer: pass TCP options unchanged",
    steps:
      "Capture the handshake on both sides of each device between the two hosts:\ntcpdump -ni {{interface}} 'host {{mail-host-address}} and tcp port {{port}} and tcp[tcpflags] & tcp-syn != 0'\nThe device behind which 'wscale' is missing from the SYN-ACK strips it. Turn off its TCP normalization for that option.",
    undo: "Turn the setting on again.",
    check: CHECK,
    sideEffects: "",
    reference: "https://www.rfc-editor.org/rfc/rfc7323#section-2",
  },
];
