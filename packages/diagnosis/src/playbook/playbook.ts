/** Every remedy, family by family; the order within a family is the order in which equals are shown. */
import { fixupEntries } from "./fixup.ts";
import { logTroubleEntries } from "./log-troubles.ts";
import { mailHostEntries } from "./mail-host.ts";
import { icmpEntries } from "./network-icmp.ts";
import { mssEntries } from "./network-mss.ts";
import type { PlaybookEntry } from "./playbook-entry.ts";
import { linuxReceiverEntries, linuxSenderEntries } from "./sender-linux.ts";
import { mtaSenderEntries } from "./sender-mta.ts";
import { systemReceiverEntries, systemSenderEntries } from "./sender-systems.ts";

export const PLAYBOOK: readonly PlaybookEntry[] = [
  ...linuxSenderEntries,
  ...mtaSenderEntries,
  ...systemSenderEntries,
  ...linuxReceiverEntries,
  ...systemReceiverEntries,
  ...icmpEntries,
  ...mssEntries,
  ...fixupEntries,
  ...mailHostEntries,
  ...logTroubleEntries,
];
