/**
 * What the generator can do: the same load, as fast as it goes, against a sink on this machine. A target that takes as much
 * shows the generator's limit and not its own.
 */
import type { StressRun } from "@mxray/contracts";
import { startSinkChild } from "../sink/sink-child.ts";
import type { LoadPlan } from "./load-plan.ts";
import { runLoad } from "./load-run.ts";

/** Enough for the code to be compiled and a rate to be read. */
const SECONDS = 2;
const WARM_UP = 500;

export type Calibration = StressRun["calibration"];

/** @param tls the sink's certificate where the load uses TLS, PEM */
export async function calibrate(plan: LoadPlan, tls: { cert: string; key: string } | null, signal?: AbortSignal): Promise<Calibration> {
  await using sink = await startSinkChild({
    host: "127.0.0.1",
    port: 0,
    delayMs: 0,
    stall: null,
    refuse: 0,
    connectionsPerClient: null,
    lmtp: plan.options.lmtp,
    tls,
  });
  const free = { ...plan.options, rate: null, ramp: 0, steps: 0, spike: 1, timeoutSeconds: 10 };
  const at = { ...plan, address: "127.0.0.1", port: sink.port };
  const hooks = signal === undefined ? {} : { signal };
  await runLoad({ ...at, options: { ...free, messages: WARM_UP, seconds: SECONDS } }, hooks);
  const { rate, latencyMs } = await runLoad({ ...at, options: { ...free, messages: null, seconds: SECONDS } }, hooks);
  return { rate: rate.achieved, p99Ms: latencyMs.fromStart.p99 };
}
