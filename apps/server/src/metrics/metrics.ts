/** `/metrics`: the server's numbers as Prometheus text, read once for all who ask within a second. */
import type { HostSample, LogSource } from "@mxray/contracts";
import type { MetricFacts, Store } from "@mxray/store";
import { Registry } from "prom-client";
import type { LiveFeed } from "../live-feed.ts";
import type { LogEventCount } from "../logs/following/log-event-counts.ts";
import type { WorkHealth } from "../work-health.ts";
import { FindingMetrics } from "./finding-metrics.ts";
import { HealthMetrics } from "./health-metrics.ts";
import { LogMetrics } from "./log-metrics.ts";
import { MachineMetrics } from "./machine-metrics.ts";
import { WatchMetrics } from "./watch-metrics.ts";

export interface MetricsDeps {
  readonly store: Store;
  readonly feed: LiveFeed;
  readonly health: WorkHealth;
  readonly version: string;
  readonly publicUrl: () => string;
  readonly logSources: () => readonly LogSource[];
  /** The newest sample of this machine. */
  readonly machine: () => HostSample | null;
  readonly onError: (error: unknown) => void;
}

/** Series of single findings; their number is that of `mxray_findings`. */
const MOST_FINDINGS = 500;
const FRESH_MS = 1000;

export class Metrics {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  readonly #deps: MetricsDeps;
  readonly #registry = new Registry();
  readonly #findings: FindingMetrics;
  readonly #watches: WatchMetrics;
  readonly #logs: LogMetrics;
  readonly #health: HealthMetrics;
  readonly #machine: MachineMetrics;
  #scrape: { readonly at: number; readonly text: Promise<string> } | null = null;

  /** @param signal ends what it counts */
  constructor(deps: MetricsDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#findings = new FindingMetrics(this.#registry, deps.publicUrl);
    this.#watches = new WatchMetrics(this.#registry, deps.store.probes);
    this.#logs = new LogMetrics(this.#registry);
    this.#health = new HealthMetrics(this.#registry, deps);
    this.#machine = new MachineMetrics(this.#registry);
    deps.feed.listen((event) => event.type === "probe" && this.#health.ended(event.probe), signal);
  }

  /** Followed logs reported these. */
  counted(events: readonly LogEventCount[]): void {
    this.#logs.count(events);
  }

  /** In Prometheus' text format. */
  async text(): Promise<string> {
    const now = performance.now();
    if (this.#scrape === null || now - this.#scrape.at >= FRESH_MS) this.#scrape = { at: now, text: this.#collect() };
    return await this.#scrape.text;
  }

  async #collect(): Promise<string> {
    const facts = await this.#facts();
    this.#findings.reset();
    this.#watches.reset();
    if (facts !== null) {
      this.#findings.set(facts);
      this.#watches.set(facts);
    }
    this.#health.set(facts);
    this.#logs.set(this.#deps.logSources());
    this.#machine.set(this.#deps.machine());
    return await this.#registry.metrics();
  }

  /** Null where the store does not answer: the process still reports on itself. */
  async #facts(): Promise<MetricFacts | null> {
    try {
      const facts = await this.#deps.store.metrics.facts({ watched: MOST_FINDINGS });
      await this.#watches.learn(facts);
      return facts;
    } catch (error) {
      this.#deps.onError(error);
      return null;
    }
  }
}
