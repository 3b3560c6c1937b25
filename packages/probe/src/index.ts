export { localProbeRunner } from "./node/run-probe.ts";
export type { ProbeOptions, ProbeRunner } from "./options.ts";
