export { localProbeRunner } from "./node/run-probe.ts";
export type { Endpoint, ProbeOptions, ProbeRunner } from "./options.ts";
