/**
 * The exact tests of thousands of peers take most of a second, and what they are made of is megabytes: both stay in a thread, which
 * then ends.
 */
import { Worker } from "node:worker_threads";
import type { LogStatistics } from "@mxray/contracts";
import type { LogSign } from "@mxray/diagnosis";
import type { LogFilter, StorePlace } from "@mxray/store";

/** What findings are made of: statistics, or where the thread finds them. */
export type DiagnosisRequest =
  | { readonly kind: "statistics"; readonly statistics: LogStatistics }
  | { readonly kind: "store"; readonly place: StorePlace; readonly range: LogFilter };

export function diagnoseAside(request: DiagnosisRequest): Promise<LogSign[]> {
  const thread = new Worker(new URL("diagnosis-thread.ts", import.meta.url), { execArgv: [] });
  return new Promise((resolve, reject) => {
    thread.once("message", resolve);
    thread.once("error", reject);
    thread.once("exit", () => reject(new Error("The thread that makes findings ended without any.")));
    thread.postMessage(request);
  });
}
