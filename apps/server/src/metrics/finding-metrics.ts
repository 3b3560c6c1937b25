/** Findings that are not fixed: counted by code, and one series for each that a watched target shows. */
import { FINDING_CODES, FINDING_SEVERITY } from "@mxray/contracts";
import type { MetricFacts } from "@mxray/store";
import { Gauge, type Registry } from "prom-client";

const STATES = ["open", "acknowledged", "dismissed"] as const;

export class FindingMetrics {
  readonly #count;
  readonly #info;
  readonly #publicUrl: () => string;

  constructor(registry: Registry, publicUrl: () => string) {
    const registers = [registry];
    this.#publicUrl = publicUrl;
    this.#count = new Gauge({
      name: "mxray_findings",
      help: "Findings that are not fixed, without those that another finding explains.",
      labelNames: ["code", "severity", "state"],
      registers,
    });
    this.#info = new Gauge({
      name: "mxray_finding_info",
      help: "1 for each finding of a watched target that is not fixed; url leads to its evidence and remedies.",
      labelNames: ["code", "severity", "confidence", "state", "host", "address", "port", "url"],
      registers,
    });
  }

  reset(): void {
    this.#count.reset();
    this.#info.reset();
  }

  set({ findings, watched }: Pick<MetricFacts, "findings" | "watched">): void {
    // A series that exists before its first finding is one whose increase an alert rule can see.
    for (const code of FINDING_CODES) for (const state of STATES) this.#count.set({ code, severity: FINDING_SEVERITY[code], state }, 0);
    for (const { code, severity, state, count } of findings) this.#count.set({ code, severity, state }, count);
    for (const { id, subject, ...labels } of watched) {
      const { host, address, port } = subject;
      const url = `${this.#publicUrl()}/findings/${id}`;
      this.#info.set({ ...labels, host: host ?? address ?? "", address: address ?? "", port: String(port ?? ""), url }, 1);
    }
  }
}
