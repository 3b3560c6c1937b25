/**
 * `/probe?target=…`: one target's newest result as Prometheus text, for scrape configurations with many targets. A scrape never waits
 * for a probe. It starts one where the newest is older than the interval of watched targets; what is watched has its rounds.
 */
import {
  LOCAL_VANTAGE,
  type ProbeObservation,
  type ProbeRequest,
  type ProbeSummary,
  parseTarget,
  severityRank,
  watchTarget,
} from "@mxray/contracts";
import type { ProbesOfTarget, Store } from "@mxray/store";
import { Gauge, Registry } from "prom-client";
import type { Probes } from "../probing/probes.ts";
import { isUnwelcome } from "../probing/unwelcome.ts";
import { Refusal } from "../refusal.ts";
import { watchInterval } from "../watching/watch-schedule.ts";
import { HostMetrics, hostFactsOf } from "./host-metrics.ts";

/** How a target is probed; `default` is what rounds of watches do. */
export const PROBE_MODULES = ["default", "ipv4", "ipv6"] as const;
export type ProbeModule = (typeof PROBE_MODULES)[number];

const FAMILIES = { default: null, ipv4: 4, ipv6: 6 } as const satisfies Record<ProbeModule, 4 | 6 | null>;
/** Doublings of the interval while the mail host answers 421 or 554: 16 times as long. */
const UNWELCOME_DOUBLINGS = 4;

export interface TargetMetricsDeps {
  readonly store: Pick<Store, "metrics" | "probes" | "watches">;
  readonly probes: Pick<Probes, "check" | "submit" | "vantageOf">;
  /** Milliseconds between two rounds of a watch. */
  readonly interval: () => number;
}

export class TargetMetrics {
  readonly #deps: TargetMetricsDeps;
  /** Targets whose probe is being written down. */
  readonly #starting = new Set<string>();

  constructor(deps: TargetMetricsDeps) {
    this.#deps = deps;
  }

  /** @throws Refusal `invalid-target`, `practice-not-watched`, `target-not-allowed`, `port-not-allowed` */
  async text(typed: string, module: ProbeModule): Promise<string> {
    const { store, probes } = this.#deps;
    const request = requestOf(typed, module);
    if (probes.vantageOf(request).practice)
      throw new Refusal("practice-not-watched", "The practice lab has no metrics: it is made to be broken.");
    await probes.check(request);
    const known = await store.metrics.probesOf(request.target, FAMILIES[module]);
    const observation = known.result === null ? null : ((await store.probes.get(known.result.id))?.observation ?? null);
    const isDue = this.#isDue(known, observation) && !(await store.watches.has(request.target));
    const started = isDue && (await this.#start(request, module));
    const underWay = started || known.latest?.status === "queued" || known.latest?.status === "running";
    return await textOf(request.target, known.result, observation, underWay);
  }

  #isDue({ latest }: ProbesOfTarget, observation: ProbeObservation | null): boolean {
    if (latest === null) return true;
    const unwelcome = observation !== null && isUnwelcome(observation);
    const interval = watchInterval(this.#deps.interval(), unwelcome ? UNWELCOME_DOUBLINGS : 0);
    return Date.now() - Date.parse(latest.createdAt) >= interval;
  }

  /** False where another scrape starts it, or no place is free. */
  async #start(request: ProbeRequest, module: ProbeModule): Promise<boolean> {
    const key = `${module} ${request.target}`;
    if (this.#starting.has(key)) return false;
    this.#starting.add(key);
    try {
      await this.#deps.probes.submit(request);
      return true;
    } catch (error) {
      if (error instanceof Refusal && error.code === "queue-full") return false;
      throw error;
    } finally {
      this.#starting.delete(key);
    }
  }
}

/** @throws Refusal `invalid-target` */
function requestOf(typed: string, module: ProbeModule): ProbeRequest {
  const target = watchTarget({ target: typed });
  const family = FAMILIES[module];
  if (target !== null) return { target, dataLadder: false, ...(family === null ? {} : { family }) };
  const parsed = parseTarget(typed, { mailAddress: true });
  throw new Refusal("invalid-target", parsed.ok ? `${typed} cannot be probed.` : parsed.message);
}

async function textOf(
  target: string,
  result: ProbeSummary | null,
  observation: ProbeObservation | null,
  underWay: boolean,
): Promise<string> {
  const registry = new Registry();
  const registers = [registry];
  const of = { target, vantage: LOCAL_VANTAGE };
  const gauge = (name: string, help: string, value: number) => new Gauge({ name, help, registers }).set(value);
  gauge("mxray_probe_under_way", "1 while a probe of the target waits or runs.", underWay ? 1 : 0);
  if (result === null) return await registry.metrics();
  const { verdict, startedAt, createdAt, finishedAt } = result;
  const began = Date.parse(startedAt ?? createdAt);
  const ended = Date.parse(finishedAt ?? createdAt);
  const well = verdict === null || severityRank(verdict.severity) === 0;
  gauge("probe_success", "1 where the newest result has no finding of severity warning or critical.", well ? 1 : 0);
  gauge("mxray_probe_age_seconds", "Time since the newest result.", Math.max(0, Date.now() - ended) / 1000);
  gauge("mxray_probe_duration_seconds", "Duration of the probe that gave it.", Math.max(0, ended - began) / 1000);
  if (verdict !== null) {
    const { code, severity, confidence } = verdict;
    new Gauge({
      name: "mxray_target_verdict",
      help: "1 for the worst finding of the newest result.",
      labelNames: ["target", "vantage", "code", "severity", "confidence"],
      registers,
    }).set({ ...of, code, severity, confidence }, 1);
  }
  if (observation !== null) new HostMetrics(registry).set(of, hostFactsOf(observation));
  return await registry.metrics();
}
