/**
 * What was deleted is to be gone from the disk. `secure_delete` overwrites it in the pages of the database; the write-ahead log holds
 * it as well until it is cut off, which waits for readers of older pages.
 */
import { type Kysely, sql } from "kysely";
import type { Tables } from "../schema/tables.ts";
import { BUSY_TIMEOUT_MS } from "./sqlite-database.ts";

/** @returns false while a reader needs the log, so that it is to be tried again */
export async function eraseDeleted(db: Kysely<Tables>): Promise<boolean> {
  // Who waits here holds up every other statement.
  await sql`pragma busy_timeout = 20`.execute(db);
  try {
    const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(db);
    return rows[0]?.busy === 0;
  } finally {
    await sql`pragma busy_timeout = ${sql.lit(BUSY_TIMEOUT_MS)}`.execute(db);
  }
}
