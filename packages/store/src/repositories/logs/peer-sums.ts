/**
 * Counts of a range by peer, sizes and notes aside: what peers are ranked and listed by. The inner sums come in the order of the
 * table's key, so that of very many rows few are left to be sorted.
 */
import { BOT_EXCLUDED_BY, MANY_SHORT } from "@mxray/contracts";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { LogFilter } from "../../interfaces/log-store.ts";
import type { Tables } from "../../schema/tables.ts";
import { JOIN_IN_ORDER, listOf } from "../../sql/dialect.ts";
import { within } from "./counted-rows.ts";

/** A table of `peer_id`, counts of what became of its mail, `last`, the latest start (unix seconds), and `is_bot`, which is true of clients only. */
export function peerSums(filter: LogFilter) {
  return sql`(
    with kind as materialized (
      select id, ${numberOf(sql`measure in ('sent', 'recovered', 'again')`)} as is_delivered,
        ${numberOf(sql`measure = 'deferred'`)} as is_deferred, ${numberOf(sql`measure in ('bounced', 'broken')`)} as is_refused,
        ${numberOf(sql`measure = 'expired'`)} as is_expired,
        ${numberOf(sql`measure = 'pix' or measure like 'line %' or measure like 'record %'`)} as is_sign,
        ${numberOf(sql`measure like 'timeout %' or measure like 'loss %'`)} as is_stalled,
        ${numberOf(sql`measure = 'line bot'`)} as is_bot, ${numberOf(sql`measure = 'line short-session'`)} as is_short,
        ${numberOf(sql`measure in ${listOf([...BOT_EXCLUDED_BY])}`)} as is_no_bot
      from log_measure
    )
    select peer_id, sum(delivered) as delivered, sum(deferred) as deferred, sum(refused) as refused, sum(expired) as expired,
      sum(signs) as signs, sum(stalled) as stalled, max(start) as last,
      sum(no_bot) = 0 and (sum(bot) > 0 or sum(short) >= ${sql.lit(MANY_SHORT)}) as is_bot
    from (
      select start, peer_id, sum(is_delivered * count) as delivered, sum(is_deferred * count) as deferred,
        sum(is_refused * count) as refused, sum(is_expired * count) as expired, sum(is_sign * count) as signs,
        sum(is_stalled * count) as stalled, sum(is_bot * count) as bot, sum(is_short * count) as short, sum(is_no_bot * count) as no_bot
      from log_count ${JOIN_IN_ORDER} kind on kind.id = measure_id
      where ${within(filter)} and peer_id > 0 group by start, peer_id
    ) as minute group by peer_id)`;
}

/** 1 where it is true, so that it can be multiplied and added up. */
function numberOf(condition: RawBuilder<unknown>): RawBuilder<number> {
  return sql`case when ${condition} then 1 else 0 end`;
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
