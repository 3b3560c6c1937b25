import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kysely, SqliteDialect, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openStore, StoreError } from "../src/index.ts";
import { migrations } from "../src/schema/migrations.ts";
import { openSqlite } from "../src/sqlite/sqlite-database.ts";
import { describeStore, done, hole } from "./store-suite.ts";

let folder = "";
let count = 0;
function freshPath(): string {
  count += 1;
  return join(folder, String(count), "mxray.sqlite");
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-store-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describeStore("SQLite in memory", () => openStore({ path: ":memory:" }));
describeStore("SQLite in a file", () => openStore({ path: freshPath() }));

it("keeps everything over a restart, and runs its migrations once", async () => {
  const path = freshPath();
  const before = await openStore({ path });
  const { id } = await before.probes.create({
    target: "example.test",
    request: { target: "example.test" },
    createdAt: "2026-03-01T10:00:00.000Z",
    previousId: null,
  });
  await before.probes.finish(id, done([hole()]));
  await before.close();
  const after = await openStore({ path });
  expect((await after.probes.get(id))?.observation?.durationMs).toBe(1234.5);
  expect((await after.findings.list({ limit: 10 })).findings).toHaveLength(1);
  await after.close();
});

it("of a version that noted no sign-ins keeps its sessions and its links", async () => {
  const path = join(folder, "older.sqlite");
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: openSqlite(path) }) });
  await new Migrator({ db, provider: migrations }).migrateTo("0006-finding-life");
  const at = "2026-03-01T10:00:00.000Z";
  await sql`insert into session (session_hash, created_at, expires_at) values ('mine', ${at}, '2026-04-01'), ('yours', ${at}, '2026-04-01')`.execute(
    db,
  );
  await sql`insert into wall_link (id, name, token_hash, created_at) values ('a', 'NOC', 'hash', ${at})`.execute(db);
  await db.destroy();
  const store = await openStore({ path });
  const [mine, yours] = [await store.sessions.signInOf("mine", at), await store.sessions.signInOf("yours", at)];
  expect(mine).toEqual({ id: expect.any(String), at, address: null, browser: null });
  expect(yours?.id).not.toBe(mine?.id);
  expect(await store.wallLinks.list()).toMatchObject([{ name: "NOC", opened: 0, madeBy: null }]);
  await store.close();
});

it("keeps so many notes of measures and no more, however often it is tidied, and none that nothing counts", async () => {
  const path = freshPath();
  const store = await openStore({ path });
  const at = "2026-03-01T10:00:00.000Z";
  const start = Date.parse(at) / 1000;
  const source = await store.logs.addSource("/var/log/mail.log", "page", at);
  const commit = async (revision: number) => {
    const counts = Array.from({ length: 4000 }, (_, index) => ({
      start,
      peer: null,
      measure: "connection-count" as const,
      note: `client ${revision} ${index}`,
      value: -1,
      count: 1,
      least: null,
      most: null,
    }));
    const batch = { lines: 1, recognised: 1, counts, events: [], memories: [], moves: [], firstLineAt: null, lastLineAt: at };
    await store.logs.commit(source?.id ?? 0, batch, { revision, position: {} });
  };
  for (const revision of [0, 1, 2]) {
    await commit(revision);
    await store.logs.tidy(start, 30);
  }
  const db = openSqlite(path);
  const notes = () => db.prepare("select count(*) as notes, (select sum(count) from log_count) as counted from log_measure").all([])[0];
  // What comes beyond is counted, without its note.
  expect(notes()).toEqual({ notes: 5001, counted: 12_000 });
  await store.logs.tidy(start + 500 * 86_400, 30);
  expect(notes()).toEqual({ notes: 0, counted: null });
  db.close();
  await store.close();
});

it("is readable by its owner only", async () => {
  const path = freshPath();
  await (await openStore({ path })).close();
  expect((await stat(join(path, ".."))).mode & 0o077).toBe(0);
});

it("says in one sentence why it cannot be opened", async () => {
  const path = join(folder, "not-a-database");
  await writeFile(path, "this is a plain text file, long enough to be no SQLite header at all, and then some more text");
  for (const bad of [path, join(path, "below-a-file", "mxray.sqlite"), "/dev/null/mxray.sqlite"]) {
    const failure = openStore({ path: bad });
    await expect(failure, bad).rejects.toThrow(StoreError);
    await expect(failure, bad).rejects.toThrow(new RegExp(`The store ${bad.replaceAll("/", "\\/")} .*MXRAY_DATA\\.$`));
  }
});
