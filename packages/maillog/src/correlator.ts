/**
 * Joins the lines of one log source: the size that the queue manager told goes with each delivery, the client that smtpd named
 * with the message, the process's client with a line that names none. Tolerates lines out of order: what comes too early is
 * merely not completed.
 *
 * Memory is bounded whatever the input: finished messages and sessions go at once, and of those whose end is never seen the
 * ones that were not touched longest are forgotten.
 */
import { ByteMap } from "./byte-map.ts";
import type { LogEntry } from "./log-entry.ts";
import type { NamedPeer } from "./log-peer-name.ts";
import { QueuedMessage } from "./queued-message.ts";

/** Messages per generation. */
const MESSAGES = 131_072;
const SESSIONS = 20_000;
const PIDS = 2 ** 31;

export class LogCorrelator {
  readonly #messages = new ByteMap<QueuedMessage>(MESSAGES);
  /** Host and process id -> client, the least recently connected first. */
  readonly #sessions = new Map<number, NamedPeer>();

  /** Completes the entry in place. */
  complete(entry: LogEntry): void {
    if (entry.event === "connect" || entry.event === "disconnect") this.#trackSession(entry);
    else if (entry.event !== null && entry.peer === null && entry.pid >= 0) this.#nameClient(entry);
    if (entry.idTo === entry.idFrom) return;
    if (entry.event === null && entry.note === null) return;
    this.#joinMessage(entry);
  }

  #trackSession(entry: LogEntry): void {
    if (entry.program.role !== "smtpd" || entry.pid < 0 || entry.pid >= PIDS) return;
    const key = sessionKey(entry);
    this.#sessions.delete(key);
    if (entry.event === "disconnect" || entry.peer === null) return;
    if (this.#sessions.size >= SESSIONS) this.#forgetOldestSession();
    this.#sessions.set(key, entry.peer);
  }

  #forgetOldestSession(): void {
    for (const key of this.#sessions.keys()) {
      this.#sessions.delete(key);
      return;
    }
  }

  #nameClient(entry: LogEntry): void {
    if (entry.program.role !== "smtpd") return;
    const client = this.#sessions.get(sessionKey(entry));
    if (client !== undefined) entry.peer = client;
  }

  #joinMessage(entry: LogEntry): void {
    const { bytes, idFrom, idTo, host } = entry;
    if (entry.note === "removed") {
      entry.message = this.#messages.get(bytes, idFrom, idTo, host.number) ?? null;
      this.#messages.delete(bytes, idFrom, idTo, host.number);
      return;
    }
    // A short id is used again once the file is gone: whoever begins a message begins with nothing known.
    const known = entry.note === null ? this.#messages.get(bytes, idFrom, idTo, host.number) : undefined;
    const message = known ?? new QueuedMessage();
    if (known === undefined) this.#messages.set(bytes, idFrom, idTo, message, host.number);
    entry.message = message;
    if (entry.note === "accepted") message.client = entry.peer;
    if (entry.event === "queue-active") this.#takeUp(message, entry);
    else if (entry.event === "delivery" || entry.direction === "outbound") this.#fill(message, entry);
  }

  #takeUp(message: QueuedMessage, entry: LogEntry): void {
    message.size = entry.size;
    message.recipients = entry.recipients;
    message.activations += 1;
    if (message.activations === 1) message.senderDomain = domainIn(entry.bytes, entry.senderFrom, entry.senderTo);
  }

  #fill(message: QueuedMessage, entry: LogEntry): void {
    entry.size = message.size;
    if (entry.program.role !== "sendmail") return;
    if (entry.event !== "delivery") {
      message.broken = entry.failure === null || entry.stage === null ? null : { failure: entry.failure, stage: entry.stage };
    } else if (entry.failure !== null && message.broken !== null) {
      // Sendmail's delivery line tells that it broke, the line in front of it where.
      entry.failure = message.broken.failure;
      entry.stage = message.broken.stage;
      message.broken = null;
    }
  }
}

function sessionKey({ host, pid }: LogEntry): number {
  return host.number * PIDS + pid;
}
