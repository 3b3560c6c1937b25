/**
 * Counts entries into the statistics that findings are computed from, and the sums of a scan's summary. Each number is defined
 * where its type is (contracts: `LogStatistics`, `ScanSummary`). Memory does not grow with the number of lines.
 */
import {
  type DeliveryStatus,
  isContentStage,
  LOG_CAPS,
  type LogStatistics,
  type MailEventKind,
  printable,
  type ScanSummary,
} from "@mxray/contracts";
import type { LogEntry, LogFailure } from "../log-entry.ts";
import { delaysOf } from "../postfix/delivery-record.ts";
import type { QueuedMessage } from "../queued-message.ts";
import { DeferredQueue } from "./deferred-queue.ts";
import { entryExample, timeText } from "./entry-example.ts";
import { FrequentCounts } from "./frequent-counts.ts";
import { memoryOf } from "./message-memory.ts";
import { PeerTallies } from "./peer-tallies.ts";
import { emptySpan, extend, type PeerTally } from "./peer-tally.ts";
import { RetrySchedule } from "./retry-schedule.ts";
import { TroubleTallies } from "./trouble-tallies.ts";

/** Different byte counts in the summary. */
const DATA_BYTES = 1000;

export class LogStatisticsCounter {
  readonly #peers = new PeerTallies();
  readonly #troubles = new TroubleTallies();
  readonly #retries = new RetrySchedule();
  readonly #queue = new DeferredQueue();
  readonly #events: Partial<Record<MailEventKind, number>> = {};
  readonly #deliveries: Record<DeliveryStatus, number> = { sent: 0, deferred: 0, bounced: 0, expired: 0 };
  readonly #dataBytes = new FrequentCounts<number>(DATA_BYTES);
  readonly #span = emptySpan();

