export type { LoadPlan } from "./load/load-plan.ts";
export { startSink } from "./sink/sink-server.ts";
export { type HostReader, runStress } from "./stress-run.ts";
export { allowedLoad, type LoadRequest } from "./target/allowed-load.ts";
export { type AddressQuestions, checkedAddress, installationSecret } from "./target/checked-address.ts";
export { lockRuns, recordRun } from "./target/run-lock.ts";
export { chooseTarget, readTargetFile, type StressTarget, StressTargetError } from "./target/target-file.ts";
