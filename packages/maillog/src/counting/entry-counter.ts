/**
 * Decides what an entry counts as: which message arrived and which stalled, what is told twice, what is one more attempt. The
 * statistics of a scan and the batches for a store are two sinks of this one interpreter, so that both mean the same. What each
 * number is, `LogStatistics` (contracts) says.
 */
import { type Direction, isContentStage, printable } from "@mxray/contracts";
import { delaysOf } from "../entries/entry-delays.ts";
import type { LogEntry } from "../entries/log-entry.ts";
import type { LogFailure } from "../entries/log-failure.ts";
import { domainIn } from "../entries/mail-domain.ts";
import { MessagePast, type PastAtPeer } from "../entries/message-past.ts";
import type { QueuedMessage } from "../entries/queued-message.ts";
import type { CountSink } from "./count-sink.ts";

/** Where the queue manager's lines are missing, records further apart than this are of different attempts. */
const SAME_ATTEMPT_MS = 60_000;

export class EntryCounter<P, K> {
  readonly #sink: CountSink<P, K>;

  constructor(sink: CountSink<P, K>) {
    this.#sink = sink;
  }

  /** @param entry completed by the correlator, with an event or without */
  add(entry: LogEntry): void {
    const { event, message } = entry;
    if (event === null) {
      if (entry.note === "removed" && message !== null) this.#left(this.#sink.pastOf(message));
      return;
    }
    if (entry.trouble !== null) this.#sink.trouble(entry.trouble, entry);
    switch (event) {
      case "delivery":
        this.#addDelivery(entry);
        return;
      case "queue-active":
        if (message !== null && message.activations === 1) this.#addAccepted(entry, message);
        return;
      case "lost-connection":
      case "timeout":
        if (entry.failure !== null) this.#addLoss(entry);
        return;
      case "error-limit":
        this.#addRefused(entry);
        return;
      case "pix-workarounds":
        this.#addPix(entry);
        return;
      case "connect":
      case "disconnect":
      case "connect-failed":
      case "client-limit":
      case "resource":
      case "content-filter":
      case "queue-io":
      case "reject":
      case "tls-failed":
        return;
    }
  }

