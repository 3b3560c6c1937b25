export { flatReadings, HostSampler, type HostSamplerOptions } from "./host-sampler.ts";
export { LiveJudgement } from "./live-judgement.ts";
