/** Stores of versions that did not count episodes of stalls. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sizeClassOf } from "@mxray/contracts";
import { type Kysely, sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore } from "../src/index.ts";
import { makeOlderStore } from "./upgraded-store.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-episodes-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const start = Date.parse("2026-03-01T10:00:00.000Z") / 1000;
const [small, large] = [sizeClassOf(2000), sizeClassOf(90_000)];

async function fill(db: Kysely<unknown>): Promise<void> {
  await sql`insert into log_peer (id, identity, name, address, port, direction, reach) values
    (1, 'outbound relay.test[192.0.2.8]:25', 'relay.test', '192.0.2.8', 25, 'outbound', 'network'),
    (2, 'inbound client.test[198.51.100.1]', 'client.test', '198.51.100.1', null, 'inbound', 'network')`.execute(db);
  await sql`insert into log_measure (id, measure, note) values (1, 'stalled', ''), (2, 'timeout body', ''), (3, 'loss body', '')`.execute(
    db,
  );
  await sql`insert into log_count (start, peer_id, measure_id, value, count, least, most) values
    (${start}, 1, 1, ${small}, 1, 2000, 2000), (${start}, 1, 1, ${large}, 4, 90000, 90000), (${start}, 1, 2, 0, 5, ${start}, ${start}),
    (${start + 60}, 1, 1, ${large}, 1, 90000, 90000), (${start + 60}, 1, 2, 0, 1, ${start}, ${start}),
    (${start}, 2, 2, 0, 3, ${start}, ${start}), (${start}, 2, 3, 0, 3, ${start}, ${start}), (${start + 60}, 2, 3, 0, 1, ${start}, ${start})`.execute(
    db,
  );
}

test("each minute with stalls becomes one episode", async () => {
  const path = join(folder, "mxray.sqlite");
  await makeOlderStore(path, "0016-same-peers", fill);
  const store = await openStore({ path });
  const { peers } = await store.logs.statistics({ from: start, to: start + 3600 });
  expect(peers.map(({ direction, stalls: [body] }) => [direction, body?.timeouts, body?.losses, body?.episodes])).toEqual([
    ["inbound", 3, 4, 2],
    ["outbound", 6, 0, 2],
  ]);
  expect(peers[1]?.sizes.map(({ class: size, stalled, episodes }) => [size, stalled, episodes])).toEqual([
    [small, 1, 1],
    [large, 5, 1],
  ]);
  await store.close();
});
