/** Counts what a delivery record means for the queue: attempts, the waits between them, messages that begin to wait and that leave. */
import { printable } from "@mxray/contracts";
import type { LogEntry } from "../entries/log-entry.ts";
import { DomainNames } from "../entries/mail-domain.ts";
import type { MessagePast } from "../entries/message-past.ts";
import type { QueuedMessage } from "../entries/queued-message.ts";
import { attemptBusySeconds } from "./attempt-seconds.ts";
import type { CountSink } from "./count-sink.ts";

/** Where the queue manager's lines are missing, records further apart than this are of different attempts. */
const SAME_ATTEMPT_MS = 60_000;

type QueueSink<P, K> = Pick<CountSink<P, K>, "deferred" | "expired" | "left" | "wait" | "writer">;

export class QueueCounter<P, K> {
  readonly #sink: QueueSink<P, K>;
  readonly #domains = new DomainNames();

  constructor(sink: QueueSink<P, K>) {
    this.#sink = sink;
  }

  /** @param peer null where the record names none, and for a copy */
  add(entry: LogEntry, message: QueuedMessage, past: MessagePast<K, P>, peer: P | null): void {
    const { status } = entry;
    if (status === "expired") {
      if (peer === null && past.lastPeer !== null) this.#sink.expired(past.lastPeer, entry);
      this.left(past);
      return;
    }
    if (peer !== null) past.lastPeer = peer;
    if (!entry.copy) this.#addAttempt(entry, message, past);
    if (status === "deferred") this.#addDeferred(entry, past);
    else if (message.recipients === 1) this.left(past);
  }

  /** The message is no longer in the queue. */
  left(past: MessagePast<K, P>): void {
    if (past.waitingSinceMs === null) return;
    this.#sink.left(past);
    past.waitingSinceMs = null;
  }

  #addAttempt(entry: LogEntry, { activations }: QueuedMessage, past: MessagePast<K, P>): void {
    const { timeMs, program } = entry;
    if (Number.isNaN(timeMs)) return;
    const sinceMs = timeMs - (past.lastEndMs ?? Number.NEGATIVE_INFINITY);
    const same = activations > 0 ? activations === past.activation : sinceMs < SAME_ATTEMPT_MS;
    if (!same) {
      const seconds = sinceMs / 1000 - attemptBusySeconds(entry);
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
      past.destination = this.#destinationOf(entry);
    }
    if (fresh) this.#sink.writer(null, entry);
    this.#sink.deferred(past, entry, fresh);
  }

  #destinationOf({ bytes, recipientFrom, recipientTo, peer }: LogEntry): string {
    return this.#domains.of(bytes, recipientFrom, recipientTo) ?? printable(peer?.peer.name ?? peer?.peer.address ?? "unknown", 255);
  }
}
