/** The thread behind `diagnoseAside`: one request in, signs out. */
import { parentPort } from "node:worker_threads";
import type { LogStatistics } from "@mxray/contracts";
import { logSigns } from "@mxray/diagnosis/scan";
import type { DiagnosisRequest } from "./diagnose-aside.ts";

parentPort?.once("message", async (request: DiagnosisRequest) =>
  parentPort?.postMessage(logSigns(await statisticsOf(request), { now: new Date().toISOString() })),
);

async function statisticsOf(request: DiagnosisRequest): Promise<LogStatistics> {
  if (request.kind === "statistics") return request.statistics;
  // An upload's statistics need no store, and loading one takes longer than most diagnoses.
  const { openLogStore } = await import("@mxray/store");
  const { logs, close } = openLogStore(request.place);
  try {
    return await logs.statistics(request.range);
  } finally {
    await close();
  }
}
