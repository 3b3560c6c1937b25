/**
 * A fault on our side over time (`our-side`): one finding, with one subject for each vantage that sees it. The findings that it
 * explains are in no list until it ends, or until it explains them no longer; then each is as it was. What it explains of the
 * followed logs is noted with those (`log-findings.ts`).
 */
import { sql, type Transaction } from "kysely";
import type { OurSideState } from "../../interfaces/finding-store.ts";
import type { Tables } from "../../schema/tables.ts";
import { listOf } from "../../sql/dialect.ts";
import { livedFinding, recordObservation, recordSighting } from "./lived-findings.ts";

/** @returns whether a reader sees a change */
export async function recordOurSide(db: Transaction<Tables>, { at, faults, endedBy, explained }: OurSideState): Promise<boolean> {
  let changed = false;
  for (const { vantage, finding, seenAt, probeIds } of faults) {
    const probeId = probeIds.at(-1) ?? null;
    const kept = await recordSighting(db, { vantage, sightings: [{ finding, at: seenAt }], now: at, probeId });
    if (kept === null) continue;
    changed = kept.changed || changed;
    await db
      .insertInto("probe_finding")
      .values(probeIds.map((id) => ({ probe_id: id, finding_id: kept.id })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  const row = await db.selectFrom("finding").select("id").where("code", "=", "our-side").executeTakeFirst();
  if (row === undefined) return changed;
  changed = (await end(db, row.id, new Set(faults.map(({ vantage }) => vantage)), { at, by: endedBy })) || changed;
  return (await absorb(db, row.id, explained)) || changed;
}

/** Where a vantage no longer sees it. */
async function end(
  db: Transaction<Tables>,
  id: string,
  seenBy: ReadonlySet<string>,
  { at, by }: { readonly at: string; readonly by: string | null },
): Promise<boolean> {
  const known = await livedFinding(db, id);
  const gone = known?.subjects.filter(({ vantage, fixed_at }) => fixed_at === null && !seenBy.has(vantage)) ?? [];
  const subjects = gone.map(({ address, vantage }) => ({ address, vantage }));
  if (subjects.length === 0) return false;
  return await recordObservation(db, known, { kind: "gone", at, by, subjects }, { at, probeId: by, note: null });
}

async function absorb(db: Transaction<Tables>, id: string, explained: readonly string[]): Promise<boolean> {
  const freed = await db
    .updateTable("finding")
    .set({ absorbed_by: null })
    .where("absorbed_by", "=", id)
    .where(sql<boolean>`id not in ${listOf(explained)}`)
    .where(sql<boolean>`code not like 'log-%'`)
    .executeTakeFirst();
  const taken = await db
    .updateTable("finding")
    .set({ absorbed_by: id })
    .where(sql<boolean>`id in ${listOf(explained)}`)
    .where("id", "!=", id)
    .where("absorbed_by", "is distinct from", id)
    .executeTakeFirst();
  return freed.numUpdatedRows + taken.numUpdatedRows > 0n;
}
