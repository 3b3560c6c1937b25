import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
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
  expect(await store.links.list()).toMatchObject([{ opens: "wall", name: "NOC", opened: 0, madeBy: null }]);
  await store.close();
});

it("of a version with shares and wall links keeps every link as it was", async () => {
  const path = freshPath();
  await mkdir(dirname(path), { recursive: true });
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: openSqlite(path) }) });
  await new Migrator({ db, provider: migrations }).migrateTo("0010-search");
  const at = "2026-03-01T10:00:00.000Z";
  const used = "2026-03-02T10:00:00.000Z";
  await sql`insert into sign_in (id, at, address, browser) values ('me', ${at}, '192.0.2.7', 'Firefox on Linux')`.execute(db);
  await sql`insert into probe (id, target, status, created_at, request) values ('p', 'example.test', 'done', ${at}, '{}')`.execute(db);
  await sql`insert into share (id, probe_id, token_hash, created_at, expires_at, note, include_private, revoked_at, last_opened_at, opened, sign_in_id)
    values ('b', 'p', 'share', ${at}, '2026-04-01', 'see below', 1, null, ${used}, 3, 'me'),
      ('c', 'p', 'revoked', ${at}, '2026-04-01', null, 0, ${used}, null, 0, null)`.execute(db);
  await sql`insert into wall_link (id, name, token_hash, created_at, last_used_at, revoked_at, sign_in_id, opened)
    values ('a', 'NOC', 'wall', ${at}, ${used}, null, 'me', 2)`.execute(db);
  await db.destroy();
  const store = await openStore({ path });
  const madeBy = { id: "me", at, address: "192.0.2.7", browser: "Firefox on Linux" };
  const common = { createdAt: at, lastUsedAt: used, revokedAt: null, madeBy };
  const diagnosis = { ...common, opens: "diagnosis", probeId: "p", name: "example.test", expiresAt: "2026-04-01", note: "see below" };
  expect(await store.links.byTokenHash("share")).toMatchObject({ ...diagnosis, includePrivate: true, opened: 3 });
  expect(await store.links.byTokenHash("wall")).toMatchObject({ ...common, opens: "wall", name: "NOC", expiresAt: null, opened: 2 });
  expect(await store.links.byTokenHash("revoked")).toMatchObject({ revokedAt: used, includePrivate: false, madeBy: null });
  await store.close();
});

it("of a version that noted no beginning of a delivery never runs a delivery test again that was running", async () => {
  const path = join(folder, "before-claims.sqlite");
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: openSqlite(path) }) });
  await new Migrator({ db, provider: migrations }).migrateTo("0010-search");
  const delivers = JSON.stringify({ target: "example.test", deliverTo: "me@example.test" });
  const probes = { deliversNow: ["running", delivers], delivers: ["queued", delivers], runs: ["running", '{"target":"example.test"}'] };
  for (const [id, [status, request]] of Object.entries(probes)) {
    await sql`insert into probe (id, target, vantage, status, created_at, request)
      values (${id}, 'example.test', 'local', ${status}, '2026-03-01T10:00:00.000Z', ${request})`.execute(db);
  }
  await db.destroy();
  const store = await openStore({ path });
  expect((await store.probes.get("deliversNow"))?.summary).toMatchObject({
    status: "failed",
    error: expect.stringContaining("never repeated"),
  });
  expect(await store.probes.resume()).toEqual(["delivers", "runs"]);
  await store.close();
});

