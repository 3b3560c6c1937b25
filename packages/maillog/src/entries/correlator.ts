/**
 * Joins the lines of one log source: the size that the queue manager told goes with each delivery, the client that smtpd named
 * with the message, the process's client with a line that names none. Tolerates lines out of order: what comes too early is
 * merely not completed.
 *
 * Memory is bounded whatever the input: finished messages and sessions go at once, and of those whose end is never seen the
 * ones that were not touched longest are forgotten.
 */
import { Buffer } from "node:buffer";
import { ByteMap } from "../bytes/byte-map.ts";
import { setEvent } from "./entry-event.ts";
import type { LogEntry, LogHost } from "./log-entry.ts";
import type { NamedPeer } from "./log-peer-name.ts";
import { DomainNames } from "./mail-domain.ts";
import { QueuedMessage } from "./queued-message.ts";
import { ScreenedClients } from "./screened-clients.ts";

/** Messages per generation. */
const MESSAGES = 65_536;
const SESSIONS = 20_000;
const SPARES = 1000;

interface ClientSession {
  /** Null between two clients. */
  client: NamedPeer | null;
  /** Unix seconds; 0 where the line has no time. */
  began: number;
}

export class LogCorrelator {
  readonly #messages = new ByteMap<QueuedMessage>(MESSAGES);
  /** Of smtpd's processes, by host and process id. */
  readonly #sessions = new Map<number, ClientSession>();
  readonly #screened = new ScreenedClients();
  readonly #domains = new DomainNames();
  /** Of messages that left the queue, to be used for others: memory that is used again stays in the processor's cache. */
  readonly #spare: QueuedMessage[] = [];
  /** The one whose leaving is being told by the present entry. */
  #leaving: QueuedMessage | null = null;

  /** @param id as logged, Latin-1 */
  restoreMessage(id: string, host: LogHost, message: QueuedMessage): void {
    const bytes = Buffer.from(id, "latin1");
    this.#messages.set(bytes, 0, bytes.length, message, host.number);
  }

  restoreSession(pid: number, host: LogHost, client: NamedPeer | null, began: number): void {
    if (this.#sessions.size >= SESSIONS) return;
    this.#sessions.set(processOf(host, pid), { client, began });
  }

  /** Completes the entry in place. */
  complete(entry: LogEntry): void {
    if (this.#leaving !== null) this.#recycle(this.#leaving);
    if (entry.event === "connect" || entry.event === "disconnect") this.#trackSession(entry);
    else if (entry.event === "lost-connection" && entry.program.role === "smtpd") this.#timeSession(entry);
    else if (entry.event !== null && entry.peer === null && entry.pid >= 0) this.#nameClient(entry);
    if (entry.idTo === entry.idFrom) return;
    if (entry.event === null && entry.note === null) return;
    this.#joinMessage(entry);
  }

  #recycle(message: QueuedMessage): void {
    this.#leaving = null;
    if (this.#spare.length >= SPARES) return;
    message.clear();
    this.#spare.push(message);
  }

  #trackSession(entry: LogEntry): void {
    const { event, program, pid, host, peer, timeMs } = entry;
    if (program.role === "postscreen") this.#screened.track(entry);
    if (program.role !== "smtpd") return;
    if (event === "connect") entry.copy = this.#screened.takes(entry);
    if (pid < 0) return;
    const session = this.#sessionOf(processOf(host, pid));
    session.client = event === "connect" ? peer : null;
    if (event === "connect") session.began = timeMs > 0 ? Math.floor(timeMs / 1000) : 0;
  }

  /** A process takes client after client: its place in the map stays. */
  #sessionOf(process: number): ClientSession {
    const known = this.#sessions.get(process);
    if (known !== undefined) return known;
    if (this.#sessions.size >= SESSIONS) this.#forgetSessions();
    const fresh: ClientSession = { client: null, began: 0 };
    this.#sessions.set(process, fresh);
    return fresh;
  }

  #forgetSessions(): void {
    for (const [process, { client }] of this.#sessions) if (client === null) this.#sessions.delete(process);
    if (this.#sessions.size >= SESSIONS * 0.75) this.#sessions.clear();
  }

  #timeSession(entry: LogEntry): void {
    if (entry.peer === null) this.#nameClient(entry);
    const { client = null, began = 0 } = this.#sessions.get(processOf(entry.host, entry.pid)) ?? {};
    if (client !== null && began > 0 && entry.timeMs > 0) entry.sessionSeconds = Math.floor(entry.timeMs / 1000) - began;
  }

  #nameClient(entry: LogEntry): void {
    if (entry.program.role !== "smtpd") return;
    entry.peer = this.#sessions.get(processOf(entry.host, entry.pid))?.client ?? null;
  }

