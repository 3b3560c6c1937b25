/** Every remedy, family by family; the order within a family is the order in which equals are shown. */
import type { PlaybookEntry } from "./playbook-entry.ts";
import { linuxSenderEntries } from "./sender-linux.ts";

export const PLAYBOOK: readonly PlaybookEntry[] = [...linuxSenderEntries];
