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
import { LabNotice, type LabReady } from "./lab-wire.ts";
import { RemoteRuns } from "./remote-runs.ts";
import { VantageError } from "./vantage.ts";

const START_MS = 30_000;
const STOP_MS = 5_000;
export class LabProcess {
  /** Why it ended, once it has; a sentence. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #check = Compile(LabNotice);
  readonly #runs = new RemoteRuns({
    // A channel that is closed says so by `exit`.
    send: (call) => {
      if (this.#child.connected) this.#child.send(call, () => undefined);
    },
    onFlood: () => void this.stop("The practice lab sent more output than any probe produces, and was stopped."),
  });
  readonly #ready = Promise.withResolvers<LabReady>();
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
        this.#runs.failAll(gone(this.#reason));
        resolve(this.#reason);
      };
      this.#child.once("error", ({ message }) => end(`The practice lab’s process could not be started: ${message}.`));
      // Not `close`: it never comes for a child that was disconnected.
      this.#child.once("exit", (code, signal) => end(`The practice lab ended unexpectedly (${signal ?? `status ${code}`}).`));
    });
    this.#ready.promise.catch(() => undefined);
  }

  /** @throws VantageError when it ends, or takes longer than half a minute, before it is ready */
  async ready(): Promise<LabReady> {
    const timer = setTimeout(() => void this.stop("The practice lab was not ready in time."), START_MS);
    try {
      return await this.#ready.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves like any probe runner; nothing leaves the lab, so its deliveries need no leave. @throws VantageError when the process ends before */
  async runProbe(options: ProbeOptions): Promise<ProbeObservation> {
    if (this.#reason !== null) throw gone(this.#reason);
    return await this.#runs.runProbe(options);
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
      default:
        this.#runs.receive(message);
    }
  }
}

function gone(reason: string): VantageError {
  return new VantageError(`${reason} Start it and probe again.`);
}
