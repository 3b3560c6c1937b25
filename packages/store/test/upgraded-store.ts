/** Stores as earlier versions left them, for tests of upgrades. */
import { Kysely, SqliteDialect, sql } from "kysely";
import { sqliteMigrations as migrations } from "../src/schema/migrations.ts";
import { upgradeSchema } from "../src/schema/schema-upgrade.ts";
import { openSqlite } from "../src/sqlite/sqlite-database.ts";
import { sqliteUpgrade } from "../src/sqlite/sqlite-upgrade.ts";

/**
 * Makes a store as the migrations up to and including `last` left it.
 *
 * @param fill adds what that version had stored
 */
export async function makeOlderStore(path: string, last: string, fill: (db: Kysely<unknown>) => Promise<void>): Promise<void> {
  const names = Object.keys(migrations);
  const count = names.indexOf(last) + 1;
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: openSqlite(path) }) });
  const older = Object.fromEntries(Object.entries(migrations).slice(0, count));
  await upgradeSchema(db, { migrations: older, engine: sqliteUpgrade(path), onStep: () => undefined });
  await fill(db);
  await db.destroy();
}

export interface StoreContent {
  readonly integrity: unknown;
  readonly schema: readonly unknown[];
  /** By table. */
  readonly rows: Readonly<Record<string, readonly unknown[]>>;
}

/** All that a store holds, except when its migrations ran. */
export async function storeContent(path: string): Promise<StoreContent> {
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: openSqlite(path) }) });
  const integrity = await sql`pragma integrity_check`.execute(db);
  const schema = await sql<{ type: string; name: string; sql: string }>`select type, name, sql from sqlite_master order by name`.execute(
    db,
  );
  const rows: Record<string, readonly unknown[]> = {};
  for (const { type, name } of schema.rows) {
    if (type !== "table") continue;
    const all = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db);
    rows[name] = all.rows.map(({ timestamp, ...row }) => row);
  }
  await db.destroy();
  return { integrity: integrity.rows, schema: schema.rows, rows };
}

const ROWS = 20;
const AT = "2026-03-01T10:00:00.000Z";

/** Some rows in every table that there is, whatever the version, each joined to its parents. */
export async function fillStore(db: Kysely<unknown>): Promise<void> {
  const tables = await sql<{ name: string }>`select name from sqlite_master
    where type = 'table' and name not like 'sqlite_%' and name not like 'kysely_%' order by rowid`.execute(db);
  // A table can be older than those that it refers to.
  await sql`pragma foreign_keys = off`.execute(db);
  for (const { name } of tables.rows) {
    const columns = await sql<Column>`select info.name, lower(info.type) as type, "table" as parent
      from pragma_table_info(${name}) as info left join pragma_foreign_key_list(${name}) as key on key."from" = info.name`.execute(db);
    // Some rows come from a migration.
    await sql`delete from ${sql.table(name)}`.execute(db);
    for (let row = 1; row <= ROWS; row += 1) {
      const values = columns.rows.map((column) => sql`${columnValue(name, column, row)}`);
      await sql`insert into ${sql.table(name)} values (${sql.join(values)})`.execute(db);
    }
  }
  await sql`pragma foreign_keys = on`.execute(db);
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly parent: string | null;
}

/** The same for a key and for what refers to it; never the same in two tables. */
function columnValue(table: string, { name, type, parent }: Column, row: number): string | number {
  const known: Readonly<Record<string, string | number>> = {
    address: `192.0.2.${row}`,
    name: `host${row}.example.test`,
    port: 25,
    direction: row % 2 === 0 ? "outbound" : "inbound",
    state: "open",
    at: AT,
    // Two addresses of each host, as findings of their own.
    code: "pmtu-black-hole",
    subject_key: JSON.stringify([`host${Math.ceil(row / 2)}.example.test`, `192.0.2.${row}`, 25]),
    finding: JSON.stringify(findingOf(row)),
  };
  if (parent === null && known[name] !== undefined && (name !== "at" || type === "text")) return known[name];
  if (type === "integer") return row;
  return name.endsWith("_at") ? AT : `{"title":"${parent ?? table} ${row}"}`;
}

function findingOf(row: number) {
  const subject = { host: `host${Math.ceil(row / 2)}.example.test`, address: `192.0.2.${row}`, port: 25 };
  const evidence = [{ at: AT, source: "probe", text: `Row ${row}`, data: {} }];
  const verdict = { code: "pmtu-black-hole", severity: "critical", confidence: "proven" };
  return { ...verdict, subject, title: `finding ${row}`, summary: "…", absorbs: [], evidence, remedies: [] };
}
