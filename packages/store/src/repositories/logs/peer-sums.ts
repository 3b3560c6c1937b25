/**
 * Counts of a range by peer, sizes and notes aside: what peers are ranked and listed by. Whole days come from `log_day`; only a day
 * that the range has in part is added up from the counts themselves.
 */
import { MANY_SHORT } from "@mxray/contracts";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { LogFilter } from "../../interfaces/log-store.ts";
import type { Tables } from "../../schema/tables.ts";
import { within } from "./counted-rows.ts";
import { DAY, MEASURE_KINDS, PEER_DAY_COLUMNS, PEER_DAY_SUMS, peerDaysOf } from "./peer-days.ts";

/** A table of `peer_id`, `PEER_DAY_SUMS`, `last`, the latest start (unix seconds), and `is_bot`, which is true of clients only. */
export function peerSums(filter: LogFilter): RawBuilder<unknown> {
  const { from, to } = filter;
  const firstDay = Math.ceil(from / DAY) * DAY;
  const lastDay = Math.max(firstDay, Math.floor(to / DAY) * DAY);
  // Today is whole, as a rule: nothing was counted after the range.
  const wholeUntil = sql<number>`(
    select case when exists (select 1 from log_count where start >= ${to} and start < ${lastDay + DAY})
      then cast(${lastDay} as bigint) else cast(${lastDay + DAY} as bigint) end)`;
  // By start as well: so the sums come in the order of the table's key, and few of very many rows are left to be sorted.
  const inPart = (range: Partial<Parameters<typeof within>[0]>) =>
    peerDaysOf(sql`(select start, peer_id, measure_id, count from log_count where ${within({ ...filter, ...range })})`, 1);
  return sql`(
    with ${MEASURE_KINDS}
    select peer_id, ${sql.join(PEER_DAY_SUMS.map((sum) => sql`sum(${sql.ref(sum)}) as ${sql.ref(sum)}`))}, max(last) as last,
      sum(no_bot) = 0 and (sum(bot) > 0 or sum(short) >= ${sql.lit(MANY_SHORT)}) as is_bot
    from (
      select ${PEER_DAY_COLUMNS} from log_day where ${within({ ...filter, from: firstDay, to: wholeUntil })}
      union all ${inPart({ to: Math.min(firstDay, to) })}
      union all ${inPart({ from: wholeUntil })}
    ) as day group by peer_id)`;
}

export interface HarmedPeers {
  /** The most harmed first. */
  readonly ids: readonly number[];
  /** How many there are besides. */
  readonly leftOut: number;
}

export async function mostHarmed(db: Kysely<Tables>, filter: LogFilter, most: number): Promise<HarmedPeers> {
  const { rows } = await sql<{ id: number }>`
    select peer_id as id from ${peerSums(filter)} as peer join log_peer on log_peer.id = peer_id
    where delivered + deferred + refused + expired + signs + stalled > 0
    order by is_bot, stalled desc, delivered + deferred + refused desc, identity`.execute(db);
  const ids = rows.slice(0, most).map(({ id }) => id);
  return { ids, leftOut: rows.length - ids.length };
}

/** The clients of a range that lists of peers show as bots. */
export async function botPeers(db: Kysely<Tables>, filter: LogFilter): Promise<number[]> {
  if (filter.direction === "outbound") return [];
  const days = { ...filter, from: Math.floor(filter.from / DAY) * DAY };
  const { rows: suspects } = await sql<{ id: number }>`
    select distinct peer_id as id from log_day where ${within(days)} and (bot > 0 or short > 0)`.execute(db);
  if (suspects.length === 0) return [];
  const peers = suspects.map(({ id }) => id);
  const { rows } = await sql<{ id: number }>`select peer_id as id from ${peerSums({ ...filter, peers })} as peer where is_bot`.execute(db);
  return rows.map(({ id }) => id);
}
