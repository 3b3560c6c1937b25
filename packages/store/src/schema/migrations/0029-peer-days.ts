import { type CreateTableBuilder, type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { byEngine } from "../../sql/by-engine.ts";

const DAY = 86_400;

const SUMS: Readonly<Record<string, string>> = {
  delivered: "measure in ('sent', 'recovered', 'again')",
  deferred: "measure = 'deferred'",
  refused: "measure in ('bounced', 'broken')",
  expired: "measure = 'expired'",
  signs: "measure = 'pix' or measure like 'line %' or measure like 'record %'",
  stalled: "measure like 'timeout %' or measure like 'loss %'",
  bot: "measure = 'line bot'",
  short: "measure = 'line short-session'",
  no_bot: `measure in ('sent', 'recovered', 'again', 'line slow-session', 'timeout connect', 'timeout greeting', 'timeout ehlo',
    'timeout starttls', 'timeout data-command', 'loss data-command', 'timeout body', 'loss body', 'timeout end-of-data', 'loss end-of-data')`,
  counted: "1 = 1",
};

export const peerDays: Migration = {
  async up(db: Kysely<unknown>) {
    const columns = ["start", "peer_id", ...Object.keys(SUMS), "last"];
    const table: CreateTableBuilder<string, string> = db.schema.createTable("log_day");
    await columns
      .reduce((made, column) => made.addColumn(column, "integer", (one) => one.notNull()), table)
      .addPrimaryKeyConstraint("log_day_identity", ["start", "peer_id"])
      .modifyEnd(byEngine(sql`without rowid`, sql``))
      .execute();
    const sums = Object.values(SUMS).map((isOf) => `sum(case when ${isOf} then count else 0 end)`);
    // Day by day, so that little is sorted at a time.
    for (let day = await firstDay(db, 0); day !== null; day = await firstDay(db, day + DAY)) {
      await sql`
        insert into log_day
        select cast(${day} as bigint), peer_id, ${sql.raw(sums.join(", "))}, max(start)
        from log_count join log_measure on log_measure.id = measure_id
        where start >= ${day} and start < ${day + DAY} and peer_id > 0 group by peer_id`.execute(db);
    }
  },
};

async function firstDay(db: Kysely<unknown>, from: number): Promise<number | null> {
  const { rows } = await sql<{ start: number | null }>`select min(start) as start from log_count where start >= ${from}`.execute(db);
  const start = rows[0]?.start ?? null;
  return start === null ? null : start - (start % DAY);
}
