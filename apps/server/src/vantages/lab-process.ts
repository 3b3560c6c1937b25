/**
 * The practice lab's process: started, spoken to, ended. It is a process group of its own, so that a Ctrl-C for the server is
 * not one for the lab, and it ends with the server whatever happens: its IPC channel closes, and it exits.
 *
 * A message that makes no sense, more events than any probe has, or the end of the process: all its probes reject with a
 * VantageError, and `ended` tells why.
 */
import { type ChildProcess, fork } from "node:child_process";
import { type ProbeObservation, printable } from "@mxray/contracts";
import type { ProbeOptions } from "@mxray/probe";
import { Compile } from "typebox/compile";
import { type LabCall, LabNotice } from "./lab-wire.ts";
import { VantageError } from "./vantage.ts";

const START_MS = 30_000;
const STOP_MS = 5_000;
/** A probe of ten addresses has some thousand. */
const MOST_EVENTS = 20_000;

type Ready = Extract<LabNotice, { tell: "ready" }>;

interface Run {
  readonly options: ProbeOptions;
  readonly over: AbortController;
  readonly resolve: (observation: ProbeObservation) => void;
  readonly reject: (error: Error) => void;
  events: number;
}

export class LabProcess {
  /** Why it ended, once it has; a sentence. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #check = Compile(LabNotice);
  readonly #runs = new Map<number, Run>();
  readonly #ready = Promise.withResolvers<Ready>();
  #count = 0;
  /** Why we end it. */
  #reason: string | null = null;

  /** @param program file that Node runs */
  constructor(program: string) {
    this.#child = fork(program, [], { stdio: ["ignore", "ignore", "inherit", "ipc"], execArgv: [], detached: true });
    this.#child.on("message", (message) => this.#receive(message));
    this.ended = new Promise((resolve) => {
      const end = (how: string) => {
        this.#reason ??= how;
        this.#ready.reject(new VantageError(this.#reason));
        for (const run of this.#runs.values()) run.reject(new VantageError(`${this.#reason} Start it and probe again.`));
        resolve(this.#reason);
      };
      this.#child.once("error", ({ message }) => end(`The practice lab’s process could not be started: ${message}.`));
      // Not `close`: it never comes for a child that was disconnected.
      this.#child.once("exit", (code, signal) => end(`The practice lab ended unexpectedly (${signal ?? `status ${code}`}).`));
    });
    this.#ready.promise.catch(() => undefined);
  }

  /** @throws VantageError when it ends, or takes longer than half a minute, before it is ready */
  async ready(): Promise<Ready> {
    const timer = setTimeout(() => void this.stop("The practice lab was not ready in time."), START_MS);
    try {
      return await this.#ready.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves like any probe runner. @throws VantageError when the process ends before */
  async runProbe(options: ProbeOptions): Promise<ProbeObservation> {
    // Nothing leaves the lab: its deliveries need no leave.
    const { admit: _admit, admitDelivery: _admitDelivery, onEvent: _onEvent, signal, ...plain } = options;
    const id = ++this.#count;
    const { promise, resolve, reject } = Promise.withResolvers<ProbeObservation>();
    const over = new AbortController();
    const cancel = () => {
      over.abort();
      this.#send({ do: "cancel", id });
    };
    this.#runs.set(id, { options, over, resolve, reject, events: 0 });
    if (this.#reason !== null) reject(new VantageError(this.#reason));
    this.#send({ do: "probe", id, options: plain });
    signal?.addEventListener("abort", cancel, { once: true });
    if (signal?.aborted) cancel();
    try {
      // Where it was measured, and what was asked, is for us to say.
      return { ...(await promise), vantage: options.vantage, target: options.target.input };
    } finally {
      signal?.removeEventListener("abort", cancel);
      over.abort();
      this.#runs.delete(id);
    }
  }

  /** Returns when it is gone. */
  async stop(reason: string): Promise<void> {
    this.#reason ??= reason;
    if (this.#child.connected) this.#child.disconnect();
    const patience = setTimeout(() => this.#child.kill("SIGKILL"), STOP_MS);
    await this.ended;
    clearTimeout(patience);
  }

  #receive(message: unknown): void {
    if (!this.#check.Check(message)) {
      void this.stop("The practice lab said something that makes no sense, and was stopped.");
      return;
    }
    switch (message.tell) {
      case "ready":
        this.#ready.resolve(message);
        break;
      case "failed":
        void this.stop(`The practice lab ended: ${printable(message.reason)}.`);
        break;
      case "event":
        this.#happened(message.id, message.event);
        break;
      case "ask":
        void this.#admit(message);
        break;
      case "done":
        this.#runs.get(message.id)?.resolve(message.observation);
        break;
      case "threw":
        this.#runs.get(message.id)?.reject(new Error(`The practice lab's probe threw: ${printable(message.reason)}`));
        break;
    }
  }

  #happened(id: number, event: Extract<LabNotice, { tell: "event" }>["event"]): void {
    const run = this.#runs.get(id);
    if (run === undefined) return;
    run.events += 1;
    if (run.events <= MOST_EVENTS) run.options.onEvent?.(event);
    else void this.stop("The practice lab sent more output than any probe produces, and was stopped.");
  }

  async #admit({ id, ask, host }: Extract<LabNotice, { tell: "ask" }>): Promise<void> {
    const run = this.#runs.get(id);
    const admit = run?.options.admit ?? (() => (run === undefined ? "The probe has ended." : null));
    const refusal = await admit(host, run?.over.signal ?? AbortSignal.abort());
    this.#send({ do: "admit", ask, refusal });
  }

  #send(call: LabCall): void {
    // A channel that is closed says so by `close`.
    if (this.#child.connected) this.#child.send(call, () => undefined);
  }
}
