/** The last round of each watched target: its verdict, when it was, and what it measured of each mail host. */
import type { MetricFacts, ProbeStore } from "@mxray/store";
import { Gauge, type Registry } from "prom-client";
import { type HostFacts, HostMetrics, hostFactsOf } from "./host-metrics.ts";

export class WatchMetrics {
  readonly #probes: Pick<ProbeStore, "get">;
  readonly #hosts: HostMetrics;
  readonly #watches;
  readonly #verdict;
  readonly #finished;
  readonly #due;
  /** By probe: an observation is read once, however often it is asked for. */
  #known: ReadonlyMap<string, readonly HostFacts[]> = new Map();

  constructor(registry: Registry, probes: Pick<ProbeStore, "get">) {
    const registers = [registry];
    this.#probes = probes;
    this.#hosts = new HostMetrics(registry);
    this.#watches = new Gauge({ name: "mxray_watched_targets", help: "Targets that are watched.", registers });
    this.#verdict = new Gauge({
      name: "mxray_target_verdict",
      help: "1 for the worst finding of the last round of a watched target. Absent where that round failed.",
      labelNames: ["target", "vantage", "code", "severity", "confidence"],
      registers,
    });
    this.#finished = new Gauge({
      name: "mxray_target_round_timestamp_seconds",
      help: "When the last round of a watched target ended.",
      labelNames: ["target", "vantage"],
      registers,
    });
    this.#due = new Gauge({
      name: "mxray_target_due_timestamp_seconds",
      help: "When the next round of a watched target is due. Absent while it is paused.",
      labelNames: ["target", "vantage"],
      registers,
    });
  }

  reset(): void {
    this.#hosts.reset();
    this.#verdict.reset();
    this.#finished.reset();
    this.#due.reset();
    // Unlike `reset`, which would claim that there are none.
    this.#watches.remove();
  }

  /** Reads what `set` needs and does not know yet. */
  async learn({ rounds }: Pick<MetricFacts, "rounds">): Promise<void> {
    const known = new Map<string, readonly HostFacts[]>();
    for (const { probeId } of rounds) known.set(probeId, this.#known.get(probeId) ?? (await this.#read(probeId)));
    this.#known = known;
  }

  set({ rounds, planned }: Pick<MetricFacts, "rounds" | "planned">): void {
    this.#watches.set(new Set(planned.map(({ target }) => target)).size);
    for (const { target, vantage, dueAt } of planned) if (dueAt !== null) this.#due.set({ target, vantage }, Date.parse(dueAt) / 1000);
    for (const { target, vantage, probeId, finishedAt, verdict } of rounds) {
      this.#finished.set({ target, vantage }, Date.parse(finishedAt) / 1000);
      if (verdict !== null) {
        const { code, severity, confidence } = verdict;
        this.#verdict.set({ target, vantage, code, severity, confidence }, 1);
      }
      this.#hosts.set({ target, vantage }, this.#known.get(probeId) ?? []);
    }
  }

  async #read(probeId: string): Promise<HostFacts[]> {
    const observation = (await this.#probes.get(probeId))?.observation ?? null;
    return observation === null ? [] : hostFactsOf(observation);
  }
}
