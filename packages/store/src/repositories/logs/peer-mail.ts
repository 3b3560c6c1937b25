/** The table `peer_mail`: what became of each peer's mail of late. There are hundreds of thousands of counts: added up once a minute. */
import { PEER_MAIL_DAYS } from "@mxray/contracts";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../../schema/tables.ts";
import { keepTemporaryTable } from "../../sql/temporary-table.ts";
import { peerSums } from "./peer-sums.ts";

const MINUTE = 60;
const DAY = 86_400;

/** A bot's lost sessions are no stalls here. @param now unix seconds */
export async function countPeerMail(db: Kysely<Tables>, now: number): Promise<void> {
  const minute = Math.floor(now / MINUTE) * MINUTE;
  const sums = "delivered integer not null, deferred integer not null, stalled integer not null";
  await keepTemporaryTable(
    db,
    "peer_mail",
    `peer_id integer primary key, ${sums}, last integer not null, is_bot integer not null, minute integer not null`,
  );
  const { rows } = await sql<{ minute: number }>`select minute from peer_mail limit 1`.execute(db);
  if (rows[0]?.minute === minute) return;
  await sql`delete from peer_mail`.execute(db);
  await sql`
    insert into peer_mail
    select peer_id, delivered, deferred, case when is_bot then 0 else stalled end, last, case when is_bot then 1 else 0 end, cast(${minute} as bigint)
    from ${peerSums({ from: minute - PEER_MAIL_DAYS * DAY, to: minute + MINUTE })} as sums`.execute(db);
}
