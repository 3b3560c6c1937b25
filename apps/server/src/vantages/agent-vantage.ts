/**
 * An agent's machine as a vantage. The agent asks for work and gets what waits for it; before each connection it asks this server, whose
 * policy and pace hold there as well.
 */
import type { VantageInfo } from "@mxray/contracts";
import type { Endpoint, ProbeCall, ProbeNotice, ProbeRunner } from "@mxray/probe";
import type { Settings } from "../live-settings.ts";
import { RemoteRuns } from "./remote-runs.ts";
import { refusalOfAddress, refusalOfName, refusalOfTarget } from "./target-policy.ts";
import { type FarEnd, type ProbeVantage, VantageError } from "./vantage.ts";

export interface AgentVantageDeps {
  /** Of the agent, and of the vantage. */
  readonly name: string;
  readonly settings: Settings;
}

/** As the agent says. */
export interface AgentFacts {
  readonly host: string;
  readonly version: string;
  /** Of its machine. */
  readonly addresses: readonly string[];
}

export interface AgentWork {
  readonly calls: ProbeCall[];
  readonly upTo: number;
}

/** An agent that asks for work waits so long, milliseconds, while there is none. */
const WORK_WAIT_MS = 25_000;
/** One that has not asked for so long is gone. */
const GONE_MS = 60_000;
const NEVER_ASKED = "It has not asked for work since this server started.";

export class AgentVantage implements ProbeVantage {
  readonly name: string;
  readonly practice = false;
  readonly paced = true;
  readonly delivers = false;
  readonly #settings: Settings;
  readonly #runs: RemoteRuns;
  /** What the agent was not given yet, or may not have got; by number. */
  #waiting: { readonly number: number; readonly call: ProbeCall }[] = [];
  /** Also after a restart of this server every number is new. */
  #number = Date.now();
  /** As it last said. */
  #about = { host: "", version: "" };
  #addresses: ReadonlySet<string> = new Set();
  #askedAt: number | null = null;
  #wake: (() => void) | null = null;
  #gone: NodeJS.Timeout | null = null;
  /** When another server of the same store heard of it last. */
  #seenElsewhereAt = Number.NEGATIVE_INFINITY;

  constructor({ name, settings }: AgentVantageDeps) {
    this.name = name;
    this.#settings = settings;
    this.#runs = new RemoteRuns({
      send: (call) => {
        this.#number += 1;
        this.#waiting.push({ number: this.#number, call });
        this.#wake?.();
      },
      onFlood: () => this.#runs.failAll(new VantageError(`The agent ${name} sent more output than any probe produces.`)),
    });
  }

  get settings(): ProbeVantage["settings"] {
    const { contact } = this.#settings.values;
    return { vantage: { name: this.name, ...this.#about }, ...(contact === undefined ? {} : { contact }) };
  }

  elsewhere(): boolean {
    return this.#reason() !== null && this.#isElsewhere();
  }

  /** @param ago milliseconds since another server heard of it */
  seenElsewhere(ago: number): void {
    this.#seenElsewhereAt = performance.now() - ago;
  }

  async info(): Promise<VantageInfo> {
    const reason = this.#isElsewhere() ? null : this.#reason();
    const about = { name: this.name, practice: false, description: `The agent ${this.name}`, startable: false, domains: [] };
    return reason === null
      ? { ...about, state: "ready", reason, remedy: null }
      : { ...about, state: "unavailable", reason, remedy: `See that 'mxray agent' runs on ${this.name} and reaches this server.` };
  }

  async start(): Promise<void> {
    const reason = this.#isElsewhere() ? null : this.#reason();
    if (reason !== null) throw new VantageError(reason);
  }

  async stop(): Promise<void> {
    this.#end("This server is stopping.");
  }

  refusalOfTarget(target: Parameters<ProbeVantage["refusalOfTarget"]>[0]): string | null {
    return refusalOfTarget(this.#settings.values, target);
  }

  refusalOfHost({ name, address, port }: Endpoint): string | null {
    return refusalOfName(this.#settings.values, name) ?? refusalOfAddress(this.#settings.values, address, port);
  }

  readonly runProbe: ProbeRunner = async (options) => {
    const reason = this.#reason();
    if (reason !== null) throw new VantageError(reason);
    return await this.#runs.runProbe(options);
  };

  /**
   * What the agent is to do: at once where something waits, else after a while. It is given again until the agent says that it has it.
   *
   * @param after the number up to which the agent has got everything
   * @param signal aborted when the agent has hung up
   */
  async work(after: number, { addresses, ...about }: AgentFacts, signal: AbortSignal): Promise<AgentWork> {
    this.#about = about;
    this.#addresses = new Set(addresses);
    this.#asked();
    this.#waiting = this.#waiting.filter(({ number }) => number > after);
    // Of two that ask, the former has lost its connection.
    this.#wake?.();
    if (this.#waiting.length === 0) await this.#wait(signal);
    this.#asked();
    return { calls: this.#waiting.map(({ call }) => call), upTo: this.#waiting.at(-1)?.number ?? after };
  }

  async watchFarEnd(address: string, port: number): Promise<FarEnd | null> {
    const reached = this.#addresses.has(address) && this.#reason() === null;
    return reached ? await this.#runs.watchFarEnd(address, port) : null;
  }

  /** The agent begins: whatever it was at before is lost. */
  began(): void {
    this.#end(`The agent ${this.name} was started again.`);
  }

  heard(notices: readonly ProbeNotice[]): void {
    for (const notice of notices) this.#runs.receive(notice);
  }

  /** The agent was revoked. */
  revoked(): void {
    this.#askedAt = null;
    this.#end(`The agent ${this.name} was revoked.`);
  }

  #reason(): string | null {
    if (this.#askedAt === null) return NEVER_ASKED;
    return performance.now() - this.#askedAt < GONE_MS ? null : `The agent ${this.name} does not ask for work any more.`;
  }

  #isElsewhere(): boolean {
    return performance.now() - this.#seenElsewhereAt < GONE_MS;
  }

  #asked(): void {
    this.#askedAt = performance.now();
    if (this.#gone !== null) clearTimeout(this.#gone);
    this.#gone = setTimeout(() => this.#end(`The agent ${this.name} does not ask for work any more.`), GONE_MS).unref();
  }

  #end(reason: string): void {
    if (this.#gone !== null) clearTimeout(this.#gone);
    this.#waiting = [];
    this.#runs.failAll(new VantageError(reason));
    this.#wake?.();
  }

  async #wait(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        if (this.#wake === done) this.#wake = null;
        resolve();
      };
      const timer = setTimeout(done, WORK_WAIT_MS).unref();
      signal.addEventListener("abort", done, { once: true });
      this.#wake = done;
    });
  }
}
