/** How the server itself is: its work, its queue, its store, and what Node reports of the process. */
import { type ProbeSummary, SERVER_WORKS } from "@mxray/contracts";
import type { MetricFacts } from "@mxray/store";
import { Counter, collectDefaultMetrics, Gauge, type Registry } from "prom-client";
import type { WorkHealth } from "../work-health.ts";

const ENDS = ["done", "failed", "cancelled"] as const;
/** Gauges whose names end as only counters' may: `promtool check metrics` rejects them. */
const MISNAMED = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];

export class HealthMetrics {
  readonly #health: WorkHealth;
  readonly #failing;
  readonly #failures;
  readonly #waiting;
  readonly #ended;
  readonly #storeBytes;
  readonly #storeAnswers;

  constructor(registry: Registry, { health, version }: { readonly health: WorkHealth; readonly version: string }) {
    const registers = [registry];
    this.#health = health;
    collectDefaultMetrics({ register: registry });
    for (const name of MISNAMED) registry.removeSingleMetric(name);
    new Gauge({ name: "mxray_build_info", help: "1; the version of mxray.", labelNames: ["version"], registers }).set({ version }, 1);
    this.#failing = new Gauge({
      name: "mxray_work_failing",
      help: "1 while this part of the server's own work is not done; /readyz says why.",
      labelNames: ["work"],
      registers,
    });
    this.#failures = new Counter({
      name: "mxray_work_failures_total",
      help: "Failed attempts at the server's own work, with threads that ended, since the server started.",
      labelNames: ["work"],
      registers,
    });
    this.#waiting = new Gauge({
      name: "mxray_probes_unended",
      help: "Probes that wait for a place or run.",
      labelNames: ["status"],
      registers,
    });
    this.#ended = new Counter({
      name: "mxray_probes_ended_total",
      help: "Probes that ended since the server started, without those of the practice lab.",
      labelNames: ["status"],
      registers,
    });
    this.#storeBytes = new Gauge({ name: "mxray_store_size_bytes", help: "Size of the store's file.", registers });
    this.#storeAnswers = new Gauge({
      name: "mxray_store_up",
      help: "0 where the store did not answer this scrape: then only the process's own metrics are there.",
      registers,
    });
    for (const status of ENDS) this.#ended.inc({ status }, 0);
  }

  ended({ status, practice }: ProbeSummary): void {
    const end = ENDS.find((one) => one === status);
    if (end !== undefined && !practice) this.#ended.inc({ status: end });
  }

  /** @param facts null where the store did not answer */
  set(facts: Pick<MetricFacts, "probes" | "storeBytes"> | null): void {
    const failing = new Set(this.#health.problems().map(({ work }) => work));
    this.#failures.reset();
    for (const work of SERVER_WORKS) {
      this.#failing.set({ work }, failing.has(work) ? 1 : 0);
      this.#failures.inc({ work }, this.#health.failures(work));
    }
    this.#storeAnswers.set(facts === null ? 0 : 1);
    this.#waiting.reset();
    // Unlike `reset`, which would claim 0 bytes.
    this.#storeBytes.remove();
    if (facts === null) return;
    this.#waiting.set({ status: "queued" }, facts.probes.queued);
    this.#waiting.set({ status: "running" }, facts.probes.running);
    this.#storeBytes.set(facts.storeBytes);
  }
}
