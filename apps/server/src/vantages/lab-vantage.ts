/**
 * The practice lab as a vantage: a network of its own, in a child process, with a mail domain for every kind of fault.
 * Started on request; only its own mail hosts may be probed, at any pace, and their names come from its own name server.
 */
import { formatEndpoint, LAB_VANTAGE, type PracticeDomain, type VantageInfo } from "@mxray/contracts";
import type { Endpoint, ProbeRunner } from "@mxray/probe";
import { LabProcess } from "./lab-process.ts";
import { type ProbeVantage, VantageError } from "./vantage.ts";

export interface LabVantageDeps {
  /** The program of the child process. */
  readonly program: string;
  /** Whether such a network can be built on this machine; if not, why and what helps. */
  readonly capability: () => Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: string; readonly remedy: string }>;
  readonly version: string;
}

type Phase =
  /** With why it ended, unless somebody stopped it. */
  | { readonly is: "stopped"; readonly reason: string | null }
  | { readonly is: "starting"; readonly started: Promise<void>; readonly unwanted: AbortController }
  | {
      readonly is: "ready";
      readonly process: LabProcess;
      readonly domains: readonly PracticeDomain[];
      readonly addresses: ReadonlySet<string>;
    };

const STOPPED: Phase = { is: "stopped", reason: null };
const DESCRIPTION = "The practice lab";
const WAS_STOPPED = "The practice lab was stopped.";
const NOT_RUNNING = "The practice lab does not run; start it and probe again.";
/** How the lab's client names itself, in EHLO and on the page. */
const CLIENT = "client.lab.test";

export class LabVantage implements ProbeVantage {
  readonly name = LAB_VANTAGE;
  readonly practice = true;
  readonly paced = false;
  readonly delivers = true;
  readonly settings: ProbeVantage["settings"];
  readonly #deps: LabVantageDeps;
  #phase: Phase = STOPPED;
  #process: LabProcess | null = null;
  #trouble: Promise<{ readonly reason: string; readonly remedy: string } | null> | null = null;

  constructor(deps: LabVantageDeps) {
    this.#deps = deps;
    this.settings = { vantage: { name: this.name, host: CLIENT, version: deps.version, practice: true }, helo: CLIENT };
  }

  elsewhere(): boolean {
    return this.#phase.is !== "ready";
  }

  async info(): Promise<VantageInfo> {
    const about: Omit<VantageInfo, "state"> = {
      name: this.name,
      practice: true,
      description: DESCRIPTION,
      startable: true,
      reason: null,
      remedy: null,
      domains: [],
    };
    switch (this.#phase.is) {
      case "ready":
        return { ...about, state: "ready", domains: [...this.#phase.domains] };
      case "starting":
        return { ...about, state: "starting" };
      case "stopped": {
        const { reason } = this.#phase;
        const trouble = await this.#capability();
        return trouble === null ? { ...about, state: "stopped", reason } : { ...about, state: "unavailable", ...trouble };
      }
    }
  }

  async start(): Promise<void> {
    if (this.#phase.is === "ready") return;
    if (this.#phase.is === "stopped") {
      const unwanted = new AbortController();
      this.#phase = { is: "starting", started: this.#start(unwanted.signal), unwanted };
    }
    await this.#phase.started;
  }

  async stop(): Promise<void> {
    if (this.#phase.is === "starting") this.#phase.unwanted.abort();
    await this.#process?.stop(WAS_STOPPED);
    this.#phase = STOPPED;
  }

  refusalOfTarget({ host, family, port }: Parameters<ProbeVantage["refusalOfTarget"]>[0]): string | null {
    return family === null ? null : this.refusalOfHost({ name: null, address: host, port });
  }

  refusalOfHost({ address, port }: Endpoint): string | null {
    if (this.#phase.is !== "ready") return NOT_RUNNING;
    return this.#phase.addresses.has(address)
      ? null
      : `${formatEndpoint(address, port)} is no mail host of the practice lab, and nothing else can be probed from there.`;
  }

  readonly runProbe: ProbeRunner = async (options) => {
    if (this.#phase.is !== "ready") throw new VantageError(NOT_RUNNING);
    return await this.#phase.process.runProbe(options);
  };

  async #start(unwanted: AbortSignal): Promise<void> {
    try {
      const trouble = await this.#capability();
      if (unwanted.aborted) throw new VantageError(WAS_STOPPED);
      if (trouble !== null) throw new VantageError(`${trouble.reason} ${trouble.remedy}`);
      const process = new LabProcess(this.#deps.program);
      this.#process = process;
      void process.ended.then((reason) => this.#ended(process, reason));
      const { domains, addresses } = await process.ready();
      this.#phase = { is: "ready", process, domains, addresses: new Set(addresses) };
    } catch (error) {
      if (!unwanted.aborted) this.#phase = { is: "stopped", reason: error instanceof VantageError ? error.message : null };
      throw error;
    }
  }

  #ended(process: LabProcess, reason: string): void {
    if (this.#process !== process) return;
    this.#process = null;
    this.#phase = { is: "stopped", reason };
  }

  /** What is in the way, or null. A machine that could do it still can; one that could not is asked again. */
  async #capability(): Promise<{ readonly reason: string; readonly remedy: string } | null> {
    this.#trouble ??= this.#deps.capability().then((found) => (found.ok ? null : { reason: found.reason, remedy: found.remedy }));
    const trouble = await this.#trouble;
    if (trouble !== null) this.#trouble = null;
    return trouble;
  }
}
