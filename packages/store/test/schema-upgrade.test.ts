import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Kysely, SqliteDialect, sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore, StoreError, type UpgradeStep } from "../src/index.ts";
import { sqliteMigrations as migrations } from "../src/schema/migrations.ts";
import { upgradeSchema } from "../src/schema/schema-upgrade.ts";
import { openSqlite } from "../src/sqlite/sqlite-database.ts";
import { sqliteStoreError } from "../src/sqlite/sqlite-trouble.ts";
import { sqliteUpgrade } from "../src/sqlite/sqlite-upgrade.ts";
import { fillStore, makeOlderStore, storeContent } from "./upgraded-store.ts";

const KILLED = fileURLToPath(new URL("killed-upgrade.ts", import.meta.url));
const names = Object.keys(migrations);
const [beforeNewest = "", newest = ""] = names.slice(-2);

let folder = "";
let count = 0;
async function freshPath(): Promise<string> {
  count += 1;
  await mkdir(join(folder, String(count)));
  return join(folder, String(count), "mxray.sqlite");
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-upgrade-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const NEWEST_STATEMENTS = 60;
const OLDER_STEP = 4;
const KILLS = 8;

const fillNothing = async () => undefined;

/** Upgrades in this process; `boundary` is called after each statement. */
async function upgrade(path: string, boundary: () => void = () => undefined): Promise<void> {
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: openSqlite(path) }), log: boundary });
  await upgradeSchema(db, { migrations, engine: sqliteUpgrade(path), onStep: () => undefined });
  await db.destroy();
}

/** Copies what a kill at this moment would leave. */
async function copyStore(from: string, to: string): Promise<void> {
  for (const end of ["", "-wal"]) if (existsSync(from + end)) await copyFile(from + end, to + end);
}

async function upgradeKilled(path: string, statements: number): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [KILLED, path, String(statements)], { stdio: ["ignore", "ignore", "inherit"] });
  const [, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return signal;
}

describe("An upgrade that is killed", () => {
  it("goes on at the next start, from each statement of the newest migrations of an empty store, and from many of the older", async () => {
    const path = await freshPath();
    const [oldest = ""] = names;
    await makeOlderStore(path, oldest, fillNothing);
    const left: Promise<string>[] = [];
    // Each statement ends before the next is sent, and the copies are made before this process runs on.
    const db = new Kysely<unknown>({
      dialect: new SqliteDialect({ database: openSqlite(path) }),
      async log() {
        const copy = freshPath().then(async (to) => {
          await copyStore(path, to);
          return to;
        });
        left.push(copy);
        await copy;
      },
    });
    await upgradeSchema(db, { migrations, engine: sqliteUpgrade(path), onStep: () => undefined });
    await db.destroy();
    const whole = await storeContent(path);
    expect(left.length).toBeGreaterThan(10 * (names.length - 1));
    // What is released never changes: of those statements a part is enough.
    const tried = [...left.entries()].filter(([index]) => index >= left.length - NEWEST_STATEMENTS || index % OLDER_STEP === 0);
    for (const [index, copy] of tried) {
      await upgrade(await copy);
      expect(await storeContent(await copy), `killed after statement ${index + 1} of ${left.length}`).toEqual(whole);
    }
  }, 180_000);

  it("loses nothing that was stored, killed at statements of the newest migration from the first to the last", async () => {
    const older = await freshPath();
    await makeOlderStore(older, beforeNewest, fillStore);
    const whole = await freshPath();
    await copyStore(older, whole);
    let statements = 0;
    await upgrade(whole, () => {
      statements += 1;
    });
    expect(statements).toBeGreaterThan(8);
    // Evenly spaced ones, and the last: each takes a process of its own, and the test above has the statements between.
    const step = Math.ceil(statements / KILLS);
    const kills = Array.from({ length: statements }, (_, index) => index + 1).filter((one) => one % step === 0 || one === statements);
    for (const statement of kills) {
      const path = await freshPath();
      await copyStore(older, path);
      expect(await upgradeKilled(path, statement)).toBe("SIGKILL");
      await (await openStore({ path })).close();
      expect(await storeContent(path), `killed after statement ${statement} of ${statements}`).toEqual(await storeContent(whole));
    }
  }, 120_000);
});

it("A watch keeps its rounds and the vantage of its request", async () => {
  const path = await freshPath();
  const target = (vantage: object) => JSON.stringify({ target: "a.test", ...vantage });
  await makeOlderStore(path, "0026-probe-groups", async (db) => {
    for (const [id, request] of Object.entries({ one: target({}), two: target({ vantage: "mx1" }) })) {
      await sql`insert into watch (id, target, request, created_at, due_at, refusals)
        values (${id}, ${`${id}.test`}, ${request}, '2026-03-01T10:00:00.000Z', '2026-03-01T10:00:00.000Z', 0)`.execute(db);
    }
  });
  const store = await openStore({ path });
  const watches = await store.watches.list();
  await store.close();
  expect(watches.map(({ id, target, vantage }) => `${id} ${target} ${vantage}`)).toEqual(["one one.test local", "two two.test mx1"]);
});

