/**
 * Adds up what peers without a stall were sent, or sent: they are nearly all of the rows, and nobody asks by the minute what went
 * well. Sizes go by octave of bytes then. Peers that stalled keep minutes and exact classes for as long as `COUNT_AGES` says, since
 * their onset and their threshold are read from them.
 */
import { isContentStage, type LogMeasure, MAIL_STAGES } from "@mxray/contracts";
import { type Kysely, sql, type Transaction } from "kysely";
import type { Tables } from "../../schema/tables.ts";
import { listOf } from "../../sql/dialect.ts";
import { emptyTemporaryTable } from "../../sql/temporary-table.ts";
import { countPeerDaysAgain, DAY } from "./peer-days.ts";

/** Of an hour or a day: those with the most stalls. Beyond, a fault is at this end, and no peer's own. */
const MOST_TROUBLED = 100;
/** Classes of size in an octave, and the one in its middle. */
const OCTAVE = 8;
const MIDDLE = 4;

const CONTENT_STALLS: readonly LogMeasure[] = MAIL_STAGES.filter(isContentStage).flatMap(
  (stage) => [`timeout ${stage}`, `loss ${stage}`] as const,
);

/** Of whole spans between the times, unix seconds. @param span seconds */
export async function rollUpQuiet(db: Kysely<Tables>, span: number, from: number, before: number): Promise<void> {
  for (let start = Math.ceil(from / span) * span; start + span <= before; start += span) {
    await db.transaction().execute((transaction) => rollUpSpan(transaction, start, start + span));
  }
}

async function rollUpSpan(db: Transaction<Tables>, start: number, end: number): Promise<void> {
  if (!(await hasAny(db, start, end))) return;
  await noteTroubled(db, start, end);
  const { rows } = await sql`
    select 1 from log_count where start > ${start} and start < ${end} and peer_id not in (select id from troubled_peer) limit 1`.execute(
    db,
  );
  if (rows.length === 0) return;
  const numbers = ["peer_id", "measure_id", "value", "count", "least", "most"].map((name) => `${name} integer`);
  await emptyTemporaryTable(db, "quiet_count", numbers.join(", "));
  await sql`
    insert into quiet_count
    select peer_id, measure_id,
      case when value >= 0 and measure in ('sent', 'recovered') then value / ${sql.lit(OCTAVE)} * ${sql.lit(OCTAVE)} + ${sql.lit(MIDDLE)} else value end as class,
      sum(count), min(least), max(most)
    from log_count join log_measure on log_measure.id = measure_id
    where start >= ${start} and start < ${end} and peer_id not in (select id from troubled_peer)
    group by peer_id, measure_id, class`.execute(db);
  await sql`
    delete from log_count where start >= ${start} and start < ${end} and peer_id not in (select id from troubled_peer)`.execute(db);
  await sql`
    insert into log_count (start, peer_id, measure_id, value, count, least, most)
    select cast(${start} as bigint), peer_id, measure_id, value, count, least, most from quiet_count order by peer_id, measure_id, value`.execute(
    db,
  );
  if (end - start > DAY) await countPeerDaysAgain(db, start, end);
}

async function hasAny(db: Transaction<Tables>, start: number, end: number): Promise<boolean> {
  const row = await db.selectFrom("log_count").select("start").where("start", ">", start).where("start", "<", end).limit(1).execute();
  return row.length > 0;
}

async function noteTroubled(db: Transaction<Tables>, start: number, end: number): Promise<void> {
  await emptyTemporaryTable(db, "troubled_peer", "id integer primary key");
  await sql`
    insert into troubled_peer select peer_id from log_count
    where start >= ${start} and start < ${end} and peer_id > 0 and measure_id in (
      select id from log_measure where measure in ${listOf(CONTENT_STALLS)})
    group by peer_id order by sum(count) desc limit ${MOST_TROUBLED}`.execute(db);
}
