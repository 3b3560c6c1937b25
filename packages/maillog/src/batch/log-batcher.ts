/**
 * Turns completed entries into batches for the store. Each number means what `LogStatistics` says of it, and a log followed in
 * batches, however it was cut and however often the process was killed in between, gives the numbers of one that is scanned in
 * one go (test/log-batcher.test.ts).
 */
import { isContentStage, type LogBatch, type LogMeasure, printable, RETRY_WAITS, sizeClassOf } from "@mxray/contracts";
import { latin1 } from "../byte-text.ts";
import type { LogEntry, LogFailure } from "../log-entry.ts";
import type { NamedPeer } from "../log-peer-name.ts";
import { domainIn } from "../mail-domain.ts";
import { delaysOf } from "../postfix/delivery-record.ts";
import type { QueuedMessage } from "../queued-message.ts";
import { culpritOf } from "../statistics/trouble-tallies.ts";
import { CountTable, countedPeer, keyOfPeer } from "./count-table.ts";
import { EventKeeper } from "./event-keeper.ts";
import { MemoryLedger } from "./memory-ledger.ts";
import { type MessagePast, type PastAtPeer, pastOf } from "./message-past.ts";

type CountedPeer = NonNullable<ReturnType<typeof countedPeer>>;

/** Where the queue manager's lines are missing, records further apart than this are of different attempts. */
const SAME_ATTEMPT_MS = 60_000;

export class LogBatcher {
  readonly #counts = new CountTable();
  readonly #events = new EventKeeper();
  readonly #ledger = new MemoryLedger();
  #lastMs = Number.NEGATIVE_INFINITY;

  /** Rows that the next batch has so far. */
  get size(): number {
    return this.#counts.size + this.#events.size + this.#ledger.size;
  }

  /** @param entry completed by the correlator, with an event or without */
  add(entry: LogEntry, file: string, line: number): void {
    if (entry.timeMs > this.#lastMs) this.#lastMs = entry.timeMs;
    this.#count(entry);
    if (entry.event !== null) this.#events.add(entry, file, line);
    this.#ledger.note(entry);
  }

  /** What came since the last call. @param counts lines since then */
  take({ lines, recognised }: Pick<LogBatch, "lines" | "recognised">): LogBatch {
    return {
      lines,
      recognised,
      counts: this.#counts.take(),
      events: this.#events.take(),
      memories: this.#ledger.take(),
      lastLineAt: Number.isFinite(this.#lastMs) ? new Date(this.#lastMs).toISOString() : null,
    };
  }

  #count(entry: LogEntry): void {
    if (entry.trouble !== null) this.#addTimed(null, entry.trouble, entry, culpritOf(entry));
    switch (entry.event) {
      case "delivery":
        this.#addDelivery(entry);
        return;
      case "queue-active":
        if (entry.message?.activations === 1) this.#addArrived(countedPeer(entry.message.client, "inbound"), "sent", entry);
        return;
      case "lost-connection":
      case "timeout":
        this.#addLoss(entry);
        return;
      case "error-limit":
        this.#add(countedPeer(entry.peer, "inbound"), "broken", entry);
        return;
      case "pix-workarounds":
        this.#counts.add(countedPeer(entry.peer, "outbound"), "pix", entry.timeMs, { times: entry.times, note: reasonOf(entry) });
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
      case null:
    }
  }

  #addDelivery(entry: LogEntry): void {
    const { status, message, copy } = entry;
    if (status === null) return;
    const peer = copy ? null : countedPeer(entry.peer, "outbound");
    if (peer !== null && status !== "sent") this.#add(peer, status, entry);
    // By far the most: a message with one recipient, delivered at once.
    if (message !== null && message.past === null && status === "sent" && message.recipients === 1) {
      this.#addArrived(peer, "sent", entry);
      return;
    }
    if (peer !== null) {
      if (status === "sent") this.#addSent(peer, entry);
      else if (isStall(entry.failure)) this.#addStalledDelivery(peer, entry);
    }
    if (message !== null) this.#addToQueue(entry, message, peer);
  }

