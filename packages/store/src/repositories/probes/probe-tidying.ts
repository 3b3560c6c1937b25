/** Forgets old probes on which nothing rests any more. */
import { setImmediate as othersTurn } from "node:timers/promises";
import { type Kysely, sql } from "kysely";
import type { ProbeStore } from "../../interfaces/probe-store.ts";
import type { Tables } from "../../schema/tables.ts";
import { forgetFindingsOf } from "../findings/findings.ts";

/** Of one transaction: some 20 ms, after which others have their turn. */
const MOST_AT_ONCE = 20;

export function probeTidying(db: Kysely<Tables>): Pick<ProbeStore, "tidy"> {
  return {
    async tidy(before, now) {
      const ids = await needless(db, before, now);
      for (let start = 0; start < ids.length; start += MOST_AT_ONCE) {
        const some = ids.slice(start, start + MOST_AT_ONCE);
        await db.transaction().execute(async (transaction) => {
          for (const id of some) await forgetFindingsOf(transaction, id);
          await transaction.deleteFrom("probe").where("id", "in", some).execute();
        });
        await othersTurn();
      }
      return ids.length;
    },
  };
}

/** A finding that stands, or stood until lately, rests on the probes that its life names; a share on its probe, and those that it is compared with. */
async function needless(db: Kysely<Tables>, before: string, now: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with lasting as (select id, probe_id, fixed_by from finding where state != 'fixed' or fixed_at >= ${before}),
    shared as (
      select probe.id, probe.previous_id from link join probe on probe.id = link.probe_id
      where link.revoked_at is null and link.expires_at > ${now}
    ),
    kept(id) as (
      select probe_id from lasting union select fixed_by from lasting
      union select finding_change.probe_id from finding_change join lasting on lasting.id = finding_change.finding_id
      union select id from shared union select previous_id from shared
      union select sibling.id from shared join probe own on own.id = shared.id join probe sibling on sibling.group_id = own.group_id
    )
    select id from probe where created_at < ${before} and status in ('done', 'cancelled', 'failed')
      and id not in (select id from kept where id is not null)
      and id not in (
        select same_as from probe where same_as is not null
          and (created_at >= ${before} or id in (select id from kept where id is not null)))
    order by created_at`.execute(db);
  return rows.map(({ id }) => id);
}
