/**
 * Episodes of stalls in what was counted before they were: one for each span in which content stalled, of the smallest message
 * that did. Spans of minutes make a few more of them than there were, spans of hours fewer.
 */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const stallEpisodes: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`insert into log_measure (measure, note) values ('episode body', '')`.execute(db);
    await sql`
      insert into log_count (start, peer_id, measure_id, value, count)
      select start, peer_id, (select id from log_measure where measure = 'episode body' and note = ''), min(value), 1
      from log_count where measure_id in (select id from log_measure where measure = 'stalled' and note = '')
      group by start, peer_id`.execute(db);
    // What a client sends has no size before it has arrived.
    await sql`
      insert into log_count (start, peer_id, measure_id, value, count)
      select start, peer_id, (select id from log_measure where measure = 'episode body' and note = ''), -1, 1
      from log_count where peer_id in (select id from log_peer where direction = 'inbound')
        and measure_id in (select id from log_measure where measure in ('timeout body', 'loss body') and note = '')
      group by start, peer_id`.execute(db);
  },
};
