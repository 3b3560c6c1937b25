import type { StressOptions } from "@mxray/contracts";
import type { LoadPlan } from "../src/load/load-plan.ts";

export function loadOptions(options: Partial<StressOptions> = {}): StressOptions {
  return {
    sessions: 10,
    perSession: 1,
    messages: null,
    seconds: null,
    rate: null,
    ramp: 0,
    steps: 0,
    spike: 1,
    size: { least: 1000, most: 1000 },
    from: "",
    recipients: ["test@example.test"],
    helo: "generator.example.test",
    starttls: false,
    lmtp: false,
    pipelining: true,
    timeoutSeconds: 20,
    seed: 1,
    ...options,
  };
}

export function loadPlan(port: number, options: Partial<StressOptions> = {}): LoadPlan {
  return {
    options: loadOptions(options),
    address: "127.0.0.1",
    port,
    name: "target.example.test",
    credentials: null,
    about: { run: "s1", by: "tester@example.test", host: "generator.example.test" },
  };
}
