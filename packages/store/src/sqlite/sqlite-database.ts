/** node:sqlite behind the interface that Kysely's SQLite dialect expects. */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { SqliteDatabase, SqliteStatement } from "kysely";

/** How long a statement waits for another connection that writes. */
export const BUSY_TIMEOUT_MS = 5000;

const NOTHING_TO_DO: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [][Symbol.iterator](),
};

/**
 * @param path a file, or `:memory:`
 * @throws what node:sqlite throws where the file cannot be opened or is no database
 */
export function openSqlite(path: string): SqliteDatabase {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: BUSY_TIMEOUT_MS });
  // Readers never wait for the writer; a power cut may lose the last commits, never the file.
  // What is deleted is overwritten.
  database.exec("pragma journal_mode = wal; pragma synchronous = normal; pragma secure_delete = on");
  return {
    prepare(sql) {
      // A full disk ends a transaction, and to roll back what has ended would hide that error behind another.
      if (sql === "rollback" && !database.isTransaction) return NOTHING_TO_DO;
      // A transaction that reads before it writes would fail where another connection wrote in between.
      const statement = database.prepare(sql === "begin" ? "begin immediate" : sql);
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
        run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
        iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
      };
    },
    close: () => database.close(),
  };
}
