/**
 * What counting must know of a message's past, so that it counts once however many recipients and attempts it has. Plain data
 * where keys and peers are: it may go to a store and come back after a restart.
 */
import type { HeldLine } from "./held-line.ts";

export interface PastAtPeer<K> {
  readonly key: K;
  sent: boolean;
  stalled: boolean;
  recovered: boolean;
}

/** A message has many recipients at most peers of a list server; beyond it counts as seen. */
const MOST_PEERS = 100;

const NONE: readonly never[] = [];

/** @typeParam K by what a peer is known again @typeParam P a peer */
export class MessagePast<K, P> {
  peers: readonly PastAtPeer<K>[] = NONE;
  /** The peer of the last attempt. */
  lastPeer: P | null = null;
  /** Real attempts so far, and the activation that the last one belongs to. */
  attempts = 0;
  activation = -1;
  /** End of the last attempt, ms UTC; null while there was none. */
  lastEndMs: number | null = null;
  /** ms UTC of the first deferral, 0 where its line has no time; null while it does not wait. */
  waitingSinceMs: number | null = null;
  /** The domain that it waits for, or the relay where no recipient is named. */
  destination: string | null = null;
  /** Hosts, by address, at which its content stalled. */
  stalledAt: readonly string[] = NONE;
  /** Lines of attempts whose delivery record is still to come; null for none. */
  held: readonly HeldLine[] | null = null;

  /** To be used for another message. */
  clear(): void {
    this.peers = NONE;
    this.lastPeer = null;
    this.attempts = 0;
    this.activation = -1;
    this.lastEndMs = null;
    this.waitingSinceMs = null;
    this.destination = null;
    this.stalledAt = NONE;
    this.held = null;
  }

  at(key: K): PastAtPeer<K> {
    for (const each of this.peers) if (each.key === key) return each;
    const fresh = { key, sent: false, stalled: false, recovered: false };
    // Mostly the only one: a list that grows by itself would take room for 17.
    if (this.peers.length < MOST_PEERS) this.peers = [...this.peers, fresh];
    return fresh;
  }
}
