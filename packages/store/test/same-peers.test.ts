/** Stores of versions that took port 25 and no port for one. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore } from "../src/index.ts";
import { makeOlderStore } from "./upgraded-store.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-peers-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const start = Date.parse("2026-03-01T10:00:00.000Z") / 1000;
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

async function fill(db: Kysely<unknown>): Promise<void> {
  for (const peer of peers) {
    await sql`insert into log_peer (id, identity, name, address, port, direction, reach) values (${sql.join(peer)}, 'network')`.execute(db);
  }
  await sql`insert into log_measure (id, measure, note) values (1, 'sent', ''), (2, 'timeout body', '')`.execute(db);
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
  const { rows } = await sql`select sum(count) as count, count(distinct peer_id) as peers from log_count`.execute(db);
  expect(rows).toEqual([{ count: 54, peers: 9 }]);
}

test("what was stored of one peer is joined, and every count stays", async () => {
  const path = join(folder, "mxray.sqlite");
  await makeOlderStore(path, "0010-search", fill);
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
