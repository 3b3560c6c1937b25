export { flatReadings, HostSampler, type HostSamplerOptions } from "./host-sampler.ts";
export { LiveJudgement } from "./live-judgement.ts";
export { LiveWatch, NOTHING_LIVE } from "./live-watch.ts";
export { missingQueue } from "./queue-matrix.ts";
export { QueueReader } from "./queue-reader.ts";
