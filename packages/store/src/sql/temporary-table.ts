/**
 * Tables that one connection has to itself: what one statement leaves to the next, or to the connection's next caller. Engines
 * differ in how such a table is made and how long it lasts; here it lasts as long as the connection. Names and columns are the
 * caller's own, never input.
 */
import { type Kysely, sql } from "kysely";
import { byEngine } from "./by-engine.ts";

/** @param columns as in `create table` @returns when it is there, with what it held before */
export async function keepTemporaryTable<T>(db: Kysely<T>, name: string, columns: string): Promise<void> {
  const table = (types: string) => sql`create temp table if not exists ${sql.id(name)} (${sql.raw(types)})`;
  // PostgreSQL's integer has four bytes.
  await byEngine(table(columns), table(columns.replaceAll("integer", "bigint"))).execute(db);
}

/** @param columns as in `create table` @returns when it is there and empty */
export async function emptyTemporaryTable<T>(db: Kysely<T>, name: string, columns: string): Promise<void> {
  await keepTemporaryTable<T>(db, name, columns);
  await sql`delete from ${sql.id(name)}`.execute(db);
}
