export { flatReadings, HostSampler, type HostSamplerOptions } from "./host-sampler.ts";
