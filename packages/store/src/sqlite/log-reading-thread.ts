/** The thread behind `LogReading`: answers one question after another, and ends when it is told to. */
import { parentPort, workerData } from "node:worker_threads";
import { logViews } from "../repositories/logs/log-views.ts";
import { storedStatistics } from "../repositories/logs/stored-statistics.ts";
import { peerDetail } from "../repositories/peers/peer-detail.ts";
import { peerList } from "../repositories/peers/peer-list.ts";
import type { LongReads, ReadAnswer, ReadRequest } from "./log-reading.ts";
import { openSqliteAgain } from "./open-sqlite-again.ts";
import { sqliteTrouble } from "./sqlite-trouble.ts";

const db = openSqliteAgain(workerData as string);
const reads: LongReads = { ...storedStatistics(db), ...logViews(db), ...peerList(db), ...peerDetail(db) };

parentPort?.on("message", async (request: ReadRequest | null) => {
  if (request === null) {
    await db.destroy();
    parentPort?.close();
    return;
  }
  const { id, method, parameters } = request;
  let answer: ReadAnswer;
  try {
    answer = { id, value: await (reads[method] as (...given: readonly unknown[]) => Promise<unknown>)(...parameters) };
  } catch (error) {
    answer = { id, error: { message: error instanceof Error ? error.message : String(error), trouble: sqliteTrouble(error) } };
  }
  // Handed over, not copied.
  parentPort?.postMessage(answer, answer.value instanceof Uint8Array ? [answer.value.buffer as ArrayBuffer] : []);
});
