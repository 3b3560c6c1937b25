/** Smaller packets to one address, by a route of its own with an MTU; Linux, which can lock it, is in sender-linux.ts. */
import type { Platform } from "@mxray/contracts";
import type { FamilyText, PlaybookEntry } from "./playbook-entry.ts";

interface RouteMtu {
  readonly platform: Platform;
  readonly name: string;
  readonly add: FamilyText;
  readonly remove: FamilyText;
  readonly look: FamilyText;
  /** How the route is kept over a restart. */
  readonly keep: string;
  readonly reference: string;
}

const add = {
  4: "route add -host {{peer-address}} {{gateway}} -mtu {{mtu}}",
  6: "route add -inet6 -host {{peer-address}} {{gateway}} -mtu {{mtu}}",
};
const remove = { 4: "route delete -host {{peer-address}}", 6: "route delete -inet6 -host {{peer-address}}" };
const removeByGateway = {
  4: "route delete -host {{peer-address}} {{gateway}}",
  6: "route delete -inet6 -host {{peer-address}} {{gateway}}",
};
const look = { 4: "route -n get {{peer-address}}", 6: "route -n get -inet6 {{peer-address}}" };

const systems: readonly RouteMtu[] = [
  {
    platform: "freebsd",
    name: "FreeBSD",
    add: {
      4: `${add[4]}\n# Where it has a route of its own already:\n# route change -host {{peer-address}} -mtu {{mtu}}`,
      6: `${add[6]}\n# Where it has a route of its own already:\n# route change -inet6 -host {{peer-address}} -mtu {{mtu}}`,
    },
    remove,
    look,
    keep: "`static_routes` in /etc/rc.conf keeps it.",
    reference: "https://man.freebsd.org/cgi/man.cgi?query=route&sektion=8",
  },
  {
    platform: "openbsd",
    name: "OpenBSD",
    add,
    remove,
    look,
    keep: "A line `!route add …` in /etc/hostname.INTERFACE keeps it.",
    reference: "https://man.openbsd.org/route.8",
  },
  {
    platform: "netbsd",
    name: "NetBSD",
    add,
    remove,
    look,
    keep: "`static_routes` in /etc/rc.conf keeps it.",
    reference: "https://man.netbsd.org/route.8",
  },
  {
    platform: "solaris",
    name: "Solaris 10 and older",
    add,
    remove: removeByGateway,
    look,
    keep: "A start script, or from Solaris 10 `route -p add`, keeps it.",
    reference: "https://docs.oracle.com/cd/E26505_01/html/816-5166/route-1m.html",
  },
  {
    platform: "illumos",
    name: "Solaris 11 and illumos",
    add,
    remove: removeByGateway,
    look,
    keep: "`route -p add` keeps it.",
    reference: "https://illumos.org/man/8/route",
  },
  {
    platform: "aix",
    name: "AIX",
    add,
    remove,
    look: { 4: "pmtu display", 6: "pmtu -inet6 display" },
    keep: "`chdev -l inet0` keeps it.",
    reference: "https://www.ibm.com/docs/en/aix/7.3?topic=r-route-command",
  },
  {
    platform: "macos",
    name: "macOS",
    add: { 4: `sudo ${add[4]}`, 6: `sudo ${add[6]}` },
    remove: { 4: `sudo ${remove[4]}`, 6: `sudo ${remove[6]}` },
    look,
    keep: "Only a start script keeps it.",
    reference: "https://github.com/apple-oss-distributions/network_cmds/blob/main/route.tproj/route.8",
  },
];

export const routeMtuEntries: readonly PlaybookEntry[] = systems.map((system) => ({
  id: `${system.platform}-route-mtu`,
  platform: system.platform,
  audience: "sender",
  kind: "workaround",
  codes: ["pmtu-black-hole", "log-size-correlated", "log-outbound-stalls"],
  mildness: 2,
  title: `${system.name}: send smaller packets to this address`,
  steps: system.add,
  undo: system.remove,
  check: system.look,
  sideEffects: `Gone after a restart. ${system.keep} Undo when the path is fixed.`,
  reference: system.reference,
}));
