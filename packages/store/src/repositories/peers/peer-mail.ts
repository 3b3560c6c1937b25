/** The table `peer_mail`: what became of each peer's mail of late. There are hundreds of thousands of counts: added up once a minute. */
import { PEER_MAIL_DAYS } from "@mxray/contracts";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../../tables.ts";

const MINUTE = 60;
const DAY = 86_400;

/** @param now unix seconds */
export async function countPeerMail(db: Kysely<Tables>, now: number): Promise<void> {
  const minute = Math.floor(now / MINUTE) * MINUTE;
  await sql`
    create temp table if not exists peer_mail (
      peer_id integer primary key, delivered integer not null, deferred integer not null, stalled integer not null,
      last integer not null, minute integer not null
    )`.execute(db);
  const { rows } = await sql<{ minute: number }>`select minute from peer_mail limit 1`.execute(db);
  if (rows[0]?.minute === minute) return;
  await sql`delete from peer_mail`.execute(db);
  await sql`
    insert into peer_mail
    select peer_id, sum(case kind when 'delivered' then count else 0 end), sum(case kind when 'deferred' then count else 0 end),
      sum(case kind when 'stalled' then count else 0 end), max(start), ${minute}
    from log_count join (
      select id, case when measure in ('sent', 'recovered', 'again') then 'delivered' when measure = 'deferred' then 'deferred'
        when measure like 'timeout %' or measure like 'loss %' then 'stalled' end as kind
      from log_measure
    ) as measured on measured.id = measure_id
    where start >= ${minute - PEER_MAIL_DAYS * DAY} and start < ${minute + MINUTE} and peer_id > 0 group by peer_id`.execute(db);
}
