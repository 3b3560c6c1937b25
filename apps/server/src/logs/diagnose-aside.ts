/** The exact tests of thousands of peers take most of a second: they are made in a thread, which then ends. */
import { Worker } from "node:worker_threads";
import type { Finding, LogStatistics } from "@mxray/contracts";

export function diagnoseAside(statistics: LogStatistics): Promise<Finding[]> {
  const thread = new Worker(new URL("diagnosis-thread.ts", import.meta.url), { execArgv: [] });
  return new Promise((resolve, reject) => {
    thread.once("message", resolve);
    thread.once("error", reject);
    thread.once("exit", () => reject(new Error("The thread that makes findings ended without any.")));
    thread.postMessage(statistics);
  });
}
