/**
 * In a black hole on the way from the mail host, the mail host is the machine whose large packets are lost: what a sender can do
 * about its own hole, whoever runs the mail host can do about this one, with the two ends exchanged.
 */
import type { PlaybookEntry } from "./playbook-entry.ts";

export function atMailHost(senderEntries: readonly PlaybookEntry[]): PlaybookEntry[] {
  return senderEntries
    .filter(({ codes }) => codes.includes("pmtu-black-hole"))
    .map((entry) => ({ ...entry, id: `${entry.id}-at-mail-host`, audience: "receiver", codes: ["pmtu-black-hole-inbound"] }));
}
