/** What happened to a finding and when: written in the transaction of the change itself. */
import type { FindingChange } from "@mxray/contracts";
import { type Kysely, sql, type Transaction } from "kysely";
import type { Tables } from "../../schema/tables.ts";

/**
 * Of a row of `finding`: when it was opened or, after a fix, opened again. Whoever takes an acknowledgement back also opens it
 * again, and begins nothing anew by that.
 */
export const SINCE_AT = sql<string>`coalesce((
  select at from finding_change as begun
  where begun.finding_id = finding.id and begun.change in ('opened', 'reopened') and begun.id > coalesce((
    select max(mended.id) from finding_change as mended
    where mended.finding_id = finding.id and mended.change = 'fixed' and mended.id < (
      select max(last.id) from finding_change as last
      where last.finding_id = finding.id and last.change in ('opened', 'reopened'))), 0)
  order by begun.id limit 1), finding.first_seen_at)`;

export async function recordChanges(
  db: Transaction<Tables>,
  findingIds: readonly string[],
  { at, change, probeId, note }: FindingChange,
): Promise<void> {
  for (const finding_id of findingIds) {
    await db.insertInto("finding_change").values({ finding_id, at, change, probe_id: probeId, note }).execute();
  }
}

/** The oldest first. */
export async function changesOf(db: Kysely<Tables>, findingId: string): Promise<FindingChange[]> {
  const rows = await db.selectFrom("finding_change").selectAll().where("finding_id", "=", findingId).orderBy("id").execute();
  return rows.map(({ at, change, probe_id, note }) => ({ at, change, probeId: probe_id, note }));
}
