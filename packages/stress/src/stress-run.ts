/** A whole run: one message alone, the control experiment, the load with the target's machine beside it, and the verdict. */
import { setTimeout } from "node:timers/promises";
import type { StressRun, StressSecond } from "@mxray/contracts";
import { calibrate } from "./load/calibration.ts";
import type { LoadPlan } from "./load/load-plan.ts";
import { runLoad } from "./load/load-run.ts";
import { judgeLoad } from "./verdict/judge-load.ts";

/** The machine is looked at for so long before the load, ms. */
const QUIET_MS = 1000;

/** Readings of the target's machine by name; null where it cannot be seen. */
export type HostReader = () => Promise<Readonly<Record<string, number>>>;

export interface StressRequest {
  readonly plan: LoadPlan;
  /** As it was asked for, such as `relay1.example.test:25`. */
  readonly target: string;
  /** Certificate for the control experiment where the load uses TLS, PEM. */
  readonly sinkTls: { readonly cert: string; readonly key: string } | null;
  readonly host: HostReader | null;
  readonly signal?: AbortSignal;
  readonly onStep?: (step: "alone" | "calibration" | "load") => void;
  readonly onSecond?: (second: StressSecond) => void;
}

export async function runStress(request: StressRequest): Promise<StressRun> {
  const { plan, target, signal, host } = request;
  const startedAt = new Date().toISOString();
  const hooks = signal === undefined ? {} : { signal };
  request.onStep?.("alone");
  await host?.();
  const single = { ...plan.options, sessions: 1, messages: 1, seconds: null, rate: null, ramp: 0, steps: 0, spike: 1 };
  const alone = await runLoad({ ...plan, options: single }, hooks);
  if (host !== null) await setTimeout(QUIET_MS, undefined, hooks).catch(() => undefined);
  const before = host === null ? null : await host();
  request.onStep?.("calibration");
  const calibration = await calibrate(plan, request.sinkTls, signal);
  request.onStep?.("load");
  const readings: Readonly<Record<string, number>>[] = [];
  await host?.();
  const result = await runLoad(plan, {
    ...hooks,
    onSecond: (second) => {
      request.onSecond?.(second);
      void host?.().then((reading) => readings.push(reading));
    },
  });
  const means = host === null ? null : meansOf(readings.length > 0 ? readings : [await host()]);
  const limit = judgeLoad({ options: plan.options, calibration, result, alone: alone.stagesMs, host: means, hostBefore: before });
  return {
    schema: "mxray.stress/1",
    target,
    address: plan.address,
    run: { id: plan.about.run, by: plan.about.by, startedAt, seconds: result.seconds },
    options: plan.options,
    calibration,
    counts: result.counts,
    rate: result.rate,
    latencyMs: result.latencyMs,
    stagesMs: result.stagesMs,
    curve: [...result.curve],
    answers: result.answers,
    series: result.series.map((second, index) => ({ ...second, ...(readings[index] === undefined ? {} : { host: readings[index] }) })),
    host: means,
    limit,
    stopped: result.stopped,
    findings: [],
  };
}

/** Of each reading over the run; limits stay what they are, and a peak counts for what has a limit. */
function meansOf(readings: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const names = new Set(readings.flatMap((reading) => Object.keys(reading)));
  return Object.fromEntries(
    [...names].map((name) => {
      const values = readings.flatMap((reading) => reading[name] ?? []);
      const limited = names.has(`${name}Limit`) || name.endsWith("Limit");
      return [name, limited ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0) / values.length];
    }),
  );
}
