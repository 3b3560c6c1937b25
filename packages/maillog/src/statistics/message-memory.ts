/** What the statistics remember of one message, so that it counts once however many recipients and attempts it has. */
import type { QueuedMessage } from "../queued-message.ts";
import type { PeerTally } from "./peer-tally.ts";

interface AtPeer {
  readonly tally: PeerTally;
  sent: boolean;
  stalled: boolean;
  recovered: boolean;
  /** Stalls that a line of their own told and whose delivery record is still to come (Exim writes both). */
  told: number;
}

/** A message has many recipients at most peers of a list server; beyond it counts as seen. */
const MOST_PEERS = 100;

export class MessageMemory {
  readonly #peers: AtPeer[] = [];
  /** The peer of the last attempt. */
  lastPeer: PeerTally | null = null;
  /** Real attempts so far, and the activation that the last one belongs to. */
  attempts = 0;
  activation = -1;
  /** End of the last attempt, ms UTC. */
  lastEndMs = Number.NaN;
  /** First deferral; NaN while there was none. */
  waitingSinceMs = Number.NaN;
  destination = "";

  at(tally: PeerTally): AtPeer {
    for (const each of this.#peers) if (each.tally === tally) return each;
    const fresh = { tally, sent: false, stalled: false, recovered: false, told: 0 };
    if (this.#peers.length < MOST_PEERS) this.#peers.push(fresh);
    return fresh;
  }
}

export function memoryOf(message: QueuedMessage): MessageMemory {
  if (message.memory instanceof MessageMemory) return message.memory;
  const fresh = new MessageMemory();
  message.memory = fresh;
  return fresh;
}
