/** The small link itself: its ends must know what it carries, for only then can a router say so (RFC 2923, section 2.1). */
import type { FindingCode } from "@mxray/contracts";
import { tunnelMtuList } from "../link-mtu.ts";
import type { PlaybookEntry } from "./playbook-entry.ts";

const codes: readonly FindingCode[] = ["pmtu-black-hole", "pmtu-black-hole-inbound", "local-mtu", "log-size-correlated"];
const fix = { audience: "network", kind: "fix", codes, mildness: 3 } as const;
const check = "From the router: a ping of {{mtu}} bytes with DF set passes, one of a byte more gets the message that it does not fit.";
const sideEffects = "None where the number is right, and the same at both ends.";

export const tunnelMtuEntries: readonly PlaybookEntry[] = [
  {
    ...fix,
    id: "tunnel-mtu",
    platform: "any",
    title: "Set the tunnel's MTU to what it carries",
    steps: `Set the MTU of the tunnel or PPPoE interface between the two routers to {{mtu}} bytes on both of its ends, so that the router in front of it knows what fits. Usual over Ethernet of 1500 bytes: ${tunnelMtuList()}.`,
    undo: "Set it back to what it was.",
    check,
    sideEffects,
    reference: "https://www.rfc-editor.org/rfc/rfc2923",
  },
  {
    ...fix,
    id: "linux-tunnel-mtu",
    platform: "linux",
    title: "Linux router: set the MTU of a tunnel, WireGuard or PPPoE interface",
    steps:
      "# At once, for any of them:\nip link set dev {{interface}} mtu {{mtu}}\n# To keep it, WireGuard (wg-quick), in the [Interface] part of its file:\n# MTU = {{mtu}}\n# PPPoE (pppd), in /etc/ppp/peers/…: the line usually has 1492\n# mtu {{mtu}}\n# mru {{mtu}}",
    undo: "# Set it back to what `ip link show dev {{interface}}` said before.",
    check,
    sideEffects,
    reference: "https://man7.org/linux/man-pages/man8/ip-link.8.html",
  },
  {
    ...fix,
    id: "ios-tunnel-mtu",
    platform: "cisco-ios",
    title: "Cisco IOS: set the IP MTU of a tunnel or dialer interface and the matching MSS",
    steps: {
      4: "interface {{interface}}\n ip mtu {{mtu}}\n ip tcp adjust-mss {{mss}}",
      6: "interface {{interface}}\n ipv6 mtu {{mtu}}\n ipv6 tcp adjust-mss {{mss}}",
    },
    undo: {
      4: "interface {{interface}}\n no ip mtu\n no ip tcp adjust-mss",
      6: "interface {{interface}}\n no ipv6 mtu\n no ipv6 tcp adjust-mss",
    },
    check,
    sideEffects,
    reference: "https://www.cisco.com/c/en/us/support/docs/ip/generic-routing-encapsulation-gre/25885-pmtud-ipfrag.html",
  },
  {
    ...fix,
    id: "mikrotik-pppoe-mtu",
    platform: "mikrotik",
    title: "MikroTik: set the MTU of a PPPoE line",
    steps: "/interface pppoe-client set {{interface}} max-mtu={{mtu}} max-mru={{mtu}}",
    undo: "/interface pppoe-client set {{interface}} max-mtu=auto max-mru=auto",
    check,
    sideEffects: `${sideEffects} The line is redialled. PPPoE usually leaves 1492.`,
    reference: "https://help.mikrotik.com/docs/spaces/ROS/pages/2031625/PPPoE",
  },
];