  #addSent(peer: CountedPeer, entry: LogEntry): void {
    const known = pastAt(entry, peer);
    if (known === null) {
      this.#addArrived(peer, "sent", entry);
      return;
    }
    const recovered = known.stalled;
    if (known.sent) this.#add(peer, "again", entry);
    else this.#addArrived(peer, recovered ? "recovered" : "sent", entry);
    known.recovered ||= recovered;
    known.sent = true;
  }

  #addArrived(peer: CountedPeer | null, measure: "sent" | "recovered", { size, timeMs, times, event }: LogEntry): void {
    if (peer === null) return;
    const extent = size < 0 ? {} : { extent: size };
    this.#counts.add(peer, measure, timeMs, { value: size < 0 ? -1 : sizeClassOf(size), ...extent });
    if (event === "delivery" && times > 1) this.#counts.add(peer, "again", timeMs, { times: times - 1 });
  }

  #addStalledDelivery(peer: CountedPeer, entry: LogEntry): void {
    const known = pastAt(entry, peer);
    if (known !== null && known.told > 0) {
      known.told -= 1;
      return;
    }
    this.#addStall(peer, entry);
    const delays = delaysOf(entry);
    if (delays === null || !isContentStage(entry.stage)) return;
    this.#counts.add(peer, "stall-seconds", entry.timeMs, { value: sizeClassOf(delays[3]) });
  }

  #addLoss(entry: LogEntry): void {
    const { direction, program, message } = entry;
    const peer = direction === null ? null : countedPeer(entry.peer, direction);
    if (peer === null) return;
    // Sendmail's delivery line follows and tells the same.
    if (program.mta === "sendmail" && direction === "outbound" && message !== null) return;
    this.#addStall(peer, entry);
    const known = program.mta === "exim" && direction === "outbound" ? pastAt(entry, peer) : null;
    if (known !== null) known.told += 1;
    else this.#add(peer, "broken", entry);
  }

  #addStall(peer: CountedPeer, entry: LogEntry): void {
    const { failure, message, timeMs, times, size, received } = entry;
    const stage = entry.stage ?? "unknown";
    this.#addTimed(peer, failure === "timeout" ? `timeout ${stage}` : `loss ${stage}`, entry);
    if (!isContentStage(stage)) return;
    if (peer.direction === "inbound") {
      if (received >= 0) this.#counts.add(peer, "received", timeMs, { times, value: received });
      return;
    }
    const known = message === null ? null : pastAt(entry, peer);
    if (known === null) return;
    if (size >= 0) {
      if (known.stalled) this.#counts.add(peer, "stalled-again", timeMs, { value: sizeClassOf(size) });
      else this.#counts.add(peer, "stalled", timeMs, { value: sizeClassOf(size), extent: size });
    }
    known.stalled = true;
  }

  #addToQueue(entry: LogEntry, message: QueuedMessage, peer: CountedPeer | null): void {
    const past = pastOf(message);
    if (entry.status === "expired") {
      if (peer === null && past.lastPeer !== null) this.#add(past.lastPeer, "expired", entry);
      past.waitingSinceMs = null;
      return;
    }
    if (peer !== null) past.lastPeer = peer;
    if (!entry.copy) this.#addWait(entry, message, past);
    if (entry.status === "deferred") wait(entry, past);
    else if (message.recipients === 1) past.waitingSinceMs = null;
  }

  #addWait(entry: LogEntry, { activations }: QueuedMessage, past: MessagePast): void {
    const { timeMs, program } = entry;
    if (Number.isNaN(timeMs)) return;
    const sinceMs = timeMs - (past.lastEndMs ?? Number.NEGATIVE_INFINITY);
    const same = activations > 0 ? activations === past.activation : sinceMs < SAME_ATTEMPT_MS;
    if (!same) {
      const seconds = sinceMs / 1000 - busySeconds(entry);
      if (past.attempts > 0 && seconds >= 0) {
        const note = `${program.mta} ${Math.min(past.attempts, RETRY_WAITS)}`;
        this.#counts.add(null, "wait", timeMs, { value: sizeClassOf(seconds), note });
      }
      past.attempts += 1;
      past.activation = activations;
    }
    past.lastEndMs = same ? Math.max(timeMs, past.lastEndMs ?? timeMs) : timeMs;
  }

  #add(peer: CountedPeer | null, measure: LogMeasure, { timeMs, times }: LogEntry): void {
    if (peer !== null) this.#counts.add(peer, measure, timeMs, { times });
  }

  #addTimed(peer: CountedPeer | null, measure: LogMeasure, { timeMs, times }: LogEntry, note = ""): void {
    const extent = Number.isNaN(timeMs) ? {} : { extent: Math.floor(timeMs / 1000) };
    this.#counts.add(peer, measure, timeMs, { times, note, ...extent });
  }
}

function pastAt({ message }: LogEntry, peer: CountedPeer): PastAtPeer | null {
  return message === null ? null : pastOf(message).at(keyOfPeer(peer));
}

function wait(entry: LogEntry, past: MessagePast): void {
  if (past.waitingSinceMs !== null) return;
  past.waitingSinceMs = Number.isNaN(entry.timeMs) ? 0 : entry.timeMs;
  past.destination = domainIn(entry.bytes, entry.recipientFrom, entry.recipientTo) ?? relayOf(entry.peer);
}

function relayOf(named: NamedPeer | null): string {
  return printable(named?.peer.name ?? named?.peer.address ?? "unknown", 255);
}

/** What the attempt itself took: connecting and transmitting. */
function busySeconds(entry: LogEntry): number {
  const delays = delaysOf(entry);
  return delays === null ? 0 : delays[2] + delays[3];
}

function reasonOf({ bytes, reasonFrom, reasonTo }: LogEntry): string {
  return printable(latin1(bytes, reasonFrom, reasonTo), 100);
}

/** The peer went silent or away; an answer that nobody likes is none. */
function isStall(failure: LogFailure | null): boolean {
  return failure === "timeout" || failure === "lost-connection" || failure === "peer-timeout";
}
