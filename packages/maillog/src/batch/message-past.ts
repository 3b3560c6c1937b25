/** What counting must know of a message's past, as plain data: it goes to the store and comes back after a restart. */
import type { CountedPeer } from "@mxray/contracts";
import type { QueuedMessage } from "../queued-message.ts";

export interface PastAtPeer {
  readonly key: string;
  sent: boolean;
  stalled: boolean;
  recovered: boolean;
  /** Stalls that a line of their own told and whose delivery record is still to come (Exim writes both). */
  told: number;
}

/** A message has many recipients at most peers of a list server; beyond it counts as seen. */
const MOST_PEERS = 100;

export class MessagePast {
  readonly peers: PastAtPeer[] = [];
  lastPeer: CountedPeer | null = null;
  attempts = 0;
  activation = -1;
  /** ms UTC; null while there was no attempt. */
  lastEndMs: number | null = null;
  /** ms UTC of the first deferral; null while it does not wait. */
  waitingSinceMs: number | null = null;
  destination: string | null = null;

  at(key: string): PastAtPeer {
    for (const each of this.peers) if (each.key === key) return each;
    const fresh = { key, sent: false, stalled: false, recovered: false, told: 0 };
    if (this.peers.length < MOST_PEERS) this.peers.push(fresh);
    return fresh;
  }
}

export function pastOf(message: QueuedMessage): MessagePast {
  message.past ??= new MessagePast();
  return message.past;
}
