/** Counts for statistics: tallies of peers, troubles, waits and the queue, in memory that does not grow with the number of lines. */
import {
  type DeliveryStatus,
  type Direction,
  isContentStage,
  LOG_CAPS,
  type LogStatistics,
  type LogTrouble,
  type MailEvent,
  type PeerSign,
  printable,
  type ScanSummary,
} from "@mxray/contracts";
import type { CountSink } from "../counting/count-sink.ts";
import type { LogEntry } from "../entries/log-entry.ts";
import type { NamedPeer } from "../entries/log-peer-name.ts";
import type { MessagePast } from "../entries/message-past.ts";
import type { QueuedMessage } from "../entries/queued-message.ts";
import { DeferredQueue } from "./deferred-queue.ts";
import { type EntryExample, entryExample } from "./entry-example.ts";
import { FrequentCounts } from "./frequent-counts.ts";
import { ObservedRetrySchedule } from "./observed-retry-schedule.ts";
import { PeerTallies } from "./peer-tallies.ts";
import type { ExampleKind, PeerTally } from "./peer-tally.ts";
import { TroubleTallies } from "./trouble-tallies.ts";
import { WriterCounts } from "./writer-counts.ts";

/** Different byte counts in the summary. */
const DATA_BYTES = 1000;

export class StatisticsSink implements CountSink<PeerTally, PeerTally> {
  readonly #peers = new PeerTallies();
  readonly #troubles = new TroubleTallies();
  readonly #retries = new ObservedRetrySchedule();
  readonly #queue = new DeferredQueue();
  readonly #writers = new WriterCounts();
  readonly #deliveries: Record<DeliveryStatus, number> = { sent: 0, deferred: 0, bounced: 0, expired: 0 };
  readonly #dataBytes = new FrequentCounts<number>(DATA_BYTES);
  /** Where the present entry stands. */
  #file = "-";
  #line = 0;

  at(file: string, line: number): void {
    this.#file = file;
    this.#line = line;
  }

  statistics(): Omit<LogStatistics, "from" | "to"> {
    return {
      peers: this.#peers.kept(),
      peersLeftOut: this.#peers.leftOut,
      retries: this.#retries.all(),
      backlog: this.#queue.backlog(),
      troubles: this.#troubles.all(),
      writers: this.#writers.all(),
    };
  }

  sums(): Pick<ScanSummary, "deliveries" | "dataBytes"> {
    const dataBytes = this.#dataBytes.top().map(({ key, count }) => ({ bytes: key, count }));
    return { deliveries: { ...this.#deliveries }, dataBytes: dataBytes.sort((a, b) => a.bytes - b.bytes) };
  }

  peerOf(named: NamedPeer | null, direction: Direction): PeerTally | null {
    return this.#peers.of(named, direction);
  }

  keyOf(peer: PeerTally): PeerTally {
    return peer;
  }

  pastOf({ memory }: QueuedMessage): MessagePast<PeerTally, PeerTally> | null {
    // Only `keepPast` sets it.
    return memory as MessagePast<PeerTally, PeerTally> | null;
  }

  keepPast(message: QueuedMessage, past: MessagePast<PeerTally, PeerTally>): void {
    message.memory = past;
  }

  trouble(trouble: LogTrouble, entry: LogEntry): void {
    this.#troubles.add(trouble, entry, this.#file, this.#line);
  }

  record(peer: PeerTally | null, status: DeliveryStatus, { times }: LogEntry): void {
    if (status === "sent") this.#deliveries.sent += times;
    else this.#deliveries[status] += times;
    peer?.addRecord(status, times);
  }

  arrived(peer: PeerTally, entry: LogEntry, recovered: boolean): void {
    if (peer.direction === "inbound") peer.sent += 1;
    peer.addSentTime(entry.timeMs);
    if (this.#peers.addSize(peer, entry.size, entry.timeMs, recovered)) peer.largestSentExample = this.#example(entry);
  }

  arrivedAgain(peer: PeerTally, { timeMs }: LogEntry): void {
    peer.addSentTime(timeMs);
  }

  broken(peer: PeerTally, { times }: LogEntry): void {
    peer.failed += times;
  }

  stall(peer: PeerTally, entry: LogEntry): void {
    this.#peers.addStall(peer, entry.stage ?? "unknown", entry.failure === "timeout", entry.timeMs, entry.times);
    this.#keep(peer, isContentStage(entry.stage) ? "stalledExamples" : "earlyExamples", entry);
  }

  episode(peer: PeerTally, entry: LogEntry): void {
    this.#peers.addEpisode(peer, entry.stage ?? "unknown", entry.size);
  }

  stalledMessage(peer: PeerTally, entry: LogEntry, again: boolean): void {
    if (this.#peers.addStalledSize(peer, entry.size, again)) peer.trouble.smallestStalledExample = this.#example(entry);
  }

  stallSeconds(peer: PeerTally, _entry: LogEntry, seconds: number): void {
    peer.addStallSeconds(seconds);
  }

  stalledRecipients(peer: PeerTally, _entry: LogEntry, recipients: number): void {
    peer.addStalledRecipients(recipients);
  }

  sign(peer: PeerTally, sign: PeerSign, entry: LogEntry, inRecord: boolean): void {
    peer.addSign(sign, inRecord, entry.timeMs, entry.times);
    this.#keep(peer, "signExamples", entry);
  }

  writer(peer: PeerTally | null, { program, times }: LogEntry): void {
    const writers = peer === null ? this.#writers : peer.trouble.writers;
    writers.add(program.mta, times);
  }

  received(peer: PeerTally | null, { stage, received, times }: LogEntry): void {
    this.#dataBytes.add(received, times);
    if (peer !== null && isContentStage(stage)) peer.addReceived(received, times);
  }

  expired(peer: PeerTally, { times }: LogEntry): void {
    peer.expired += times;
  }

  wait(mta: MailEvent["mta"], attempt: number, seconds: number): void {
    this.#retries.add(mta, attempt, seconds);
  }

  deferred(past: MessagePast<PeerTally, PeerTally>, entry: LogEntry, fresh: boolean): void {
    this.#queue.deferred(past, fresh, entry, this.#file, this.#line);
  }

  left(past: MessagePast<PeerTally, PeerTally>): void {
    this.#queue.left(past);
  }

  pix(peer: PeerTally, entry: LogEntry): void {
    peer.addPix(printable(entry.bytes.subarray(entry.reasonFrom, entry.reasonTo), 100), entry.timeMs, entry.times);
    this.#keep(peer, "pixExamples", entry);
  }

  named(): void {}

  #keep({ trouble }: PeerTally, kind: ExampleKind, entry: LogEntry): void {
    if (trouble[kind].length < LOG_CAPS.examples) trouble[kind] = [...trouble[kind], this.#example(entry)];
  }

  #example(entry: LogEntry): EntryExample {
    return entryExample(entry, this.#file, this.#line);
  }
}
