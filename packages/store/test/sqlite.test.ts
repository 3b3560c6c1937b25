import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openLogStore, openStore, StoreError, type StorePlace } from "../src/index.ts";
import { openSqlite } from "../src/sqlite/sqlite-database.ts";
import { describeStore } from "./store-suite.ts";
import { done, hole } from "./suite-data.ts";
import { makeOlderStore } from "./upgraded-store.ts";

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
  const at = "2026-03-01T10:00:00.000Z";
  await makeOlderStore(path, "0006-finding-life", async (db) => {
    await sql`insert into session (session_hash, created_at, expires_at)
      values ('mine', ${at}, '2026-04-01'), ('yours', ${at}, '2026-04-01')`.execute(db);
    await sql`insert into wall_link (id, name, token_hash, created_at) values ('a', 'NOC', 'hash', ${at})`.execute(db);
  });
  const store = await openStore({ path });
  const [mine, yours] = [await store.sessions.signInOf("mine", at), await store.sessions.signInOf("yours", at)];
  expect(mine).toEqual({ id: expect.any(String), at, address: null, browser: null, user: null });
  expect(yours?.id).not.toBe(mine?.id);
  expect(await store.links.list()).toMatchObject([{ opens: "wall", name: "NOC", opened: 0, madeBy: null }]);
  await store.close();
});

it("of a version with shares and wall links keeps every link as it was", async () => {
  const path = freshPath();
  await mkdir(dirname(path), { recursive: true });
  const at = "2026-03-01T10:00:00.000Z";
  const used = "2026-03-02T10:00:00.000Z";
  await makeOlderStore(path, "0010-search", async (db) => {
    await sql`insert into sign_in (id, at, address, browser) values ('me', ${at}, '192.0.2.7', 'Firefox on Linux')`.execute(db);
    await sql`insert into probe (id, target, status, created_at, request) values ('p', 'example.test', 'done', ${at}, '{}')`.execute(db);
    await sql`insert into share (id, probe_id, token_hash, created_at, expires_at, note, include_private, revoked_at, last_opened_at, opened, sign_in_id)
    values ('b', 'p', 'share', ${at}, '2026-04-01', 'see below', 1, null, ${used}, 3, 'me'),
      ('c', 'p', 'revoked', ${at}, '2026-04-01', null, 0, ${used}, null, 0, null)`.execute(db);
    await sql`insert into wall_link (id, name, token_hash, created_at, last_used_at, revoked_at, sign_in_id, opened)
    values ('a', 'NOC', 'wall', ${at}, ${used}, null, 'me', 2)`.execute(db);
  });
  const store = await openStore({ path });
  const madeBy = { id: "me", at, address: "192.0.2.7", browser: "Firefox on Linux" };
  const common = { createdAt: at, lastUsedAt: used, revokedAt: null, madeBy };
  const diagnosis = { ...common, opens: "diagnosis", probeId: "p", name: "example.test", expiresAt: "2026-04-01", note: "see below" };
  expect(await store.links.byTokenHash("share")).toMatchObject({ ...diagnosis, includePrivate: true, hidesSource: true, opened: 3 });
  expect(await store.links.byTokenHash("wall")).toMatchObject({ ...common, opens: "wall", name: "NOC", expiresAt: null, opened: 2 });
  expect(await store.links.byTokenHash("revoked")).toMatchObject({ revokedAt: used, includePrivate: false, madeBy: null });
  await store.close();
});

it("of a version that noted no beginning of a delivery never runs a delivery test again that was running", async () => {
  const path = join(folder, "before-claims.sqlite");
  const delivers = JSON.stringify({ target: "example.test", deliverTo: "me@example.test" });
  const probes = { deliversNow: ["running", delivers], delivers: ["queued", delivers], runs: ["running", '{"target":"example.test"}'] };
  await makeOlderStore(path, "0010-search", async (db) => {
    for (const [id, [status, request]] of Object.entries(probes)) {
      await sql`insert into probe (id, target, vantage, status, created_at, request)
        values (${id}, 'example.test', 'local', ${status}, '2026-03-01T10:00:00.000Z', ${request})`.execute(db);
    }
  });
  const store = await openStore({ path });
  expect((await store.probes.get("deliversNow"))?.summary).toMatchObject({
    status: "failed",
    error: expect.stringContaining("never repeated"),
  });
  await store.probes.release(null);
  expect(await store.probes.waiting({ owner: "me", at: "2026-03-01T11:00:00.000Z", limit: 9 })).toEqual(["delivers", "runs"]);
  await store.close();
});

