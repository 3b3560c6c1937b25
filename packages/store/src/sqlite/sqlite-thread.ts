/** The thread behind `ThreadedSqlite`: runs one statement after another, and ends when it is told to. */
import { parentPort, workerData } from "node:worker_threads";
import { openSqlite } from "./sqlite-database.ts";
import { sqliteTrouble } from "./sqlite-trouble.ts";
import type { StatementAnswer, StatementRequest } from "./threaded-sqlite.ts";

const database = openSqlite(workerData as string);

parentPort?.on("message", (request: StatementRequest | null) => {
  if (request === null) {
    database.close();
    parentPort?.close();
    return;
  }
  parentPort?.postMessage(answered(request));
});

function answered({ id, sql, parameters }: StatementRequest): StatementAnswer {
  try {
    const statement = database.prepare(sql);
    if (statement.reader) return { id, rows: statement.all(parameters), changes: 0 };
    return { id, rows: [], changes: statement.run(parameters).changes };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error), trouble: sqliteTrouble(error) };
  }
}
