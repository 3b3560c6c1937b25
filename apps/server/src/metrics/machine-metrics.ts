/** The machine that mxray runs on: its gauges and their limits. What cannot be read has no series. */
import type { HostSample } from "@mxray/contracts";
import { Gauge, type Registry } from "prom-client";

export class MachineMetrics {
  readonly #value;
  readonly #limit;

  constructor(registry: Registry) {
    const registers = [registry];
    const labelNames = ["gauge"] as const;
    this.#value = new Gauge({
      name: "mxray_host_gauge",
      help: "A gauge of this machine; docs/host.md has their units.",
      labelNames,
      registers,
    });
    this.#limit = new Gauge({ name: "mxray_host_gauge_limit", help: "The limit of a gauge that has one.", labelNames, registers });
  }

  set(sample: HostSample | null): void {
    this.#value.reset();
    this.#limit.reset();
    for (const [gauge, { value, limit }] of Object.entries(sample?.gauges ?? {})) {
      if (value === null) continue;
      this.#value.set({ gauge }, value);
      if (limit !== null) this.#limit.set({ gauge }, limit);
    }
  }
}
