/**
 * Brings a store's schema up to date. Each migration and its row in the table of migrations are one transaction, so an interrupted
 * upgrade (a kill, a full disk) leaves the store as it was before that migration, and the next start goes on from there. A new
 * store gets all of them in one transaction.
 *
 * The table is the one that Kysely's own migrator made in stores of earlier versions. That migrator is not used: it runs SQLite
 * without a transaction.
 */
import { type Kysely, sql, type Transaction } from "kysely";
import type { Migration } from "kysely/migration";
import { StoreError } from "../store-error.ts";

/** One migration that is about to run. */
export interface UpgradeStep {
  readonly name: string;
  /** From 1 to `steps`. */
  readonly step: number;
  readonly steps: number;
}

/** What an engine adds to an upgrade. */
export interface UpgradeEngine {
  /** Before the first step, only if there is one. @throws StoreError if the store has no room for an upgrade */
  prepare(): Promise<void>;
  /** Runs `work` in a transaction in which a table can be dropped and built again. */
  inTransaction<T>(db: Kysely<T>, work: (db: Transaction<T>) => Promise<void>): Promise<void>;
}

export interface SchemaUpgrade {
  readonly migrations: Readonly<Record<string, Migration>>;
  readonly engine: UpgradeEngine;
  /** Called and waited for before each step; never called for a store that is new or up to date. */
  readonly onStep: (step: UpgradeStep) => void | Promise<void>;
}

/** @throws StoreError if a newer mxray wrote the store or there is no room; what the engine throws if a step fails */
export async function upgradeSchema<T>(db: Kysely<T>, { migrations, engine, onStep }: SchemaUpgrade): Promise<void> {
  const done = await migrationsDone(db);
  const pending = Object.keys(migrations).filter((name) => !done.has(name));
  if (pending.length === 0) return;
  await engine.prepare();
  if (done.size === 0) {
    await engine.inTransaction(db, async (step) => {
      for (const name of pending) await migrate(step, name);
    });
    return;
  }
  for (const [index, name] of pending.entries()) {
    await onStep({ name, step: index + 1, steps: pending.length });
    await engine.inTransaction(db, (step) => migrate(step, name));
  }

  async function migrate(step: Transaction<T>, name: string): Promise<void> {
    await createMigrationTable(step);
    // Another process may have run it while this one waited for the transaction.
    if ((await namesDone(step)).has(name)) return;
    await migrations[name]?.up(step);
    await sql`insert into kysely_migration (name, timestamp) values (${name}, ${new Date().toISOString()})`.execute(step);
  }

  async function migrationsDone(db: Kysely<T>): Promise<ReadonlySet<string>> {
    const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
    if (!tables.some(({ name }) => name === "kysely_migration")) return new Set();
    const done = await namesDone(db);
    const unknown = [...done].find((name) => !Object.hasOwn(migrations, name));
    if (unknown !== undefined) throw new StoreError(`it has the change '${unknown}', which this version does not know`, "newer");
    return done;
  }
}

async function createMigrationTable<T>(db: Kysely<T>): Promise<void> {
  await db.schema
    .createTable("kysely_migration")
    .ifNotExists()
    .addColumn("name", "varchar(255)", (column) => column.notNull().primaryKey())
    .addColumn("timestamp", "varchar(255)", (column) => column.notNull())
    .execute();
}

async function namesDone<T>(db: Kysely<T>): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  return new Set(rows.map(({ name }) => name));
}
