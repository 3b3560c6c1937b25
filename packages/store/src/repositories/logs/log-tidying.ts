/** Rolls counts up with age, and forgets what is too old. */
import { type Kysely, sql, type Transaction } from "kysely";
import { COUNT_AGES, type LogStore, QUIET_AGES } from "../../interfaces/log-store.ts";
import type { Tables } from "../../schema/tables.ts";
import { greatestOf, leastOf } from "../../sql/dialect.ts";
import { emptyTemporaryTable } from "../../sql/temporary-table.ts";
import type { NumberedNames } from "./numbered-names.ts";
import { countPeerDaysAgain, DAY } from "./peer-days.ts";
import { rollUpQuiet } from "./quiet-peers.ts";

const HOUR = 3600;
const WEEK = 7 * DAY;
const FOUR_WEEKS = 4 * WEEK;
/** Postfix gives a message up after 5 days; a session that old has ended unseen. */
const MEMORY_DAYS = 7;
/** Peers of a day that are counted one by one for good; all others of that day are in the totals only. */
const PEERS_OF_DAY = 500;
/** One transaction rolls up so much: an hour of minutes, a day of hours. */
const STEPS = 48;

/** @param ids forgotten with what is taken out */
export function logTidying(db: Kysely<Tables>, ids: NumberedNames): Pick<LogStore, "tidy"> {
  const nothing = () => Promise.resolve();
  return {
    async tidy(now, eventDays) {
      const before = (days: number) => now - days * DAY;
      await rollUpQuiet(db, HOUR, before(COUNT_AGES.minutes), before(QUIET_AGES.minutes));
      await rollUpQuiet(db, 6 * HOUR, before(COUNT_AGES.hours), before(QUIET_AGES.hours));
      await rollUpQuiet(db, DAY, before(COUNT_AGES.hours), before(QUIET_AGES.sixHours));
      await rollUpQuiet(db, WEEK, before(COUNT_AGES.days), before(QUIET_AGES.days));
      await rollUpAll(db, HOUR, before(COUNT_AGES.minutes), nothing);
      await rollUpAll(db, DAY, before(COUNT_AGES.hours), keepMainPeers);
      await rollUpAll(db, FOUR_WEEKS, before(COUNT_AGES.days), keepMainPeers);
      await rollUpTotals(db, HOUR, before(COUNT_AGES.minutes));
      await rollUpTotals(db, DAY, before(COUNT_AGES.days));
      await forgetOld(db, now, eventDays);
      await forgetUncounted(db, ids);
    },
  };
}

async function forgetOld(db: Kysely<Tables>, now: number, eventDays: number): Promise<void> {
  const oldest = Math.floor(now / DAY - COUNT_AGES.all) * DAY;
  for (const table of ["log_count", "log_day", "log_total"] as const) {
    await db.deleteFrom(table).where("start", "<", oldest).where("start", ">", 0).execute();
  }
  await db
    .deleteFrom("log_event")
    .where("at", "<", now - eventDays * DAY)
    .execute();
  await db
    .deleteFrom("log_memory")
    .where("touched_at", "<", now - MEMORY_DAYS * DAY)
    .execute();
}

/** Peers and measures. No batch is committed meanwhile, so none counts for one that is gone. */
async function forgetUncounted(db: Kysely<Tables>, ids: NumberedNames): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await sql`
      delete from log_peer where id not in (select peer_id from log_count)
        and id not in (select peer_id from log_event where peer_id is not null)`.execute(transaction);
    await sql`
      delete from log_measure where id not in (select measure_id from log_count)
        and id not in (select measure_id from log_total)`.execute(transaction);
    ids.forget();
  });
}

/** Whole spans before `before` only. */
async function rollUpAll(
  db: Kysely<Tables>,
  span: number,
  before: number,
  after: (db: Transaction<Tables>, start: number, end: number) => Promise<void>,
): Promise<void> {
  const end = Math.floor(before / span) * span;
  for (let steps = 0; steps < STEPS; steps += 1) {
    const row = await firstUnaligned(db, span, end);
    if (row === undefined) return;
    const start = Math.floor(row.start / span) * span;
    await db.transaction().execute(async (transaction) => {
      await rollUp(transaction, start, span);
      await after(transaction, start, start + span);
    });
  }
}

/** From one start to the next by the key: there are few of them, and very many rows. */
async function firstUnaligned(db: Kysely<Tables>, span: number, end: number): Promise<{ readonly start: number } | undefined> {
  const { rows } = await sql<{ start: number }>`
    with recursive starts(start) as (
      select min(start) from log_count where start > 0
      union all
      select (select min(start) from log_count where log_count.start > starts.start) from starts where starts.start < ${end}
    )
    select start from starts where start < ${end} and start % ${span} <> 0 limit 1`.execute(db);
  return rows[0];
}

async function rollUp(db: Transaction<Tables>, start: number, span: number): Promise<void> {
  await sql`
    insert into log_count (start, peer_id, measure_id, value, count, least, most)
    select cast(${start} as bigint), peer_id, measure_id, value, sum(count), min(least), max(most) from log_count
    where start > ${start} and start < ${start + span} group by peer_id, measure_id, value
    on conflict (start, peer_id, measure_id, value) do update set
      count = log_count.count + excluded.count,
      least = ${leastOf(sql`log_count.least`, sql`excluded.least`)},
      most = ${greatestOf(sql`log_count.most`, sql`excluded.most`)}`.execute(db);
  await db
    .deleteFrom("log_count")
    .where("start", ">", start)
    .where("start", "<", start + span)
    .execute();
}

async function rollUpTotals(db: Kysely<Tables>, span: number, before: number): Promise<void> {
  const end = Math.floor(before / span) * span;
  await db.transaction().execute(async (transaction) => {
    await sql`
      insert into log_total (start, direction, measure_id, count)
      select start / ${sql.lit(span)} * ${sql.lit(span)}, direction, measure_id, sum(count) from log_total
      where start < ${end} and start % ${sql.lit(span)} <> 0 group by 1, 2, 3
      on conflict (start, direction, measure_id) do update set count = log_total.count + excluded.count`.execute(transaction);
    await sql`delete from log_total where start < ${end} and start % ${sql.lit(span)} <> 0`.execute(transaction);
  });
}

/** Each day brings thousands of clients that are never seen again. */
async function keepMainPeers(db: Transaction<Tables>, start: number, end: number): Promise<void> {
  await emptyTemporaryTable(db, "main_peer", "peer_id integer primary key");
  await sql`
    insert into main_peer select peer_id from log_count join log_measure on log_measure.id = measure_id
    where start = ${start} and peer_id > 0 group by peer_id
    order by sum(case when measure like 'timeout %' or measure like 'loss %' then count else 0 end) desc, sum(count) desc
    limit ${PEERS_OF_DAY}`.execute(db);
  await sql`delete from log_count where start = ${start} and peer_id > 0 and peer_id not in (select peer_id from main_peer)`.execute(db);
  await countPeerDaysAgain(db, start, end);
}
