/**
 * The exact tests of thousands of peers take most of a second, and what they are made of is megabytes: both stay in a thread, which
 * then ends.
 */
import { Worker } from "node:worker_threads";
import type { LogStatistics } from "@mxray/contracts";
import type { LogSign } from "@mxray/diagnosis";
import { type LogFilter, type StorePlace, threadEndReason } from "@mxray/store";

/** What findings are made of: statistics, or where the thread finds them. */
export type DiagnosisRequest =
  | { readonly kind: "statistics"; readonly statistics: LogStatistics }
  | { readonly kind: "store"; readonly place: StorePlace; readonly range: LogFilter };

/** The thread ended without findings. */
export class DiagnosisThreadError extends Error {
  /** See `threadEndReason`. */
  readonly reason: string;

  constructor(reason: string, cause: unknown) {
    super(`The thread that computes findings ended: ${reason}.`, { cause });
    this.reason = reason;
  }
}

/** @throws DiagnosisThreadError */
export function diagnoseAside(request: DiagnosisRequest): Promise<LogSign[]> {
  const thread = new Worker(new URL("diagnosis-thread.ts", import.meta.url), { execArgv: [] });
  return new Promise((resolve, reject) => {
    thread.once("message", resolve);
    let thrown: unknown;
    thread.once("error", (error) => {
      thrown = error;
    });
    thread.once("exit", (status) => reject(new DiagnosisThreadError(threadEndReason(thrown, status), thrown)));
    thread.postMessage(request);
  });
}