  /** A message is accepted from its client when the queue manager first takes it up. */
  #addAccepted(entry: LogEntry, message: QueuedMessage): void {
    const peer = this.#sink.peerOf(message.client, "inbound");
    if (peer !== null) this.#sink.arrived(peer, entry, false);
  }

  #addDelivery(entry: LogEntry): void {
    const { status, message, copy } = entry;
    if (status === null) return;
    const peer = copy ? null : this.#sink.peerOf(entry.peer, "outbound");
    if (!copy) this.#sink.record(peer, status, entry);
    // By far the most: a message with one recipient, delivered at once.
    if (message !== null && status === "sent" && message.recipients === 1 && this.#sink.pastOf(message) === null) {
      if (peer !== null) this.#sink.arrived(peer, entry, false);
      return;
    }
    if (peer !== null) {
      if (status === "sent") this.#addSent(peer, entry);
      else if (isStall(entry.failure)) this.#addStalledDelivery(peer, entry);
    }
    if (message !== null) this.#addToQueue(entry, message, peer);
  }

  #addSent(peer: P, entry: LogEntry): void {
    const known = this.#pastAt(entry, peer);
    if (known === null) {
      this.#sink.arrived(peer, entry, false);
      return;
    }
    if (known.sent) this.#sink.arrivedAgain(peer, entry);
    else this.#sink.arrived(peer, entry, known.stalled);
    known.recovered ||= known.stalled;
    known.sent = true;
  }

  #addStalledDelivery(peer: P, entry: LogEntry): void {
    const known = this.#pastAt(entry, peer);
    if (known !== null && known.told > 0) {
      // The same stall, told once more.
      known.told -= 1;
      return;
    }
    this.#addStall(peer, entry, "outbound");
    const delays = delaysOf(entry);
    if (delays !== null && isContentStage(entry.stage)) this.#sink.stallSeconds(peer, entry, delays[3]);
  }

  #addLoss(entry: LogEntry): void {
    const { direction, program, message } = entry;
    if (direction === null) return;
    // Sendmail's delivery line follows and tells the same.
    if (program.mta === "sendmail" && direction === "outbound" && message !== null) return;
    const peer = this.#sink.peerOf(entry.peer, direction);
    if (direction === "inbound" && entry.received >= 0) this.#sink.received(peer, entry);
    if (peer === null) return;
    this.#addStall(peer, entry, direction);
    const known = program.mta === "exim" && direction === "outbound" ? this.#pastAt(entry, peer) : null;
    // Exim's delivery record counts it as failed.
    if (known !== null) known.told += 1;
    else this.#sink.broken(peer, entry);
  }

  #addStall(peer: P, entry: LogEntry, direction: Direction): void {
    this.#sink.stall(peer, entry);
    if (direction === "inbound" || !isContentStage(entry.stage)) return;
    const known = this.#pastAt(entry, peer);
    if (known === null) return;
    this.#sink.stalledMessage(peer, entry, known.stalled);
    known.stalled = true;
  }

  #addToQueue(entry: LogEntry, message: QueuedMessage, peer: P | null): void {
    const past = this.#past(message);
    const { status } = entry;
    if (status === "expired") {
      if (peer === null && past.lastPeer !== null) this.#sink.expired(past.lastPeer, entry);
      this.#left(past);
      return;
    }
    if (peer !== null) past.lastPeer = peer;
    if (!entry.copy) this.#addAttempt(entry, message, past);
    if (status === "deferred") this.#addDeferred(entry, past);
    else if (message.recipients === 1) this.#left(past);
  }

  #addAttempt(entry: LogEntry, { activations }: QueuedMessage, past: MessagePast<K, P>): void {
    const { timeMs, program } = entry;
    if (Number.isNaN(timeMs)) return;
    const sinceMs = timeMs - (past.lastEndMs ?? Number.NEGATIVE_INFINITY);
    const same = activations > 0 ? activations === past.activation : sinceMs < SAME_ATTEMPT_MS;
    if (!same) {
      const seconds = sinceMs / 1000 - busySeconds(entry);
      if (past.attempts > 0 && seconds >= 0) this.#sink.wait(program.mta, past.attempts, seconds, entry);
      past.attempts += 1;
      past.activation = activations;
    }
    past.lastEndMs = same ? Math.max(timeMs, past.lastEndMs ?? timeMs) : timeMs;
  }

  #addDeferred(entry: LogEntry, past: MessagePast<K, P>): void {
    const fresh = past.waitingSinceMs === null;
    if (fresh) {
      past.waitingSinceMs = Number.isNaN(entry.timeMs) ? 0 : entry.timeMs;
      past.destination = destinationOf(entry);
    }
    this.#sink.deferred(past, entry, fresh);
  }

  #left(past: MessagePast<K, P> | null): void {
    if (past === null || past.waitingSinceMs === null) return;
    this.#sink.left(past);
    past.waitingSinceMs = null;
  }

  #addRefused(entry: LogEntry): void {
    const peer = this.#sink.peerOf(entry.peer, "inbound");
    if (peer !== null) this.#sink.broken(peer, entry);
  }

  #addPix(entry: LogEntry): void {
    const peer = this.#sink.peerOf(entry.peer, "outbound");
    if (peer !== null) this.#sink.pix(peer, entry);
  }

  #pastAt({ message }: LogEntry, peer: P): PastAtPeer<K> | null {
    return message === null ? null : this.#past(message).at(this.#sink.keyOf(peer));
  }

  #past(message: QueuedMessage): MessagePast<K, P> {
    const known = this.#sink.pastOf(message);
    if (known !== null) return known;
    const fresh = new MessagePast<K, P>();
    this.#sink.keepPast(message, fresh);
    return fresh;
  }
}

function destinationOf({ bytes, recipientFrom, recipientTo, peer }: LogEntry): string {
  return domainIn(bytes, recipientFrom, recipientTo) ?? printable(peer?.peer.name ?? peer?.peer.address ?? "unknown", 255);
}

/** What the attempt itself took: connecting and transmitting. */
function busySeconds(entry: LogEntry): number {
  const delays = delaysOf(entry);
  return delays === null ? 0 : delays[2] + delays[3];
}

/** The peer went silent or away; an answer that nobody likes is none. */
function isStall(failure: LogFailure | null): boolean {
  return failure === "timeout" || failure === "lost-connection" || failure === "peer-timeout";
}
