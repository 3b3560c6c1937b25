export type { ProbeOptions, ProbeRunner } from "./options.ts";
