/** The thread behind `diagnoseAside`: statistics in, findings out. */
import { parentPort } from "node:worker_threads";
import type { LogStatistics } from "@mxray/contracts";
import { diagnoseLog } from "@mxray/diagnosis";

parentPort?.once("message", (statistics: LogStatistics) => parentPort?.postMessage(diagnoseLog(statistics)));