it("An upgrade whose step fails leaves what the step before it made", async () => {
  const path = await freshPath();
  await makeOlderStore(path, beforeNewest, fillStore);
  const before = await storeContent(path);
  const failing = {
    async up(db: Kysely<unknown>) {
      await sql`create table half_made (id text)`.execute(db);
      await sql`delete from finding_change`.execute(db);
      throw new Error("the power went off");
    },
  };
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: openSqlite(path) }) });
  const upgrading = upgradeSchema(db, {
    migrations: { ...Object.fromEntries(Object.entries(migrations).slice(0, -1)), "9999-fails": failing },
    engine: sqliteUpgrade(path),
    onStep: () => undefined,
  });
  await expect(upgrading).rejects.toThrow("the power went off");
  await db.destroy();
  expect(await storeContent(path)).toEqual(before);
});

it("A new store is made whole or not at all", async () => {
  const path = await freshPath();
  const failing = {
    async up() {
      throw new Error("the power went off");
    },
  };
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: openSqlite(path) }) });
  const making = upgradeSchema(db, {
    migrations: { ...migrations, "9999-fails": failing },
    engine: sqliteUpgrade(path),
    onStep: () => undefined,
  });
  await expect(making).rejects.toThrow("the power went off");
  await db.destroy();
  expect((await storeContent(path)).schema).toEqual([]);
});

it("A table that is built again keeps the rows that refer to it, and a row that is left without its parent fails the step", async () => {
  const path = await freshPath();
  await makeOlderStore(path, newest, fillStore);
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: openSqlite(path) }) });
  const run = (name: string, ...statements: string[]) =>
    upgradeSchema(db, {
      migrations: {
        ...migrations,
        [name]: {
          async up(step: Kysely<unknown>) {
            for (const statement of statements) await sql.raw(statement).execute(step);
          },
        },
      },
      engine: sqliteUpgrade(path),
      onStep: () => undefined,
    });
  const changes = async () => (await sql`select * from finding_change`.execute(db)).rows.length;
  const before = await changes();
  expect(before).toBeGreaterThan(0);
  await expect(run("9999-orphans", "delete from finding")).rejects.toThrow(/rows of \w+ refer to rows of finding that do not exist/);
  const table = await sql<{ made: string }>`select sql as made from sqlite_master where name = 'finding'`.execute(db);
  await run(
    "9999-rebuilt",
    table.rows[0]?.made.replace('"finding"', '"finding_new"') ?? "",
    "insert into finding_new select * from finding",
    "drop table finding",
    "alter table finding_new rename to finding",
  );
  expect(await changes()).toBe(before);
  await db.destroy();
});

describe("A store that cannot be opened names the cause:", () => {
  const failure = async (path: string): Promise<StoreError> => {
    const error = await openStore({ path }).then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(StoreError);
    return error as StoreError;
  };

  it("locked", async () => {
    const path = await freshPath();
    const other = openSqlite(path);
    other.prepare("begin").run([]);
    const { trouble, message } = await failure(path);
    expect({ trouble, message }).toEqual({
      trouble: "locked",
      message: `The store ${path} is locked by another program; stop that program (a backup, a database shell, another mxray) and start again.`,
    });
    other.close();
  }, 20_000);

  it("full", async () => {
    const path = await freshPath();
    await makeOlderStore(path, names[4] ?? "", fillNothing);
    const database = openSqlite(path);
    const [pages] = database.prepare("pragma page_count").all([]) as { page_count: number }[];
    database.prepare(`pragma max_page_count = ${Number(pages?.page_count) + 2}`).all([]);
    const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) });
    const upgrading = upgradeSchema(db, { migrations, engine: sqliteUpgrade(path), onStep: () => undefined });
    const error = await upgrading.catch((thrown: unknown) => thrown);
    await db.destroy();
    expect(await sqliteStoreError(path, error)).toMatchObject({
      trouble: "full",
      message: expect.stringContaining("database or disk is full"),
    });
    await upgrade(path);
    expect((await storeContent(path)).rows.kysely_migration).toHaveLength(names.length);
  });

  it("damaged", async () => {
    const path = await freshPath();
    await writeFile(path, "x".repeat(8192));
    expect(await failure(path)).toMatchObject({ trouble: "damaged", message: expect.stringContaining("file is not a database") });
  });

  it("written by a newer version", async () => {
    const path = await freshPath();
    await makeOlderStore(path, beforeNewest, async (db) => {
      await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '2030-01-01')`.execute(db);
    });
    expect(await failure(path)).toMatchObject({ trouble: "newer", message: expect.stringContaining("'9999-later'") });
  });

  it("left incomplete by a version that ran no transactions", async () => {
    const path = await freshPath();
    const database = openSqlite(path);
    database.prepare("create table probe (id text primary key)").run([]);
    database.close();
    expect(await failure(path)).toMatchObject({ trouble: "unfinished", message: expect.stringContaining('table "probe" already exists') });
  });

  it("no directory", async () => {
    expect(await failure("/dev/null/mxray.sqlite")).toMatchObject({ message: expect.stringContaining("EEXIST") });
  });
});

it("An upgrade reports its steps, waits for the reader, and happens once; a new store is no upgrade", async () => {
  const path = await freshPath();
  const seen: UpgradeStep[] = [];
  const onUpgrade = async (step: UpgradeStep) => {
    await Promise.resolve();
    seen.push(step);
  };
  await makeOlderStore(path, names.at(-4) ?? "", fillNothing);
  await (await openStore({ path, onUpgrade })).close();
  expect(seen).toEqual(names.slice(-3).map((name, index) => ({ name, step: index + 1, steps: 3 })));
  await (await openStore({ path, onUpgrade })).close();
  await (await openStore({ path: await freshPath(), onUpgrade })).close();
  expect(seen).toHaveLength(3);
});
