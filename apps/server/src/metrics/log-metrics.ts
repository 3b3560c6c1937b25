/** Followed logs: what became of mail since the server started, and how far each log is read. */
import { LOG_SOURCE_STATES, type LogSource } from "@mxray/contracts";
import { Counter, Gauge, type Registry } from "prom-client";
import type { LogEventCount } from "../logs/following/log-event-counts.ts";

export class LogMetrics {
  readonly #events;
  readonly #sources;
  readonly #lag;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#events = new Counter({
      name: "mxray_log_events_total",
      help: "What followed logs reported since the server started. A delivery that stalled counts as stalled and with its status.",
      labelNames: ["direction", "outcome", "stage"],
      registers,
    });
    this.#sources = new Gauge({ name: "mxray_log_sources", help: "Followed logs by state.", labelNames: ["state"], registers });
    this.#lag = new Gauge({ name: "mxray_log_unread_bytes", help: "Bytes of followed files that are not read yet.", registers });
  }

  count(events: readonly LogEventCount[]): void {
    for (const { direction, outcome, stage, count } of events) this.#events.inc({ direction, outcome, stage: stage ?? "" }, count);
  }

  set(sources: readonly LogSource[]): void {
    for (const state of LOG_SOURCE_STATES) this.#sources.set({ state }, sources.filter((source) => source.state === state).length);
    this.#lag.set(sources.reduce((sum, { lagBytes }) => sum + lagBytes, 0));
  }
}
