/** Stores of versions that did not add days up. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MAIL_STAGES, PEER_SIGNS } from "@mxray/contracts";
import { type Kysely, sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore } from "../src/index.ts";
import { countPeerDaysAgain } from "../src/repositories/logs/peer-days.ts";
import { openSqliteAgain } from "../src/sqlite/open-sqlite-again.ts";
import { makeOlderStore } from "./upgraded-store.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-days-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const DAY = 86_400;
const MIDNIGHT = Date.parse("2026-03-01T00:00:00.000Z") / 1000;
const MEASURES = [
  ...["sent", "recovered", "again", "deferred", "bounced", "expired", "broken", "stalled", "received", "pix", "recipients", "wait"],
  ...MAIL_STAGES.flatMap((stage) => [`timeout ${stage}`, `loss ${stage}`, `episode ${stage}`]),
  ...PEER_SIGNS.flatMap((sign) => [`line ${sign}`, `record ${sign}`]),
];
/** The first and the last minute of days with a gap between them. */
const STARTS = [0, MIDNIGHT, MIDNIGHT + DAY - 60, MIDNIGHT + DAY, MIDNIGHT + 9 * DAY + 3600];

async function fill(db: Kysely<unknown>): Promise<void> {
  for (const [index, measure] of MEASURES.entries()) {
    await sql`insert into log_measure (id, measure, note) values (${index + 100}, ${measure}, 'of the test')`.execute(db);
    for (const [minute, start] of STARTS.entries()) {
      for (const peer of [0, 1, 2]) {
        await sql`insert into log_count (start, peer_id, measure_id, value, count)
          values (${start}, ${peer}, ${index + 100}, 0, ${(index * 7 + minute * 3 + peer) % 11}), (${start}, ${peer}, ${index + 100}, 4, 2)`.execute(
          db,
        );
      }
    }
  }
}

test("an upgrade adds up the days of each peer, as the counts would be added up now", async () => {
  const path = join(folder, "mxray.sqlite");
  await makeOlderStore(path, "0025-agents", fill);
  await (await openStore({ path })).close();
  const db = openSqliteAgain(path);
  const days = () => db.selectFrom("log_day").selectAll().orderBy("start").orderBy("peer_id").execute();
  const upgraded = await days();
  expect(upgraded.map(({ start, peer_id }) => [start, peer_id])).toEqual(
    [0, MIDNIGHT, MIDNIGHT + DAY, MIDNIGHT + 9 * DAY].flatMap((day) => [
      [day, 1],
      [day, 2],
    ]),
  );
  expect(upgraded.map(({ last }) => last)).toContain(MIDNIGHT + DAY - 60);
  await countPeerDaysAgain(db, 0, MIDNIGHT + 10 * DAY);
  expect(await days()).toEqual(upgraded);
  await db.destroy();
});