it("of a version that knew the practice lab by its name keeps practice apart", async () => {
  const path = join(folder, "before-practice.sqlite");
  const observed = (name: string) => JSON.stringify({ vantage: { name, host: "here", version: "0" }, hosts: [] });
  await makeOlderStore(path, "0012-delivery-claims", async (db) => {
    for (const name of ["lab", "local"]) {
      await sql`insert into probe (id, target, vantage, status, created_at, request, observation)
        values (${name}, 'example.test', ${name}, 'done', '2026-03-01T10:00:00.000Z', '{}', ${observed(name)})`.execute(db);
    }
  });
  const store = await openStore({ path });
  const listed = async (practice: boolean) => (await store.probes.list({ limit: 9, practice })).probes.map(({ id }) => id);
  expect([await listed(true), await listed(false)]).toEqual([["lab"], ["local"]]);
  expect((await store.probes.get("lab"))?.observation?.vantage).toEqual({ name: "lab", host: "here", version: "0", practice: true });
  expect((await store.probes.get("local"))?.observation?.vantage).not.toHaveProperty("practice");
  await store.close();
});

it("of a version with a finding for each address joins those of one host", async () => {
  const path = freshPath();
  await mkdir(dirname(path), { recursive: true });
  const day = (n: number) => `2026-03-${String(n).padStart(2, "0")}T00:00:00.000Z`;
  const row = (address: string, code = "pmtu-black-hole", host: string | null = "MX1.example.test") => {
    const { since, firstSeen, subjects, ...old } = hole({ code: code as "pmtu-black-hole", subject: { host, address, port: 25 } });
    return { key: JSON.stringify([host, address, 25]), finding: JSON.stringify({ ...old, title: `${code} at ${address}` }) };
  };
  await makeOlderStore(path, "0013-practice", async (db) => {
    const add = async (id: string, state: string, first: number, one: ReturnType<typeof row>, over: Record<string, string | null> = {}) => {
      const { code, fixed_at = null, note = null, absorbed_by = null } = { code: "pmtu-black-hole", ...over };
      await sql`insert into finding (id, code, subject_key, address, state, severity_rank, finding, first_seen_at, last_seen_at, fixed_at, note, absorbed_by, title)
        values (${id}, ${code}, ${one.key}, ${JSON.parse(one.key)[1]}, ${state}, 2, ${one.finding}, ${day(first)}, ${day(20)}, ${fixed_at}, ${note}, ${absorbed_by}, '')`.execute(
        db,
      );
      await sql`insert into finding_change (finding_id, at, change) values (${id}, ${day(first)}, 'opened')`.execute(db);
    };
    await add("a", "acknowledged", 5, row("192.0.2.1"), { note: "known" });
    await add("b", "acknowledged", 3, row("2001:db8::1"));
    await add("c", "fixed", 2, row("192.0.2.9"), { fixed_at: day(4) });
    await add("d", "open", 1, row("192.0.2.1", "log-outbound-stalls", "mx1.example.test"), {
      code: "log-outbound-stalls",
      absorbed_by: "b",
    });
    await add("e", "open", 6, row("192.0.2.50", "pmtu-black-hole", null));
    await add("f", "acknowledged", 6, row("192.0.2.51", "pmtu-black-hole", null));
    await sql`insert into finding_change (finding_id, at, change, note) values ('a', ${day(6)}, 'acknowledged', 'known')`.execute(db);
    await sql`insert into finding_change (finding_id, at, change) values ('c', ${day(4)}, 'fixed')`.execute(db);
  });
  const store = await openStore({ path });
  const { findings } = await store.findings.list({ limit: 10, sort: "newest" });
  expect(findings.map(({ id, state }) => [id, state])).toEqual([
    ["f", "acknowledged"],
    ["e", "open"],
    ["a", "acknowledged"],
  ]);
  const joined = await store.findings.get("a");
  // As old as the log's first sign, which the joined finding explains.
  expect(joined).toMatchObject({ state: "acknowledged", note: "known", sinceAt: day(1), firstSeenAt: day(2), fixedAt: null });
  expect(joined?.finding.subjects.map(({ address }) => address)).toEqual(["192.0.2.1", "2001:db8::1"]);
  expect(joined?.subjects.map(({ address, fixedAt }) => [address, fixedAt])).toEqual([
    ["192.0.2.1", null],
    ["2001:db8::1", null],
    ["192.0.2.9", day(4)],
  ]);
  for (const old of ["b", "c"]) expect((await store.findings.get(old))?.id).toBe("a");
  expect(await store.findings.absorbedBy("a")).toMatchObject([{ id: "d" }]);
  expect((await store.findings.life("a")).map(({ at, change }) => [at, change])).toEqual([
    [day(2), "opened"],
    [day(3), "opened"],
    [day(4), "fixed"],
    [day(5), "opened"],
    [day(6), "acknowledged"],
  ]);
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

it("is opened for following logs at its place, in another thread or process, and has none in memory", async () => {
  const store = await openStore({ path: freshPath() });
  const place: StorePlace = JSON.parse(JSON.stringify(store.place));
  const beside = openLogStore(place);
  await beside.logs.addSource("/var/log/mail.log", "page", "2026-03-01T10:00:00.000Z");
  await beside.close();
  expect(await store.logs.sources()).toMatchObject([{ location: "/var/log/mail.log" }]);
  await store.close();
  const inMemory = await openStore({ path: ":memory:" });
  expect(inMemory.place).toBeNull();
  await inMemory.close();
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