  #joinMessage(entry: LogEntry): void {
    const { bytes, idFrom, idTo, host } = entry;
    if (entry.note === "removed") {
      entry.message = this.#messages.take(bytes, idFrom, idTo, host.number) ?? null;
      this.#leaving = entry.message;
      return;
    }
    if (entry.program.role === "sendmail" && this.#joinCollection(entry)) return;
    // A short id is used again once the file is gone: whoever begins a message begins with nothing known.
    const known = entry.note === null ? this.#messages.get(bytes, idFrom, idTo, host.number) : undefined;
    const message = known ?? this.#spare.pop() ?? new QueuedMessage();
    if (known === undefined) this.#messages.set(bytes, idFrom, idTo, message, host.number);
    entry.message = message;
    if (entry.note === "accepted") message.client = entry.peer;
    if (entry.event === "queue-active") this.#takeUp(message, entry);
    else if (entry.event === "delivery" || entry.direction === "outbound") this.#fill(message, entry);
  }

  /**
   * Sendmail reports content that failed to arrive in up to three lines, the first often without the client and the last one
   * (`from=`) as if the message were there. The first that names the client is the loss; the others are no events.
   */
  #joinCollection(entry: LogEntry): boolean {
    const { bytes, idFrom, idTo, host, note, direction, stage } = entry;
    const loss = direction === "inbound" && stage === "body" && (entry.event === "lost-connection" || entry.event === "timeout");
    if (!loss && note !== "accepted") return false;
    const known = this.#messages.get(bytes, idFrom, idTo, host.number);
    if (!loss && (known?.collection ?? null) === null) return false;
    const message = known ?? new QueuedMessage();
    if (known === undefined) this.#messages.set(bytes, idFrom, idTo, message, host.number);
    entry.message = message;
    entry.note = null;
    entry.size = -1;
    if (message.collection === "reported" || entry.peer === null) {
      message.collection ??= "unreported";
      entry.event = null;
      entry.failure = null;
      return true;
    }
    message.collection = "reported";
    if (!loss) {
      setEvent(entry, "lost-connection", entry.textFrom, { direction: "inbound", stage: "body", command: "DATA" });
      entry.failure = "lost-connection";
    }
    return true;
  }

  #takeUp(message: QueuedMessage, entry: LogEntry): void {
    message.size = entry.size;
    message.recipients = entry.recipients;
    message.activations += 1;
    if (message.activations === 1) message.senderDomain = this.#domains.of(entry.bytes, entry.senderFrom, entry.senderTo);
  }

  #fill(message: QueuedMessage, entry: LogEntry): void {
    entry.size = message.size;
    if (entry.program.role !== "sendmail") return;
    if (entry.event !== "delivery") {
      message.broken =
        entry.failure === null || entry.stage === null ? null : { failure: entry.failure, stage: entry.stage, command: entry.command };
      return;
    }
    // Sendmail's delivery line says that it broke, the line before it where.
    const { broken } = message;
    message.broken = null;
    if (broken === null || entry.status === "sent" || entry.failure === "reply" || entry.failure === "peer-timeout") return;
    entry.failure = broken.failure;
    entry.stage = broken.stage;
    entry.command = broken.command;
  }
}

/** One number for both: process ids are below 2^32, and mostly below 2^22. A small number needs no box in a map. */
function processOf({ number }: LogHost, pid: number): number {
  return number < 512 && pid < 2 ** 22 ? number * 2 ** 22 + pid : (number + 1) * 2 ** 32 + pid;
}
