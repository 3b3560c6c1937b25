/**
 * Turns completed entries into batches for the store. Each number means what `LogStatistics` says of it, and a log followed in
 * batches, however it was cut and however often the process was killed in between, gives the numbers of one that is scanned in
 * one go.
 */
import type { LogBatch, LogMemory } from "@mxray/contracts";
import { EntryCounter } from "../counting/entry-counter.ts";
import type { LogEntry } from "../entries/log-entry.ts";
import type { QueuedMessage } from "../entries/queued-message.ts";
import { timeText } from "../statistics/entry-example.ts";
import { BatchSink } from "./batch-sink.ts";
import { EventKeeper } from "./event-keeper.ts";
import { HeldCounts } from "./held-counts.ts";
import { MemoryLedger, restoreEpisodes } from "./memory-ledger.ts";

export class LogBatcher {
  readonly #counts = new BatchSink();
  readonly #counter = new EntryCounter(this.#counts);
  readonly #held = new HeldCounts(this.#counter);
  readonly #events = new EventKeeper();
  readonly #ledger = new MemoryLedger();
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** Rows that the next batch has so far. */
  get size(): number {
    return this.#counts.size + this.#events.size + this.#ledger.size + this.#counter.episodes.changes;
  }

  /** @param messages that a former process knew, as `LogReader.restore` gives them @param memories what they are from */
  resume(messages: Iterable<QueuedMessage>, memories: Iterable<LogMemory>): void {
    restoreEpisodes(this.#counter.episodes, memories);
    this.#counter.resume(messages);
    this.#held.resume();
  }

  /** @param entry completed by the correlator, with an event or without */
  add(entry: LogEntry, file: string, line: number): void {
    if (entry.timeMs < this.#firstMs) this.#firstMs = entry.timeMs;
    if (entry.timeMs > this.#lastMs) this.#lastMs = entry.timeMs;
    this.#counter.add(entry, file, line);
    if (entry.event !== null) this.#events.add(entry, file, line);
    this.#ledger.note(entry);
  }

  /** What came since the last call. @param counts lines since then */
  take({ lines, recognised }: Pick<LogBatch, "lines" | "recognised">): LogBatch {
    return {
      lines,
      recognised,
      counts: [...this.#counts.take(), ...this.#held.take()],
      events: this.#events.take(),
      memories: this.#ledger.take(this.#counter.episodes.takeChanged()),
      moves: this.#counts.takeMoves(),
      firstLineAt: timeText(this.#firstMs),
      lastLineAt: timeText(this.#lastMs),
    };
  }
}
