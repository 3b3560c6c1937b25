/** Both engines have the same tables, columns and indexes, by whichever steps they came. */
import { type Kysely, sql } from "kysely";
import { expect, it } from "vitest";
import { openPostgres } from "../src/postgres/postgres-database.ts";
import { sqliteMigrations } from "../src/schema/migrations.ts";
import { upgradeSchema } from "../src/schema/schema-upgrade.ts";
import type { Tables } from "../src/schema/tables.ts";
import { openSqliteAgain } from "../src/sqlite/open-sqlite-again.ts";
import { sqliteUpgrade } from "../src/sqlite/sqlite-upgrade.ts";

/** @param empty makes a database without tables, and gives its URL */
export function schemaSuite(empty: () => Promise<string>): void {
  it("is that of SQLite", async () => {
    const postgres = await openPostgres(await empty(), 1, () => undefined);
    const sqlite = await upgradedSqlite();
    try {
      expect(await columnsOf(postgres)).toEqual(await columnsOf(sqlite));
      expect(await postgresIndexes(postgres)).toEqual(await sqliteIndexes(sqlite));
      expect((await columnsOf(sqlite)).length).toBeGreaterThan(200);
      expect((await sqliteIndexes(sqlite)).length).toBeGreaterThan(50);
    } finally {
      await postgres.destroy();
      await sqlite.destroy();
    }
  });

  it("is made once when several servers open an empty database at once", async () => {
    const url = await empty();
    const opened = await Promise.all([1, 2, 3].map(() => openPostgres(url, 2, () => undefined)));
    try {
      for (const db of opened) expect((await columnsOf(db)).length).toBeGreaterThan(200);
    } finally {
      await Promise.all(opened.map((db) => db.destroy()));
    }
  });
}

async function upgradedSqlite(): Promise<Kysely<Tables>> {
  const db = openSqliteAgain(":memory:");
  await upgradeSchema(db, { migrations: sqliteMigrations, engine: sqliteUpgrade(null), onStep: () => undefined });
  return db;
}

async function columnsOf(db: Kysely<Tables>): Promise<string[]> {
  const tables = await db.introspection.getTables();
  const type = (name: string) => (/^(?:integer|bigint|int8)$/i.test(name) ? "number" : name.toLowerCase());
  return tables.flatMap(({ name, columns }) => columns.map((column) => `${name}.${column.name} ${type(column.dataType)}`)).toSorted();
}

/** PostgreSQL takes no long texts into an index; SQLite answers a search from one. */
const LONG_TEXTS = ",code,subject_key,title,note,addresses,since_at";

async function sqliteIndexes(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ text: string }>`
    select list."unique" || ' ' || schema.name || ' ' || (
      select group_concat(name) from (select name from pragma_index_info(list.name) order by seqno)) as text
    from sqlite_schema as schema join pragma_index_list(schema.name) as list
    where schema.type = 'table' and schema.name not like 'kysely%'`.execute(db);
  return rows.map(({ text }) => text.replace(LONG_TEXTS, "")).toSorted();
}

/** Without those of keys that are numbers of rows, which SQLite needs none for. */
async function postgresIndexes(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ text: string }>`
    select cast(cast(indisunique as integer) as text) || ' ' || cast(cast(indrelid as regclass) as text) || ' ' || (
      select string_agg(attname, ',' order by place) from unnest(string_to_array(cast(indkey as text), ' ')) with ordinality as key(number, place)
      join pg_attribute on attrelid = indrelid and attnum = cast(number as smallint)) as text
    from pg_index join pg_class on pg_class.oid = indexrelid join pg_namespace on pg_namespace.oid = relnamespace
    where nspname = 'public' and cast(indrelid as regclass) <> cast('kysely_migration' as regclass)
      and not (indisprimary and exists (
        select 1 from pg_attribute where attrelid = indrelid and attnum = indkey[0] and attidentity <> ''))`.execute(db);
  return rows.map(({ text }) => text.replaceAll('"', "")).toSorted();
}
