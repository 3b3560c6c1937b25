/** Opens a store that is open elsewhere already, for a thread of its own: each statement blocks the thread. */
import { Kysely, SqliteDialect } from "kysely";
import type { Tables } from "../schema/tables.ts";
import { openSqlite } from "./sqlite-database.ts";

export function openSqliteAgain(path: string): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: openSqlite(path) }) });
}
