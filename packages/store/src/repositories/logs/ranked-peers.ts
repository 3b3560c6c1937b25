/**
 * Peers of a range as one number of each kind, to find the most harmed among thousands before anything else is added up. The inner
 * sums come in the order of the table's key, so that few rows are left to be sorted.
 */
import { type Kysely, sql } from "kysely";
import type { LogFilter } from "../../log-store.ts";
import type { Tables } from "../../tables.ts";
import { within } from "./counted-rows.ts";

/** A table of `peer_id`, `stalled`, `messages`, `expired` and `pix`, each a count. */
export function rankedPeers(filter: LogFilter) {
  return sql`(
    with kind as materialized (
      select id, measure like 'timeout %' or measure like 'loss %' as is_stall,
        measure in ('sent', 'recovered', 'again', 'deferred', 'bounced', 'broken') as is_message,
        measure = 'expired' as is_expired, measure = 'pix' as is_pix
      from log_measure
    )
    select peer_id, sum(stalled) as stalled, sum(messages) as messages, sum(expired) as expired, sum(pix) as pix from (
      select start, peer_id, sum(is_stall * count) as stalled, sum(is_message * count) as messages,
        sum(is_expired * count) as expired, sum(is_pix * count) as pix
      from log_count cross join kind on kind.id = measure_id
      where ${within(filter)} and peer_id > 0 group by start, peer_id
    ) group by peer_id)`;
}

export interface HarmedPeers {
  /** The most harmed first. */
  readonly ids: readonly number[];
  /** How many there are besides. */
  readonly leftOut: number;
}

export async function mostHarmed(db: Kysely<Tables>, filter: LogFilter, most: number): Promise<HarmedPeers> {
  const { rows } = await sql<{ id: number }>`
    select peer_id as id from ${rankedPeers(filter)} where stalled + messages + expired + pix > 0
    order by stalled desc, messages desc, peer_id`.execute(db);
  const ids = rows.slice(0, most).map(({ id }) => id);
  return { ids, leftOut: rows.length - ids.length };
}
