/** What one probe measured of each mail host of its target: path verdicts, path MTU, stage times. */
import {
  type MailHostObservation,
  PATH_VERDICTS,
  type PathVerdictKind,
  type ProbeObservation,
  type Stage,
  type StageOutcome,
} from "@mxray/contracts";
import { Gauge, type Registry } from "prom-client";

const DIRECTIONS = ["outbound", "inbound"] as const;

interface PathFacts {
  readonly verdict: PathVerdictKind;
  /** Bytes of the largest IP packet that gets through; null where unknown. */
  readonly mtu: number | null;
}

/** The few numbers of an observation that are kept in memory. */
export interface HostFacts {
  readonly labels: { readonly host: string; readonly address: string; readonly port: string };
  readonly paths: Readonly<Record<(typeof DIRECTIONS)[number], PathFacts>>;
  readonly stages: readonly { readonly stage: Stage; readonly outcome: StageOutcome; readonly seconds: number }[];
}

export function hostFactsOf({ hosts }: ProbeObservation): HostFacts[] {
  return hosts.map(factsOf);
}

function factsOf({ name, address, port, path: { outbound, inbound }, stages }: MailHostObservation): HostFacts {
  return {
    labels: { host: name ?? address, address, port: String(port) },
    paths: {
      outbound: { verdict: outbound.verdict, mtu: outbound.mtu },
      inbound: { verdict: inbound.verdict, mtu: inbound.mtu },
    },
    stages: stages
      .filter(({ outcome }) => outcome !== "skipped" && outcome !== "not-tested")
      .map(({ stage, outcome, ms }) => ({ stage, outcome, seconds: ms / 1000 })),
  };
}

export class HostMetrics {
  readonly #verdict;
  readonly #mtu;
  readonly #stage;

  constructor(registry: Registry) {
    const registers = [registry];
    const host = ["target", "vantage", "host", "address", "port"] as const;
    this.#verdict = new Gauge({
      name: "mxray_path_verdict",
      help: `Path verdict of the last probe, 1 for the one that holds: ${PATH_VERDICTS.join(", ")}.`,
      labelNames: [...host, "direction", "verdict"],
      registers,
    });
    this.#mtu = new Gauge({
      name: "mxray_path_mtu_bytes",
      help: "Largest IP packet that gets through, as the last probe measured it. Absent where it is unknown.",
      labelNames: [...host, "direction"],
      registers,
    });
    this.#stage = new Gauge({
      name: "mxray_stage_seconds",
      help: "Duration of each stage of the last probe, and how the stage ended.",
      labelNames: [...host, "stage", "outcome"],
      registers,
    });
  }

  reset(): void {
    for (const gauge of [this.#verdict, this.#mtu, this.#stage]) gauge.reset();
  }

  set(of: { readonly target: string; readonly vantage: string }, hosts: readonly HostFacts[]): void {
    for (const { labels, paths, stages } of hosts) {
      const host = { ...of, ...labels };
      for (const direction of DIRECTIONS) {
        const { verdict, mtu } = paths[direction];
        this.#verdict.set({ ...host, direction, verdict }, 1);
        if (mtu !== null) this.#mtu.set({ ...host, direction }, mtu);
      }
      for (const { stage, outcome, seconds } of stages) this.#stage.set({ ...host, stage, outcome }, seconds);
    }
  }
}
