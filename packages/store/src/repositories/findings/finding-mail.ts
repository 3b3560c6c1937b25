/** The table `finding_mail`: how often mail stalled of late with the hosts that each unfixed finding is about. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Tables } from "../../schema/tables.ts";
import { memberOf } from "../../sql/dialect.ts";
import { emptyTemporaryTable } from "../../sql/temporary-table.ts";
import { countPeerMail } from "../logs/peer-mail.ts";

/** Of a row of `finding`: stalls of the last `PEER_MAIL_DAYS` days, in either direction; 0 for what is fixed. */
export const STALLED: RawBuilder<number> = sql<number>`coalesce((select stalled from finding_mail where finding_id = finding.id), 0)`;

/** A host is its address or its name, as in the list of peers. @param now unix seconds */
export async function countFindingMail(db: Kysely<Tables>, now: number): Promise<void> {
  await countPeerMail(db, now);
  await emptyTemporaryTable(db, "finding_mail", "finding_id text primary key, stalled integer not null");
  await sql`
    insert into finding_mail
    with
      peer as materialized (
        select peer_id, lower(name) as name, address, stalled from peer_mail join log_peer on log_peer.id = peer_id where stalled > 0
      ),
      concerned as (
        select finding_id, peer_id, stalled from peer join finding_subject on finding_subject.address = peer.address
        union
        select finding.id, peer_id, stalled from peer join finding on ${memberOf("subject_key", 0)} = peer.name
      )
    select finding_id, sum(stalled) from concerned join finding on finding.id = finding_id where state <> 'fixed' group by finding_id`.execute(
    db,
  );
}
