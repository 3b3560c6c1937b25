/**
 * Counts entries into the statistics that findings are computed from, and the sums of a scan's summary. Each number is defined
 * where its type is (contracts: `LogStatistics`, `ScanSummary`). Memory does not grow with the number of lines.
 */
import type { LogStatistics, MailEventKind, ScanSummary } from "@mxray/contracts";
import { EntryCounter } from "../counting/entry-counter.ts";
import type { LogEntry } from "../entries/log-entry.ts";
import { timeText } from "./entry-example.ts";
import { NotUnderstoodLines } from "./not-understood.ts";
import { StatisticsSink } from "./statistics-sink.ts";

export class LogStatisticsCounter {
  readonly #sink = new StatisticsSink();
  readonly #counter = new EntryCounter(this.#sink);
  readonly #events = new Map<MailEventKind, { count: number }>();
  readonly #notUnderstood = new NotUnderstoodLines();
  /** ms UTC; infinite while no line has a time. */
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** @param entry completed by the correlator, with an event or without */
  add(entry: LogEntry, file: string, line: number): void {
    if (entry.timeMs < this.#firstMs) this.#firstMs = entry.timeMs;
    if (entry.timeMs > this.#lastMs) this.#lastMs = entry.timeMs;
    if (entry.event !== null) this.#countEvent(entry);
    else if (entry.note === null && !entry.bot) this.#notUnderstood.look(entry, file, line);
    this.#counter.add(entry, file, line);
  }

  /** Of the whole log: no record is waited for any more. */
  statistics(): LogStatistics {
    this.#counter.finish();
    return { from: timeText(this.#firstMs), to: timeText(this.#lastMs), ...this.#sink.statistics() };
  }

  sums(): Pick<ScanSummary, "events" | "deliveries" | "dataBytes" | "notUnderstood"> {
    return {
      events: Object.fromEntries([...this.#events].map(([event, { count }]) => [event, count])),
      ...this.#sink.sums(),
      notUnderstood: this.#notUnderstood.summary(),
    };
  }

  /** A connection that postscreen handed to smtpd is one, though both log it. */
  #countEvent({ event, copy, times }: LogEntry): void {
    if (event === null || (copy && event === "connect")) return;
    const tally = this.#events.get(event);
    if (tally === undefined) this.#events.set(event, { count: times });
    else tally.count += times;
  }
}