  /** @param entry completed by the correlator, with an event or without */
  add(entry: LogEntry, file: string, line: number): void {
    extend(this.#span, entry.timeMs);
    const { event, message } = entry;
    if (entry.note === "removed" && message?.memory != null) this.#queue.left(memoryOf(message));
    if (event === null) return;
    this.#events[event] = (this.#events[event] ?? 0) + entry.times;
    if (entry.trouble !== null) this.#troubles.add(entry.trouble, entry, file, line);
    switch (event) {
      case "delivery":
        this.#addDelivery(entry, file, line);
        return;
      case "queue-active":
        this.#addAccepted(entry, file, line);
        return;
      case "lost-connection":
      case "timeout":
        this.#addLoss(entry, file, line);
        return;
      case "error-limit":
        this.#addRefused(entry);
        return;
      case "pix-workarounds":
        this.#addPix(entry, file, line);
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

  statistics(): LogStatistics {
    return {
      from: timeText(this.#span.first),
      to: timeText(this.#span.last),
      peers: this.#peers.kept(),
      peersLeftOut: this.#peers.leftOut,
      retries: this.#retries.all(),
      backlog: this.#queue.backlog(),
      troubles: this.#troubles.all(),
    };
  }

  sums(): Pick<ScanSummary, "events" | "deliveries" | "dataBytes"> {
    const dataBytes = this.#dataBytes.top().map(({ key, count }) => ({ bytes: key, count }));
    return {
      events: { ...this.#events },
      deliveries: { ...this.#deliveries },
      dataBytes: dataBytes.sort((a, b) => a.bytes - b.bytes),
    };
  }

  /** A message is accepted from its client when the queue manager first takes it up. */
  #addAccepted(entry: LogEntry, file: string, line: number): void {
    const { message } = entry;
    if (message === null || message.activations !== 1) return;
    const tally = this.#peers.of(message.client, "inbound");
    if (tally !== null) this.#addArrived(tally, entry, file, line, false);
  }

  #addDelivery(entry: LogEntry, file: string, line: number): void {
    const { status, message, peer } = entry;
    if (status === null) return;
    if (!entry.copy) this.#deliveries[status] += entry.times;
    const tally = entry.copy ? null : this.#peers.of(peer, "outbound");
    if (tally !== null) countStatus(tally, status, entry.times);
    // By far the most: a message with one recipient, delivered at once.
    if (message !== null && message.memory === null && status === "sent" && message.recipients === 1) {
      if (tally !== null) this.#addSent(tally, entry, file, line, null);
      return;
    }
    if (tally !== null) {
      if (status === "sent") this.#addSent(tally, entry, file, line, message);
      else if (isStall(entry.failure)) this.#addStalledDelivery(tally, entry, file, line);
    }
    if (message !== null) this.#addToQueue(entry, message, tally, file, line);
  }

  #addSent(tally: PeerTally, entry: LogEntry, file: string, line: number, message: QueuedMessage | null): void {
    const known = message === null ? null : memoryOf(message).at(tally);
    if (known?.sent === true && (known.recovered || !known.stalled)) {
      tally.addSentTime(entry.timeMs);
      return;
    }
    const recovered = known?.stalled === true;
    if (known?.sent !== true) this.#addArrived(tally, entry, file, line, recovered);
    if (known !== null) {
      known.sent = true;
      known.recovered ||= recovered;
    }
  }

  /** A message that this peer took, or that was taken from it. */
  #addArrived(tally: PeerTally, entry: LogEntry, file: string, line: number, recovered: boolean): void {
    if (tally.direction === "inbound") tally.sent += 1;
    tally.addSentTime(entry.timeMs);
    if (this.#peers.addSize(tally, entry.size, entry.timeMs, recovered)) tally.largestSentExample = entryExample(entry, file, line);
  }

  #addStalledDelivery(tally: PeerTally, entry: LogEntry, file: string, line: number): void {
    const known = entry.message === null ? null : memoryOf(entry.message).at(tally);
    if (known !== null && known.told > 0) {
      // The same stall, told once more.
      known.told -= 1;
      return;
    }
    this.#addStall(tally, entry, file, line);
    const delays = delaysOf(entry);
    if (delays !== null && isContentStage(entry.stage)) tally.addStallSeconds(delays[3]);
  }

  #addLoss(entry: LogEntry, file: string, line: number): void {
    const { peer, direction, program } = entry;
    if (entry.received >= 0 && direction === "inbound") this.#dataBytes.add(entry.received, entry.times);
    if (direction === null) return;
    // Sendmail's delivery line follows and tells the same.
    if (program.mta === "sendmail" && direction === "outbound" && entry.message !== null) return;
    const tally = this.#peers.of(peer, direction);
    if (tally === null) return;
    tally.failed += entry.times;
    this.#addStall(tally, entry, file, line);
    if (program.mta === "exim" && direction === "outbound" && entry.message !== null) {
      memoryOf(entry.message).at(tally).told += 1;
      // The delivery record counts it as failed.
      tally.failed -= entry.times;
    }
  }

  #addStall(tally: PeerTally, entry: LogEntry, file: string, line: number): void {
    const { failure, message, timeMs, times } = entry;
    const stage = entry.stage ?? "unknown";
    tally.addStall(stage, failure === "timeout", timeMs, times);
    if (!isContentStage(stage)) return;
    const { trouble } = tally;
    if (trouble.stalledExamples.length < LOG_CAPS.examples) trouble.stalledExamples.push(entryExample(entry, file, line));
    if (tally.direction === "inbound" && entry.received >= 0) trouble.receivedBytes.add(entry.received, times);
    if (message === null || tally.direction === "inbound") return;
    const known = memoryOf(message).at(tally);
    const again = known.stalled;
    known.stalled = true;
    if (this.#peers.addStalledSize(tally, entry.size, again)) trouble.smallestStalledExample = entryExample(entry, file, line);
  }

  #addToQueue(entry: LogEntry, message: QueuedMessage, tally: PeerTally | null, file: string, line: number): void {
    const memory = memoryOf(message);
    const { status } = entry;
    if (status === "expired") {
      const last = tally ?? memory.lastPeer;
      if (last !== null && tally === null) last.expired += entry.times;
      this.#queue.left(memory);
      return;
    }
    if (tally !== null) memory.lastPeer = tally;
    if (!entry.copy) this.#retries.add(entry, message, memory);
    if (status === "deferred") this.#queue.deferred(entry, memory, file, line);
    else if (message.recipients === 1) this.#queue.left(memory);
  }

  #addRefused(entry: LogEntry): void {
    const tally = this.#peers.of(entry.peer, "inbound");
    if (tally !== null) tally.failed += entry.times;
  }

  #addPix(entry: LogEntry, file: string, line: number): void {
    const tally = this.#peers.of(entry.peer, "outbound");
    if (tally === null) return;
    const { pix, pixExamples } = tally.trouble;
    pix.add(printable(entry.bytes.subarray(entry.reasonFrom, entry.reasonTo), 100), entry.times);
    if (pixExamples.length < LOG_CAPS.examples) pixExamples.push(entryExample(entry, file, line));
  }
}

function countStatus(tally: PeerTally, status: DeliveryStatus, times: number): void {
  tally[status] += times;
  if (status === "deferred" || status === "bounced") tally.failed += times;
}

/** The peer went silent or away; an answer that nobody likes is none. */
function isStall(failure: LogFailure | null): boolean {
  return failure === "timeout" || failure === "lost-connection" || failure === "peer-timeout";
}
