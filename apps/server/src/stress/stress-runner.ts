/**
 * Makes the load of one run. The real one is a process of its own, so that neither the load nor the server slows the other; it ends
 * with the server, whatever happens.
 */
import { fork } from "node:child_process";
import type { StressRun, StressSecond, StressStep, StressStop } from "@mxray/contracts";
import type { LoadPlan } from "@mxray/stress";

export interface StressOrder {
  readonly plan: Omit<LoadPlan, "secureContext" | "onConnected">;
  /** As the targets file has it. */
  readonly target: string;
}

export interface StressHooks {
  readonly onStep: (step: StressStep) => void;
  readonly onSecond: (second: StressSecond) => void;
  /** Its reason is `cancelled` or `server-ended`. */
  readonly signal: AbortSignal;
}

/** Rejects with a sentence where the run could not be made. */
export type StressRunner = (order: StressOrder, hooks: StressHooks) => Promise<StressRun>;

/** What the process is sent: the order, then perhaps why it is to end. */
export type StressCommand = StressOrder | { readonly end: StressStop };

/** What it sends. */
export type StressNotice =
  | { readonly step: StressStep }
  | { readonly second: StressSecond }
  | { readonly run: StressRun }
  | { readonly problem: string };

/** The server waits no longer for what was measured. */
const END_MS = 7000;

/** @param program file that Node runs; it speaks as above */
export function stressProcess(program: string): StressRunner {
  return async (order, { onStep, onSecond, signal }) => {
    const child = fork(program, [], { stdio: ["ignore", "ignore", "inherit", "ipc"], execArgv: [], detached: true });
    const { promise, resolve, reject } = Promise.withResolvers<StressRun>();
    const end = () => {
      child.send({ end: signal.reason === "cancelled" ? "cancelled" : "server-ended" } satisfies StressCommand, () => undefined);
      setTimeout(() => child.kill("SIGKILL"), END_MS).unref();
    };
    child.on("message", (notice: StressNotice) => {
      if ("step" in notice) onStep(notice.step);
      else if ("second" in notice) onSecond(notice.second);
      else if ("run" in notice) resolve(notice.run);
      else reject(new Error(notice.problem));
    });
    child.once("error", ({ message }) => reject(new Error(`The load could not be started: ${message}.`)));
    child.once("exit", (code, killed) => reject(new Error(`The process that made the load ended (${killed ?? `status ${code}`}).`)));
    child.send(order satisfies StressCommand, () => undefined);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", end);
      child.disconnect();
    }
  };
}
