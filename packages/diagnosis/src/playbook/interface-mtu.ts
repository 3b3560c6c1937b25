/**
 * A smaller MTU on a machine's own interface: it sends no larger packets, and by its MSS it asks for none. So it helps in both
 * directions and at either end, and each system has one entry for the sender and one for whoever runs the mail host.
 */
import type { FindingCode, Platform } from "@mxray/contracts";
import type { FamilyText, PlaybookEntry } from "./playbook-entry.ts";

interface InterfaceMtu {
  readonly platform: Platform;
  readonly name: string;
  readonly set: FamilyText;
  /** To the 1500 bytes of Ethernet, or to the default. */
  readonly reset: FamilyText;
  readonly look: FamilyText;
  /** How the setting is kept over a restart. */
  readonly keep: string;
  readonly reference: string;
}

const bsd = {
  set: "ifconfig {{interface}} mtu {{mtu}}",
  reset: "ifconfig {{interface}} mtu 1500",
  look: "ifconfig {{interface}}",
} as const;

const systems: readonly InterfaceMtu[] = [
  {
    platform: "linux",
    name: "Linux",
    set: "ip link set dev {{interface}} mtu {{mtu}}",
    reset: "ip link set dev {{interface}} mtu 1500",
    look: "ip link show dev {{interface}}\n# It must show: mtu {{mtu}}",
    keep: "It holds until the next restart unless the network configuration says the same.",
    reference: "https://man7.org/linux/man-pages/man8/ip-link.8.html",
  },
  {
    ...bsd,
    platform: "freebsd",
    name: "FreeBSD",
    keep: "`mtu {{mtu}}` in the interface's ifconfig_… line of /etc/rc.conf keeps it.",
    reference: "https://man.freebsd.org/cgi/man.cgi?query=ifconfig&sektion=8",
  },
  {
    ...bsd,
    platform: "openbsd",
    name: "OpenBSD",
    keep: "A line `mtu {{mtu}}` in the interface's /etc/hostname.… file keeps it.",
    reference: "https://man.openbsd.org/ifconfig.8",
  },
  {
    ...bsd,
    platform: "netbsd",
    name: "NetBSD",
    keep: "A line `mtu {{mtu}}` in the interface's /etc/ifconfig.… file keeps it.",
    reference: "https://man.netbsd.org/ifconfig.8",
  },
  {
    platform: "macos",
    name: "macOS",
    set: "sudo networksetup -setMTU {{interface}} {{mtu}}",
    reset: "sudo networksetup -setMTU {{interface}} 1500",
    look: "networksetup -getMTU {{interface}}",
    keep: "It outlives a restart.",
    reference: "https://support.apple.com/guide/remote-desktop/about-networksetup-apdd0c5a2d5/mac",
  },
  {
    ...bsd,
    platform: "solaris",
    name: "Solaris 10 and older",
    set: { 4: bsd.set, 6: "ifconfig {{interface}} inet6 mtu {{mtu}}" },
    reset: { 4: bsd.reset, 6: "ifconfig {{interface}} inet6 mtu 1500" },
    keep: "The same words in the interface's /etc/hostname.… file keep it.",
    reference: "https://docs.oracle.com/cd/E26505_01/html/816-5166/ifconfig-1m.html",
  },
  {
    platform: "illumos",
    name: "Solaris 11 and illumos",
    set: {
      4: "ipadm set-ifprop -p mtu={{mtu}} -m ipv4 {{interface}}",
      6: "ipadm set-ifprop -p mtu={{mtu}} -m ipv6 {{interface}}",
    },
    reset: { 4: "ipadm reset-ifprop -p mtu -m ipv4 {{interface}}", 6: "ipadm reset-ifprop -p mtu -m ipv6 {{interface}}" },
    look: "ipadm show-ifprop -p mtu {{interface}}",
    keep: "It outlives a restart.",
    reference: "https://illumos.org/man/8/ipadm",
  },
  {
    platform: "aix",
    name: "AIX",
    set: "chdev -l {{interface}} -a mtu={{mtu}}",
    reset: "chdev -l {{interface}} -a mtu=1500",
    look: "lsattr -El {{interface}} -a mtu",
    keep: "It outlives a restart.",
    reference: "https://www.ibm.com/docs/en/aix/7.3?topic=c-chdev-command",
  },
  {
    platform: "hp-ux",
    name: "HP-UX",
    set: "lanscan\nlanadmin -M {{mtu}} {{ppa}}",
    reset: "lanadmin -M 1500 {{ppa}}",
    look: "lanadmin -m {{ppa}}",
    keep: "/etc/rc.config.d keeps it, in a file that depends on the card's driver. It has not been tried here: read lanadmin(1M) first.",
    reference: "https://support.hpe.com/hpesc/public/docDisplay?docId=c02017815",
  },
  {
    platform: "windows",
    name: "Windows, Exchange",
    set: {
      4: 'netsh interface ipv4 set subinterface "{{interface}}" mtu={{mtu}} store=persistent',
      6: 'netsh interface ipv6 set subinterface "{{interface}}" mtu={{mtu}} store=persistent',
    },
    reset: {
      4: 'netsh interface ipv4 set subinterface "{{interface}}" mtu=1500 store=persistent',
      6: 'netsh interface ipv6 set subinterface "{{interface}}" mtu=1500 store=persistent',
    },
    look: { 4: "netsh interface ipv4 show subinterfaces", 6: "netsh interface ipv6 show subinterfaces" },
    keep: "`store=persistent` keeps it over a restart.",
    reference: "https://learn.microsoft.com/en-us/windows-server/networking/technologies/netsh/netsh-interface-ipv4",
  },
];

const SENDER: readonly FindingCode[] = [
  "pmtu-black-hole",
  "pmtu-black-hole-inbound",
  "local-mtu",
  "log-size-correlated",
  "log-outbound-stalls",
];
const RECEIVER: readonly FindingCode[] = ["pmtu-black-hole", "pmtu-black-hole-inbound", "log-inbound-stalls"];

export const interfaceMtuEntries: readonly PlaybookEntry[] = systems.flatMap((system) => {
  const entry = {
    platform: system.platform,
    kind: "workaround",
    mildness: 3,
    steps: system.set,
    undo: system.reset,
    check: system.look,
    sideEffects: `All traffic of that interface uses smaller packets, local too, and every peer is asked for segments of {{mss}} bytes at most. ${system.keep}`,
    reference: system.reference,
  } as const;
  return [
    {
      ...entry,
      id: `${system.platform}-interface-mtu`,
      audience: "sender",
      codes: SENDER,
      title: `${system.name}: lower the MTU of the interface`,
    },
    {
      ...entry,
      id: `${system.platform}-receiver-mtu`,
      audience: "receiver",
      codes: RECEIVER,
      title: `${system.name}: lower the MTU of the interface, so that senders send smaller segments`,
    },
  ];
});
