/**
 * A place that probes run from, as the server sees it: this machine, the practice lab in a child process, an agent elsewhere. Which hosts may be probed from there, and what every probe is told, belongs to the place.
 */
import type { FarConnection, Target, VantageInfo } from "@mxray/contracts";
import type { Endpoint, ProbeOptions, ProbeRunner } from "@mxray/probe";
import { Refusal } from "../refusal.ts";

/** The mail host's end of a probe, watched by an agent there. */
export interface FarEnd {
  /** @param flows of the probe, `address:port` of its machine */
  stop(flows: readonly string[]): Promise<FarConnection[]>;
}

export interface ProbeVantage {
  readonly name: string;
  /** What is seen from there says nothing about real mail, and is kept apart from it. */
  readonly practice: boolean;
  /** Hosts there belong to somebody: two probes of one keep their distance in time. */
  readonly paced: boolean;
  /** The delivery test may run from here: the one who asks for it is sure to have it run at most once. */
  readonly delivers: boolean;
  /** What every probe from here is told. */
  readonly settings: Omit<ProbeOptions, "target" | "admit" | "admitDelivery" | "signal" | "onEvent">;
  /** Whether probes can run from there now only by way of another server of the same store. */
  elsewhere(): boolean;
  /** How it stands now. */
  info(): Promise<VantageInfo>;
  /** Returns when it is ready. @throws VantageError when it cannot be */
  start(): Promise<void>;
  /** Returns when it has ended; its probes end with a VantageError. */
  stop(): Promise<void>;
  /** A sentence for a target that need not even be resolved to be refused, or null. */
  refusalOfTarget(target: Target): string | null;
  /** A sentence for a host that no probe from here may connect to, or null; asked at each connect. */
  refusalOfHost(host: Endpoint): string | null;
  /** Watches the far end of a probe from elsewhere that connects to this vantage's machine; absent, or null, where it cannot. */
  watchFarEnd?(address: string, port: number): Promise<FarEnd | null>;
  /** Also rejects, with a VantageError, when the place is gone. */
  readonly runProbe: ProbeRunner;
}

/** A vantage that is not there, or no longer: not a bug, and told to whoever asked. */
export class VantageError extends Refusal {
  constructor(message: string, code: "vantage-not-ready" | "no-such-vantage" = "vantage-not-ready") {
    super(code, message);
  }
}
