/** What SQLite adds to an upgrade of the schema: room on the disk, and tables that can be built again. */
import { stat } from "node:fs/promises";
import { type Kysely, sql } from "kysely";
import type { UpgradeEngine } from "../schema/schema-upgrade.ts";
import { StoreError } from "../store-error.ts";
import { freeBytes } from "./sqlite-trouble.ts";

/** An empty store with all its tables, its write-ahead log included. */
const EMPTY_STORE_BYTES = 1024 * 1024;

/** @param path the store's file; null for a store in memory */
export function sqliteUpgrade(path: string | null): UpgradeEngine {
  return {
    async prepare() {
      if (path === null) return;
      const needed = EMPTY_STORE_BYTES + 2 * (await storeBytes(path));
      const free = await freeBytes(path);
      if (free >= needed) return;
      throw new StoreError(
        `setting up or upgrading the store needs ${kilobytes(needed)} of free space there, ${kilobytes(free)} are free`,
        "full",
      );
    },
    async inTransaction(db, work) {
      await db.connection().execute(async (connection) => {
        // Without effect inside a transaction. With it on, dropping a table deletes its rows and all that refer to them.
        await sql`pragma foreign_keys = off`.execute(connection);
        try {
          await connection.transaction().execute(async (step) => {
            await work(step);
            await checkReferences(step);
          });
          // The log of one step does not add to that of the next.
          await sql`pragma wal_checkpoint(truncate)`.execute(connection);
        } finally {
          await sql`pragma foreign_keys = on`.execute(connection);
        }
      });
    },
  };
}

async function checkReferences<T>(db: Kysely<T>): Promise<void> {
  const { rows } = await sql<{ table: string; parent: string }>`select "table", parent from pragma_foreign_key_check limit 1`.execute(db);
  const lost = rows[0];
  if (lost !== undefined) throw new StoreError(`rows of ${lost.table} refer to rows of ${lost.parent} that do not exist`);
}

/** Of the file and its write-ahead log. */
async function storeBytes(path: string): Promise<number> {
  const sizes = await Promise.all(
    [path, `${path}-wal`].map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function kilobytes(bytes: number): string {
  return `${Math.floor(bytes / 1024).toLocaleString("en")} kB`;
}
