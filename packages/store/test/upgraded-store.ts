/** Stores as earlier versions left them, for tests of upgrades. */
import { Kysely, SqliteDialect, sql } from "kysely";
import { migrations } from "../src/schema/migrations.ts";
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

/** Some rows of each kind that a migration could lose, in the columns that the store has had from the beginning. */
export async function fillStore(db: Kysely<unknown>): Promise<void> {
  const at = "2026-03-01T10:00:00.000Z";
  for (let row = 0; row < 50; row += 1) {
    await sql`insert into probe (id, target, status, created_at, request) values (${`p${row}`}, 'example.test', 'done', ${at}, '{}')`.execute(
      db,
    );
    await sql`insert into finding (id, code, subject_key, state, severity_rank, finding, first_seen_at, last_seen_at, title)
      values (${`f${row}`}, 'pmtu-black-hole', ${`host${row}.example.test:25`}, 'open', 2, '{"title":"A black hole"}', ${at}, ${at}, 'A black hole')`.execute(
      db,
    );
    await sql`insert into probe_finding (probe_id, finding_id) values (${`p${row}`}, ${`f${row}`})`.execute(db);
    await sql`insert into finding_change (finding_id, at, change) values (${`f${row}`}, ${at}, 'opened')`.execute(db);
    await sql`insert into log_peer (identity, name, address, port, direction, reach)
      values (${`outbound ${row}`}, ${`host${row}.example.test`}, ${`192.0.2.${row}`}, 25, 'outbound', 'public')`.execute(db);
    await sql`insert into log_count (start, peer_id, measure_id, value, count) values (${row * 60}, ${row + 1}, 1, 0, 7)`.execute(db);
  }
}
