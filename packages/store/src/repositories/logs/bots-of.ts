/** Which clients of a range are bots: the rule of `isBot`, by measures, as lists of peers apply it. */
import { BOT_EXCLUDED_BY, type LogMeasure, MANY_SHORT } from "@mxray/contracts";
import { type Kysely, sql } from "kysely";
import type { LogFilter } from "../../interfaces/log-store.ts";
import type { Tables } from "../../schema/tables.ts";
import { listOf } from "../../sql/dialect.ts";
import { within } from "./counted-rows.ts";

const BOT: LogMeasure = "line bot";
const SHORT: LogMeasure = "line short-session";

/** Their ids. Signs are rare, so suspects are found first: what clears them is most of all counts. */
export async function botsOf(db: Kysely<Tables>, filter: LogFilter): Promise<number[]> {
  if (filter.direction === "outbound") return [];
  const signs = await measures(db, [BOT, SHORT]);
  if (signs.length === 0) return [];
  const bot = listOf(await measures(db, [BOT]), "bigint");
  const { rows: suspects } = await sql<{ id: number }>`
    select peer_id as id from log_count where ${within(filter)} and measure_id in ${listOf(signs, "bigint")} and peer_id > 0
    group by peer_id having max(case when measure_id in ${bot} then 1 else 0 end) = 1 or sum(count) >= ${sql.lit(MANY_SHORT)}`.execute(db);
  if (suspects.length === 0) return [];
  const peers = suspects.map(({ id }) => id);
  const clearing = await measures(db, [...BOT_EXCLUDED_BY]);
  const { rows: cleared } = await sql<{ id: number }>`
    select distinct peer_id as id from log_count
    where ${within({ ...filter, peers })} and measure_id in ${listOf(clearing, "bigint")}`.execute(db);
  const innocent = new Set(cleared.map(({ id }) => id));
  return peers.filter((id) => !innocent.has(id));
}

async function measures(db: Kysely<Tables>, wanted: readonly LogMeasure[]): Promise<number[]> {
  const rows = await db.selectFrom("log_measure").select("id").where("measure", "in", wanted).execute();
  return rows.map(({ id }) => id);
}
