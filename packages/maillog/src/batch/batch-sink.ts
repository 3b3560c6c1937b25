/** Counts for the store: rows of a `CountTable`, and of each message what counting must know of its past. */
import {
  type CountedPeer,
  countedPeer,
  type DeliveryStatus,
  type Direction,
  type EventMove,
  isContentStage,
  type LogCount,
  type LogMeasure,
  type LogTrouble,
  type MailEvent,
  type PeerSign,
  peerIdentity,
  printable,
  RETRY_WAITS,
  sizeClassOf,
} from "@mxray/contracts";
import { latin1 } from "../bytes/byte-text.ts";
import type { CountSink } from "../counting/count-sink.ts";
import type { HeldLine } from "../entries/held-line.ts";
import type { LogEntry } from "../entries/log-entry.ts";
import type { NamedPeer } from "../entries/log-peer-name.ts";
import type { MessagePast } from "../entries/message-past.ts";
import type { QueuedMessage } from "../entries/queued-message.ts";
import { culpritOf } from "../statistics/trouble-tallies.ts";
import { CountTable } from "./count-table.ts";

export class BatchSink implements CountSink<CountedPeer, string> {
  readonly #counts = new CountTable();
  /** Of what has no note of its own. */
  readonly #note: string;
  #moves: EventMove[] = [];

  constructor(note = "") {
    this.#note = note;
  }

  get size(): number {
    return this.#counts.size;
  }

  take(): LogCount[] {
    return this.#counts.take();
  }

  takeMoves(): EventMove[] {
    const moves = this.#moves;
    this.#moves = [];
    return moves;
  }

  at(): void {}

  peerOf(named: NamedPeer | null, direction: Direction): CountedPeer | null {
    return countedPeer(named, direction);
  }

  keyOf(peer: CountedPeer): string {
    return peerIdentity(peer);
  }

  pastOf({ past }: QueuedMessage): MessagePast<string, CountedPeer> | null {
    return past;
  }

  keepPast(message: QueuedMessage, past: MessagePast<string, CountedPeer>): void {
    message.past = past;
  }

  trouble(trouble: LogTrouble, entry: LogEntry): void {
    this.#addTimed(null, trouble, entry, culpritOf(entry));
  }

  record(peer: CountedPeer | null, status: DeliveryStatus, entry: LogEntry): void {
    // What was sent is counted with its size, when it arrives.
    if (peer !== null && status !== "sent") this.#add(peer, status, entry);
  }

  arrived(peer: CountedPeer, { size, timeMs, times, event }: LogEntry, recovered: boolean): void {
    const extent = size < 0 ? {} : { extent: size };
    const value = size < 0 ? -1 : sizeClassOf(size);
    this.#counts.add(peer, recovered ? "recovered" : "sent", timeMs, { value, ...extent });
    if (event === "delivery" && times > 1) this.#counts.add(peer, "again", timeMs, { times: times - 1 });
  }

  arrivedAgain(peer: CountedPeer, entry: LogEntry): void {
    this.#add(peer, "again", entry);
  }

  broken(peer: CountedPeer, entry: LogEntry): void {
    this.#add(peer, "broken", entry);
  }

  stall(peer: CountedPeer, entry: LogEntry): void {
    const stage = entry.stage ?? "unknown";
    this.#addTimed(peer, entry.failure === "timeout" ? `timeout ${stage}` : `loss ${stage}`, entry);
  }

  episode(peer: CountedPeer, { stage, size, timeMs }: LogEntry): void {
    const value = size < 0 ? -1 : sizeClassOf(size);
    this.#counts.add(peer, `episode ${stage ?? "unknown"}`, timeMs, { note: this.#note, value });
  }

  stalledMessage(peer: CountedPeer, { size, timeMs }: LogEntry, again: boolean): void {
    if (size < 0) return;
    const note = this.#note;
    if (again) this.#counts.add(peer, "stalled-again", timeMs, { note, value: sizeClassOf(size) });
    else this.#counts.add(peer, "stalled", timeMs, { note, value: sizeClassOf(size), extent: size });
  }

  stallSeconds(peer: CountedPeer, { timeMs }: LogEntry, seconds: number): void {
    this.#counts.add(peer, "stall-seconds", timeMs, { value: sizeClassOf(seconds) });
  }

  stalledRecipients(peer: CountedPeer, { timeMs }: LogEntry, recipients: number): void {
    this.#counts.add(peer, "recipients", timeMs, { note: this.#note, extent: recipients });
  }

  sign(peer: CountedPeer, sign: PeerSign, entry: LogEntry, inRecord: boolean): void {
    this.#addTimed(peer, inRecord ? `record ${sign}` : `line ${sign}`, entry);
  }

  writer(peer: CountedPeer | null, entry: LogEntry): void {
    this.#add(peer, `by ${entry.program.mta}`, entry);
  }

  received(peer: CountedPeer | null, { stage, received, timeMs, times }: LogEntry): void {
    if (peer !== null && isContentStage(stage)) this.#counts.add(peer, "received", timeMs, { times, value: received });
  }

  expired(peer: CountedPeer, entry: LogEntry): void {
    this.#add(peer, "expired", entry);
  }

  wait(mta: MailEvent["mta"], attempt: number, seconds: number, { timeMs }: LogEntry): void {
    const note = `${mta} ${Math.min(attempt, RETRY_WAITS)}`;
    this.#counts.add(null, "wait", timeMs, { value: sizeClassOf(seconds), note });
  }

  // The backlog is what the messages' pasts say: the ledger tells them to the store.
  deferred(): void {}
  left(): void {}

  pix(peer: CountedPeer, entry: LogEntry): void {
    const { bytes, reasonFrom, reasonTo } = entry;
    this.#addTimed(peer, "pix", entry, printable(latin1(bytes, reasonFrom, reasonTo), 100));
  }

  named({ queueId, timeMs }: HeldLine, peer: CountedPeer): void {
    const time = timeMs === null ? null : new Date(timeMs).toISOString();
    this.#moves.push({ queueId, time, from: { ...peer, port: null }, to: peer });
  }

  #add(peer: CountedPeer | null, measure: LogMeasure, { timeMs, times }: LogEntry): void {
    this.#counts.add(peer, measure, timeMs, { times, note: this.#note });
  }

  #addTimed(peer: CountedPeer | null, measure: LogMeasure, { timeMs, times }: LogEntry, note = this.#note): void {
    const extent = Number.isNaN(timeMs) ? {} : { extent: Math.floor(timeMs / 1000) };
    this.#counts.add(peer, measure, timeMs, { times, note, ...extent });
  }
}