it("of a version that took port 25 and none for one joins what it stored of one peer, and every count stays", async () => {
  const path = join(folder, "peers.sqlite");
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: openSqlite(path) }) });
  await new Migrator({ db, provider: migrations }).migrateTo("0010-search");
  const peers = [
    // Reached at one port only: what was logged without it is the same.
    [1, "outbound relay.test[192.0.2.8]", "relay.test", "192.0.2.8", null, "outbound"],
    [2, "outbound relay.test[192.0.2.8]587", "relay.test", "192.0.2.8", 587, "outbound"],
    // At two: nobody knows which.
    [3, "outbound two.test[192.0.2.9]", "two.test", "192.0.2.9", null, "outbound"],
    [4, "outbound two.test[192.0.2.9]465", "two.test", "192.0.2.9", 465, "outbound"],
    [5, "outbound two.test[192.0.2.9]587", "two.test", "192.0.2.9", 587, "outbound"],
    [6, "outbound mx.test[192.0.2.10]", "mx.test", "192.0.2.10", 25, "outbound"],
    // A client stored before its name was known.
    [7, "inbound [198.51.100.1]", null, "198.51.100.1", null, "inbound"],
    [8, "inbound client.test[198.51.100.1]", "client.test", "198.51.100.1", null, "inbound"],
    [9, "inbound [198.51.100.2]", null, "198.51.100.2", null, "inbound"],
  ] as const;
  for (const peer of peers) {
    await sql`insert into log_peer (id, identity, name, address, port, direction, reach) values (${sql.join(peer)}, 'network')`.execute(db);
  }
  await sql`insert into log_measure (id, measure, note) values (1, 'sent', ''), (2, 'timeout body', '')`.execute(db);
  const start = Date.parse("2026-03-01T10:00:00.000Z") / 1000;
  for (const [id] of peers) {
    await sql`insert into log_count (start, peer_id, measure_id, value, count, least, most)
      values (${start}, ${id}, 1, 8, ${id}, ${id}, ${id}), (${start + 60 * id}, ${id}, 2, 0, 1, ${start + id}, ${start + id})`.execute(db);
  }
  await sql`insert into log_source (id, location, origin, created_at, revision, lines, recognised)
    values (1, '/var/log/mail.log', 'page', '2026-03-01', 3, 9, 9)`.execute(db);
  await sql`insert into log_event (source_id, at, peer_id, kind, event) values (1, ${start}, 1, 'content-stall', '{"event":"timeout","file":"mail.log","line":1}')`.execute(
    db,
  );
  const past = { peers: [{ key: "outbound relay.test[192.0.2.8]", stalled: true }, { key: "outbound gone.test[]" }] };
  await sql`insert into log_memory (source_id, key, value, touched_at) values (1, 'message mx1 ABC', ${JSON.stringify({ past })}, ${start})`.execute(
    db,
  );
  const total = async (of: Kysely<unknown>) =>
    (await sql`select sum(count) as count, count(distinct peer_id) as peers from log_count`.execute(of)).rows;
  expect(await total(db)).toEqual([{ count: 54, peers: 9 }]);
  await db.destroy();

  const store = await openStore({ path });
  const { peers: joined, from } = await store.logs.statistics({ from: start, to: start + 3600 });
  expect(from).toBe("2026-03-01T10:00:00.000Z");
  expect(joined.map(({ name, address, port, sent, stalled, largestSent }) => [name ?? address, port, sent, stalled, largestSent])).toEqual([
    ["client.test", null, 15, 2, 8],
    ["relay.test", 587, 3, 2, 2],
    ["198.51.100.2", null, 9, 1, 9],
    ["mx.test", 25, 6, 1, 6],
    ["two.test", 587, 5, 1, 5],
    ["two.test", 465, 4, 1, 4],
    ["two.test", null, 3, 1, 3],
  ]);
  expect(joined[1]).toMatchObject({ firstStalled: "2026-03-01T10:00:01.000Z", lastStalled: "2026-03-01T10:00:02.000Z" });
  expect(joined[1]?.examples.stalled).toHaveLength(1);
  const [memory] = await store.logs.memories(1);
  expect(JSON.parse(memory?.value ?? "")).toEqual({
    past: { peers: [{ key: "outbound relay.test[192.0.2.8]:587", stalled: true }, { key: "outbound gone.test[]" }] },
  });
  // The next line about it finds it.
  const counts = [
    {
      start,
      peer: { name: "relay.test", address: "192.0.2.8", port: 587, direction: "outbound", reach: "network" },
      measure: "sent",
      note: "",
      value: 8,
      count: 1,
      least: 5,
      most: 5,
    },
  ] as const;
  const batch = { lines: 1, recognised: 1, counts, events: [], memories: [], moves: [], firstLineAt: null, lastLineAt: null };
  expect(await store.logs.commit(1, batch, { revision: 3, position: {} })).toBe(true);
  expect((await store.logs.statistics({ from: start, to: start + 3600 })).peers.find(({ port }) => port === 587)?.sent).toBe(4);
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
