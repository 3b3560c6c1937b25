/** What the parsers of Postfix's processes have in common: the text as a string, and a peer inside it. */
import { latin1 } from "../../bytes/byte-text.ts";
import type { LogEntry } from "../../entries/log-entry.ts";
import type { PeerNames } from "../../entries/log-peer-name.ts";

/** Postfix cuts its own lines at about as much. */
const LONGEST_TEXT = 2000;

/** From `from` on, one character per byte, so that an index in it is an index of the line. */
export function postfixText(entry: LogEntry, from: number): string {
  return latin1(entry.bytes, from, Math.min(entry.textTo, from + LONGEST_TEXT));
}

/** The peer at an index of the line; -1 for none. */
export function setPeer(entry: LogEntry, at: number, peers: PeerNames): void {
  if (at >= 0) entry.peer = peers.read(entry.bytes, at, entry.textTo);
}
