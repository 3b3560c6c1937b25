/** Everything comes across, both ways; and nothing, if the target is not empty or a row does not fit. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import { afterEach, beforeEach, expect, it } from "vitest";
import { moveStore, openPostgresStore, openStore } from "../src/index.ts";
import { postgresDatabase } from "../src/postgres/postgres-database.ts";
import type { Tables } from "../src/schema/tables.ts";
import { openSqliteAgain } from "../src/sqlite/open-sqlite-again.ts";

/** More than two pages of a copy. */
const ROWS = 1100;
type AnyDatabase = Kysely<Record<string, Record<string, unknown>>>;

/** @param open makes a database with the schema, and gives its URL */
export function moveSuite(open: () => Promise<string>): void {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "mxray-move-"));
    path = join(folder, "mxray.sqlite");
    await (await openStore({ path })).close();
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("moves every row of every table to PostgreSQL and back", async () => {
    const filled = await within(openSqliteAgain(path), fill);
    const url = await open();
    const moved = await moveStore({ path, url, to: "postgres" });
    expect([...moved.values()]).toEqual(Array(31).fill(ROWS));
    expect(await within(postgresDatabase(url, 1), dump)).toEqual(filled);

    const back = join(folder, "back.sqlite");
    await moveStore({ path: back, url, to: "sqlite" });
    expect(await within(openSqliteAgain(back), dump)).toEqual(filled);
  });

  it("numbers new rows after the old ones", async () => {
    const store = await openStore({ path });
    await store.logs.addSource("/var/log/one", "page", "2026-03-01T10:00:00Z");
    await store.logs.addSource("/var/log/two", "page", "2026-03-01T10:00:00Z");
    await store.close();
    const url = await open();
    await moveStore({ path, url, to: "postgres" });
    const moved = await openPostgresStore({ url });
    expect(await moved.logs.addSource("/var/log/three", "page", "2026-03-01T10:00:00Z")).toMatchObject({ id: 3 });
    await moved.close();
  });

  it("refuses a target that is not empty, and leaves one empty that it cannot fill", async () => {
    const url = await open();
    await within(openSqliteAgain(path), async (db) => {
      await sql`insert into setting (name, value, changed_at) values ('contact', 'noc', '2026')`.execute(db);
      await sql`insert into log_total (start, direction, measure_id, count) values (1.5, 'inbound', 1, 1)`.execute(db);
    });
    await expect(moveStore({ path, url, to: "postgres" })).rejects.toThrow(
      /^The store was not moved to postgresql:.*invalid input syntax.*; nothing was written there\.$/,
    );
    expect(await within(postgresDatabase(url, 1), dump)).toEqual({});
    await within(openSqliteAgain(path), (db) => sql`delete from log_total`.execute(db));
    await moveStore({ path, url, to: "postgres" });
    for (const to of ["postgres", "sqlite"] as const)
      await expect(moveStore({ path, url, to })).rejects.toThrow(
        /^The store .* is not empty \(table setting has 1 rows\); name an empty one\.$/,
      );
  });
}

async function within<T>(db: Kysely<Tables>, work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

/** Rows that refer to each other: an id is the same text or number in all tables. */
async function fill(db: Kysely<Tables>): Promise<Record<string, Record<string, unknown>[]>> {
  await sql`pragma foreign_keys = off`.execute(db);
  for (const { name, columns } of await db.introspection.getTables()) {
    await (db as unknown as AnyDatabase).deleteFrom(name).execute();
    const cellOf = (column: (typeof columns)[number], row: number) => {
      if (column.name === "opens") return "wall";
      if (/int/i.test(column.dataType)) return row;
      return /(?:^|_)id$/.test(column.name) ? `id ${row}` : `${column.name} ${row} ü\u{1f4e8}`;
    };
    const rows = Array.from({ length: ROWS }, (_, row) =>
      Object.fromEntries(columns.map((column) => [column.name, cellOf(column, row + 1)])),
    );
    for (let from = 0; from < ROWS; from += 500)
      await (db as unknown as AnyDatabase)
        .insertInto(name)
        .values(rows.slice(from, from + 500))
        .execute();
  }
  return await dump(db);
}

/** All rows by table, without tables that have none, in any one order. */
async function dump(db: Kysely<Tables>): Promise<Record<string, Record<string, unknown>[]>> {
  const found: Record<string, Record<string, unknown>[]> = {};
  for (const { name } of await db.introspection.getTables()) {
    const rows = await (db as unknown as AnyDatabase).selectFrom(name).selectAll().execute();
    const texts = rows.map((row) => JSON.stringify(Object.entries(row).toSorted(([a], [b]) => a.localeCompare(b))));
    if (rows.length > 0) found[name] = texts.toSorted().map((text) => Object.fromEntries(JSON.parse(text)));
  }
  return found;
}
