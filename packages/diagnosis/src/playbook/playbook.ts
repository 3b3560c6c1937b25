/** Every remedy, family by family; the order within a family is the order in which equals are shown. */
import { atMailHost } from "./at-mail-host.ts";
import { fixupEntries } from "./fixup.ts";
import { otherDeviceEntries } from "./fixup-other-device.ts";
import { otherMtaEntries } from "./fixup-other-mta.ts";
import { hostEntries } from "./host.ts";
import { interfaceMtuEntries } from "./interface-mtu.ts";
import { ipv6Entries } from "./ipv6.ts";
import { logCauseEntries } from "./log-causes.ts";
import { logPolicyEntries } from "./log-policies.ts";
import { logProgramEntries } from "./log-programs.ts";
import { logTroubleEntries } from "./log-troubles.ts";
import { mailHostEntries } from "./mail-host.ts";
import { icmpEntries, ownWindowsFirewallEntry } from "./network-icmp.ts";
import { mssEntries } from "./network-mss.ts";
import type { PlaybookEntry } from "./playbook-entry.ts";
import { routeMtuEntries } from "./route-mtu.ts";
import { linuxAdvertisedMssEntries, linuxSenderEntries } from "./sender-linux.ts";
import { mtaSenderEntries } from "./sender-mta.ts";
import { systemSenderEntries } from "./sender-systems.ts";
import { tunnelMtuEntries } from "./tunnel-mtu.ts";
import { windowScalingEntries } from "./window-scaling.ts";

const machineEntries = [...linuxSenderEntries, ...systemSenderEntries, ...routeMtuEntries, ownWindowsFirewallEntry];

export const PLAYBOOK: readonly PlaybookEntry[] = [
  ...machineEntries,
  ...atMailHost(machineEntries),
  ...mtaSenderEntries,
  ...linuxAdvertisedMssEntries,
  ...interfaceMtuEntries,
  ...icmpEntries,
  ...mssEntries,
  ...tunnelMtuEntries,
  ...windowScalingEntries,
  ...fixupEntries,
  ...otherMtaEntries,
  ...otherDeviceEntries,
  ...mailHostEntries,
  ...ipv6Entries,
  ...hostEntries,
  ...logTroubleEntries,
  ...logCauseEntries,
  ...logProgramEntries,
  ...logPolicyEntries,
];
