/**
 * Which lines are kept as they are: those that tell of trouble, and of each kind the first few of an hour. Their number is in the
 * counts; a thousand more lines of the same would only fill the disk.
 */
import { countedPeer, isContentStage, type KeptEvent, peerIdentity } from "@mxray/contracts";
import { signOfEntry } from "../entries/entry-sign.ts";
import type { LogEntry } from "../entries/log-entry.ts";
import { mailEventOf } from "../entries/mail-event.ts";

/** Of one kind, peer and hour. */
const MOST_OF_PEER = 12;
/** Of one kind and hour at no stage of content, of all clients together: what scanners of the internet leave behind. */
const MOST_OF_CLIENTS = 24;
const HOUR_MS = 3_600_000;
/** Kinds that are remembered; then counting begins anew, so a few more are kept. */
const MOST_KINDS = 20_000;

export class EventKeeper {
  #events: KeptEvent[] = [];
  readonly #kept = new Map<string, number>();

  get size(): number {
    return this.#events.length;
  }

  add(entry: LogEntry, file: string, line: number): void {
    if (!tellsOfTrouble(entry)) return;
    const peer = countedPeer(entry.peer, entry.direction ?? "outbound");
    const { event, stage, status, direction } = entry;
    const ofClients = direction === "inbound" && !isContentStage(stage);
    const hour = Number.isNaN(entry.timeMs) ? 0 : Math.floor(entry.timeMs / HOUR_MS);
    const key = `${hour} ${event} ${stage} ${status} ${ofClients ? "" : peer === null ? entry.trouble : peerIdentity(peer)}`;
    const kept = this.#kept.get(key) ?? 0;
    if (kept >= (ofClients ? MOST_OF_CLIENTS : MOST_OF_PEER)) return;
    if (this.#kept.size >= MOST_KINDS) this.#kept.clear();
    this.#kept.set(key, kept + 1);
    this.#events.push({ peer, event: mailEventOf(entry, file, line) });
  }

  take(): KeptEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}

function tellsOfTrouble(entry: LogEntry): boolean {
  const { event, status, copy, failure } = entry;
  switch (event) {
    case "delivery":
      return status !== "sent" && !copy;
    case "lost-connection":
    case "timeout":
      // An idle client that went broke nothing.
      return failure !== null;
    case "pix-workarounds":
    case "connect-failed":
    case "client-limit":
    case "error-limit":
    case "resource":
    case "content-filter":
    case "queue-io":
    case "tls-failed":
      return true;
    case "queue-active":
    case "connect":
    case "disconnect":
    case null:
      return false;
    case "reject":
      return signOfEntry(entry) !== null;
  }
}
