/** What happened to a finding and when: written in the transaction of the change itself. */
import type { FindingChange } from "@mxray/contracts";
import type { Kysely, Transaction } from "kysely";
import type { Tables } from "../../schema/tables.ts";

export async function recordChange(
  db: Transaction<Tables>,
  findingId: string,
  { at, change, probeId, note }: FindingChange,
): Promise<number> {
  const row = { finding_id: findingId, at, change, probe_id: probeId, note };
  return (await db.insertInto("finding_change").values(row).returning("id").executeTakeFirstOrThrow()).id;
}

/** The oldest first. */
export async function changesOf(db: Kysely<Tables>, findingId: string): Promise<FindingChange[]> {
  const rows = await db.selectFrom("finding_change").selectAll().where("finding_id", "=", findingId).orderBy("at").orderBy("id").execute();
  return rows.map(({ at, change, probe_id, note }) => ({ at, change, probeId: probe_id, note }));
}
