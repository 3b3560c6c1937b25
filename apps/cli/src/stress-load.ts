/** Makes a load over connections that are marked as mxray's own, with the control experiment's certificate and, where the target is this machine, its pressure beside it. */
import { networkInterfaces } from "node:os";
import type { StressRun } from "@mxray/contracts";
import { type HostReader, type LoadPlan, runStress } from "@mxray/stress";

type Hooks = Pick<Parameters<typeof runStress>[0], "signal" | "onStep" | "onSecond">;

export async function stressLoad(plan: LoadPlan, target: string, hooks: Hooks): Promise<StressRun> {
  const sinkTls = plan.options.starttls ? (await import("@mxray/lab")).certificateBundle({ names: ["sink.mxray.invalid"] }) : null;
  const { ownSocketMarker } = await import("@mxray/probe");
  const marked = { ...plan, onConnected: ownSocketMarker() };
  return await runStress({ plan: marked, target, sinkTls, host: isThisMachine(plan.address) ? await hostReader() : null, ...hooks });
}

function isThisMachine(address: string): boolean {
  return /^127\.|^::1$/.test(address) || Object.values(networkInterfaces()).some((own) => own?.some((one) => one.address === address));
}

async function hostReader(): Promise<HostReader | null> {
  if (process.platform !== "linux") return null;
  const { flatReadings, HostSampler } = await import("@mxray/host");
  const sampler = new HostSampler();
  return async () => flatReadings(sampler.sample());
}
