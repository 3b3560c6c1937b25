/**
 * Moves everything from one engine to the other: all rows, in one transaction of the target, which must be empty. Nothing is written
 * to the source, apart from an upgrade of its schema.
 */
import { type Kysely, sql, type Transaction } from "kysely";
import { openPostgresStore, openStore, type StoreOptions } from "./open-store.ts";
import { postgresDatabase } from "./postgres/postgres-database.ts";
import { postgresLocation } from "./postgres/postgres-trouble.ts";
import type { Tables } from "./schema/tables.ts";
import { byEngine } from "./sql/by-engine.ts";
import { openSqliteAgain } from "./sqlite/open-sqlite-again.ts";
import { StoreError } from "./store-error.ts";

/** The key of each table, by which it is read page after page. Rows of a table refer to tables before it only. */
const KEYS = {
  setting: ["name"],
  chore: ["name"],
  user_account: ["id"],
  api_token: ["id"],
  agent: ["id"],
  sign_in: ["id"],
  session: ["session_hash"],
  sign_in_token: ["token_hash"],
  audit: ["id"],
  watch: ["id"],
  maintenance: ["id"],
  probe: ["id"],
  delivery: ["id"],
  stress_run: ["id"],
  link: ["id"],
  finding: ["id"],
  finding_alias: ["id"],
  finding_subject: ["finding_id", "place"],
  finding_change: ["id"],
  probe_finding: ["probe_id", "finding_id"],
  channel: ["id"],
  alert: ["number"],
  log_source: ["id"],
  log_peer: ["id"],
  log_measure: ["id"],
  log_count: ["start", "peer_id", "measure_id", "value"],
  log_day: ["start", "peer_id"],
  log_total: ["start", "direction", "measure_id"],
  log_event: ["id"],
  log_memory: ["source_id", "key"],
  peer_probe: ["address"],
} as const satisfies Readonly<Record<keyof Tables, readonly string[]>>;
type TableName = keyof typeof KEYS;
const TABLES = Object.keys(KEYS) as TableName[];

/** SQLite numbers rows by the largest number; PostgreSQL continues where its own count stands. */
const NUMBERED: readonly TableName[] = ["audit", "finding_change", "alert", "log_source", "log_peer", "log_measure", "log_event"];

/** Of one statement: each value of a row is a parameter, and SQLite takes 32,766. */
const PAGE = 500;

type Row = Readonly<Record<string, unknown>>;
type AnyTables = Record<TableName, Row>;

export interface StoreMove {
  /** The file of the embedded store; made if it is the target and not there. */
  readonly path: string;
  /** Of PostgreSQL. */
  readonly url: string;
  readonly to: "postgres" | "sqlite";
  readonly onUpgrade?: StoreOptions["onUpgrade"];
}

/** @returns rows by table, for those that have any @throws StoreError in one sentence; then the target is as it was */
export async function moveStore({ path, url, to, onUpgrade = () => undefined }: StoreMove): Promise<ReadonlyMap<string, number>> {
  // Their schema is brought up to date, or the cause named why it cannot be.
  await (await openStore({ path, onUpgrade })).close();
  await (await openPostgresStore({ url, onUpgrade })).close();
  const embedded = openSqliteAgain(path);
  const database = postgresDatabase(url, 2);
  const [source, target] = to === "postgres" ? [embedded, database] : [database, embedded];
  const name = to === "postgres" ? postgresLocation(url) : path;
  try {
    return await target.transaction().execute(async (transaction) => {
      await checkEmpty(transaction, name);
      const moved = new Map<string, number>();
      for (const table of TABLES) {
        const rows = await copyTable(source, transaction, table);
        await compareCounts(source, transaction, table);
        if (rows > 0) moved.set(table, rows);
      }
      for (const table of NUMBERED) await continueNumbers(transaction, table);
      return moved;
    });
  } catch (error) {
    // Its own sentences have no cause.
    if (error instanceof StoreError && error.cause === undefined) throw error;
    const words = error instanceof Error ? error.message : String(error);
    throw new StoreError(`The store was not moved to ${name} (${words}); nothing was written there.`, "other", { cause: error });
  } finally {
    await embedded.destroy();
    await database.destroy();
  }
}

async function checkEmpty(target: Transaction<Tables>, name: string): Promise<void> {
  for (const table of TABLES) {
    const rows = table === "log_measure" ? 0 : await countOf(target, table);
    if (rows === 0) continue;
    throw new StoreError(`The store ${name} is not empty (table ${table} has ${rows.toLocaleString("en")} rows); name an empty one.`);
  }
  // An upgrade leaves a measure in a new store that nothing counts.
  await target.deleteFrom("log_measure").execute();
}

async function copyTable(source: Kysely<Tables>, target: Transaction<Tables>, table: TableName): Promise<number> {
  const from = source as unknown as Kysely<AnyTables>;
  const to = target as unknown as Kysely<AnyTables>;
  const key: readonly string[] = KEYS[table];
  const columns = sql.join(key.map((column) => sql.ref(column)));
  let last: Row | undefined;
  let copied = 0;
  do {
    let page = from.selectFrom(table).selectAll().limit(PAGE);
    for (const column of key) page = page.orderBy(column);
    if (last !== undefined) page = page.where(sql<boolean>`(${columns}) > (${sql.join(key.map((column) => last?.[column]))})`);
    const rows: Row[] = await page.execute();
    if (rows.length > 0) await to.insertInto(table).values(rows).execute();
    copied += rows.length;
    last = rows.length < PAGE ? undefined : rows.at(-1);
  } while (last !== undefined);
  return copied;
}

async function compareCounts(source: Kysely<Tables>, target: Kysely<Tables>, table: TableName): Promise<void> {
  const [there, here] = [await countOf(source, table), await countOf(target, table)];
  if (there !== here)
    throw new StoreError(`Table ${table} has ${there} rows in the source and ${here} in the target, so nothing was moved; try again.`);
}

async function countOf(db: Kysely<Tables>, table: TableName): Promise<number> {
  const { rows } = await sql<{ rows: number }>`select count(*) as rows from ${sql.table(table)}`.execute(db);
  return rows[0]?.rows ?? 0;
}

async function continueNumbers(target: Kysely<Tables>, table: TableName): Promise<void> {
  const column = sql.ref(KEYS[table][0]);
  const largest = sql`(select max(${column}) from ${sql.table(table)})`;
  const sequence = sql`pg_get_serial_sequence(${table}, ${KEYS[table][0]})`;
  await byEngine(sql`select 1`, sql`select setval(${sequence}, ${largest}) where ${largest} is not null`).execute(target);
}
