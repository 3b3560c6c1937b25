/** Forgets what gave access, or recorded its use, once it is over for good; what is kept for longer has tidying of its own. */
import { type Kysely, sql } from "kysely";
import type { Tables } from "../../schema/tables.ts";

const DAY_MS = 86_400_000;

/** @param now sessions and sign-in links that expired until then go @param before links and tokens that ended before go */
export async function tidyEnded(db: Kysely<Tables>, now: string, before: string): Promise<void> {
  // The limits of deliveries look back an hour.
  const dayAgo = new Date(Date.parse(now) - DAY_MS).toISOString();
  await db.transaction().execute(async (transaction) => {
    await transaction.deleteFrom("session").where("expires_at", "<=", now).execute();
    await transaction.deleteFrom("sign_in_token").where("expires_at", "<=", now).execute();
    for (const table of ["link", "api_token"] as const) {
      await transaction
        .deleteFrom(table)
        .where((row) => row.or([row("revoked_at", "<", before), row("expires_at", "<", before)]))
        .execute();
    }
    await forgetSignIns(transaction);
    await sql`
      delete from delivery where at < ${dayAgo} and coalesce(begun_at, '') < ${dayAgo}
        and not exists (select 1 from probe where probe.id = delivery.probe_id)`.execute(transaction);
  });
}

/** Of which nothing is left that was made in them. */
export async function forgetSignIns(transaction: Kysely<Tables>): Promise<void> {
  await sql`
    delete from sign_in where not exists (select 1 from session where sign_in_id = sign_in.id)
      and not exists (select 1 from link where sign_in_id = sign_in.id)`.execute(transaction);
}
