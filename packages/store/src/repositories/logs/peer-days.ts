/**
 * The table `log_day`: what `log_count` says of each peer and day (UTC), sizes and notes aside. A commit adds to it in its own
 * transaction; where tidying moves counts to another day or drops some, the days are counted again.
 */
import { BOT_EXCLUDED_BY, type LogCount } from "@mxray/contracts";
import { type Kysely, type RawBuilder, sql, type Transaction } from "kysely";
import type { Tables } from "../../schema/tables.ts";
import { fieldOf, greatestOf, JOIN_IN_ORDER, listOf, rowsOf } from "../../sql/dialect.ts";
import { jsonRows } from "./json-rows.ts";
import type { NumberedNames } from "./numbered-names.ts";

/** Seconds. */
export const DAY = 86_400;

/** The columns that are added up, and the measures that each counts. Days in the store keep what an earlier rule counted. */
const MEASURES_OF: Readonly<Record<string, RawBuilder<unknown>>> = {
  delivered: sql`measure in ('sent', 'recovered', 'again')`,
  deferred: sql`measure = 'deferred'`,
  refused: sql`measure in ('bounced', 'broken')`,
  expired: sql`measure = 'expired'`,
  signs: sql`measure = 'pix' or measure like 'line %' or measure like 'record %'`,
  stalled: sql`measure like 'timeout %' or measure like 'loss %'`,
  bot: sql`measure = 'line bot'`,
  short: sql`measure = 'line short-session'`,
  no_bot: sql`measure in ${listOf([...BOT_EXCLUDED_BY])}`,
  counted: sql`true`,
};
export const PEER_DAY_SUMS = Object.keys(MEASURES_OF);
/** With the start of the day, and that of the latest minute (hour, day) that was counted, unix seconds. */
export const PEER_DAY_COLUMNS = sql.join(["start", "peer_id", ...PEER_DAY_SUMS, "last"].map((column) => sql.ref(column)));

/** For `with`: each measure as numbers that counts are multiplied by. */
export const MEASURE_KINDS = sql`
  kind as materialized (
    select id, ${sql.join(Object.entries(MEASURES_OF).map(([sum, isOf]) => sql`case when ${isOf} then 1 else 0 end as ${sql.ref(`is_${sum}`)}`))}
    from log_measure
  )`;

/** A `select` of `PEER_DAY_COLUMNS`, behind `MEASURE_KINDS`. @param counts a table of counts @param span what starts are rounded down to, in seconds */
export function peerDaysOf(counts: RawBuilder<unknown>, span: number): RawBuilder<unknown> {
  const start = span === 1 ? sql`start` : sql`start / ${sql.lit(span)} * ${sql.lit(span)}`;
  return sql`
    select ${start}, peer_id, ${sql.join(PEER_DAY_SUMS.map((sum) => sql`sum(${sql.ref(`is_${sum}`)} * count) as ${sql.ref(sum)}`))}, max(start) as last
    from ${counts} as counts ${JOIN_IN_ORDER} kind on kind.id = measure_id where peer_id > 0 group by 1, 2`;
}

/** Counts below 0 take back what was added before; the latest start is kept. */
export async function addToPeerDays(db: Transaction<Tables>, counts: readonly LogCount[], ids: NumberedNames): Promise<void> {
  const sums = new Map<string, [start: number, peerId: number, measureId: number, count: number]>();
  for (const row of counts) {
    const [peerId, measureId] = [ids.peer(row.peer), ids.measure(row)];
    const key = `${row.start} ${peerId} ${measureId}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, [row.start, peerId, measureId, row.count]);
    else sum[3] += row.count;
  }
  const added = PEER_DAY_SUMS.map((sum) => sql`${sql.ref(sum)} = ${sql.ref(`log_day.${sum}`)} + ${sql.ref(`excluded.${sum}`)}`);
  for (const text of jsonRows([...sums.values()])) {
    const rows = sql`(
      select ${fieldOf(0, "bigint")} as start, ${fieldOf(1, "bigint")} as peer_id, ${fieldOf(2, "bigint")} as measure_id, ${fieldOf(3, "bigint")} as count
      from ${rowsOf(text)})`;
    await sql`
      insert into log_day (${PEER_DAY_COLUMNS}) with ${MEASURE_KINDS} ${peerDaysOf(rows, DAY)}
      on conflict (start, peer_id) do update set ${sql.join(added)}, last = ${greatestOf(sql`log_day.last`, sql`excluded.last`)}`.execute(
      db,
    );
  }
  const takenBack = counts.filter(({ count }) => count < 0).map(({ start }) => start - (start % DAY));
  for (const text of jsonRows([...new Set(takenBack)])) {
    await sql`delete from log_day where start in ${listOf(text, "bigint")} and counted = 0`.execute(db);
  }
}

/** Of whole days. @param start unix seconds */
export async function countPeerDaysAgain(db: Kysely<Tables>, start: number, end: number): Promise<void> {
  await db.deleteFrom("log_day").where("start", ">=", start).where("start", "<", end).execute();
  const rows = sql`(select start, peer_id, measure_id, count from log_count where start >= ${start} and start < ${end})`;
  await sql`insert into log_day (${PEER_DAY_COLUMNS}) with ${MEASURE_KINDS} ${peerDaysOf(rows, DAY)}`.execute(db);
}
