/** Findings that the followed logs show, over time. */
import { sql, type Transaction } from "kysely";
import type { LogFinding } from "../../interfaces/finding-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { Tables } from "../../schema/tables.ts";
import { findingColumns } from "./finding-columns.ts";
import { recordChanges } from "./finding-life.ts";
import { subjectKey } from "./subject-key.ts";

export async function recordLogFindings(
  db: Transaction<Tables>,
  signs: readonly LogFinding[],
  { at, silentSince }: { readonly at: string; readonly silentSince: string },
): Promise<boolean> {
  let changed = await fixWithCause(db);
  for (const sign of signs) changed = (await recordSign(db, sign)) || changed;
  const shown = signs.map(({ finding }) => `${finding.code} ${subjectKey(finding.subject)}`);
  const silent = await db
    .updateTable("finding")
    .set({ state: "fixed", fixed_at: at, fixed_by: null })
    .where(sql<boolean>`code like 'log-%'`)
    .where("state", "!=", "fixed")
    .where("last_seen_at", "<", silentSince)
    .where(sql<boolean>`code || ' ' || subject_key not in (select value from json_each(${JSON.stringify(shown)}))`)
    .returning("id")
    .execute();
  await recordChanges(
    db,
    silent.map(({ id }) => id),
    { at, change: "fixed", probeId: null, note: null },
  );
  return changed || silent.length > 0;
}

/** A sign goes with the finding that explained it, unless it was seen again later. */
async function fixWithCause(db: Transaction<Tables>): Promise<boolean> {
  const fixed = await db
    .updateTable("finding")
    .from("finding as cause")
    .set((row) => ({
      state: "fixed" as const,
      fixed_at: row.ref("cause.fixed_at"),
      fixed_by: row.ref("cause.fixed_by"),
      absorbed_by: null,
    }))
    .whereRef("finding.absorbed_by", "=", "cause.id")
    .where("finding.state", "!=", "fixed")
    .where("cause.state", "=", "fixed")
    .whereRef("finding.last_seen_at", "<=", "cause.fixed_at")
    .returning(["finding.id", "finding.fixed_at", "finding.fixed_by"])
    .execute();
  for (const { id, fixed_at, fixed_by } of fixed) {
    await recordChanges(db, [id], { at: fixed_at ?? "", change: "fixed", probeId: fixed_by, note: null });
  }
  return fixed.length > 0;
}

async function recordSign(db: Transaction<Tables>, { finding, sinceAt, signAt, absorbedBy }: LogFinding): Promise<boolean> {
  const key = subjectKey(finding.subject);
  const known = await db
    .selectFrom("finding")
    .selectAll()
    .where("code", "=", finding.code)
    .where("subject_key", "=", key)
    .executeTakeFirst();
  // What was fixed stays fixed until the log shows a later sign.
  if (known?.fixed_at != null && signAt <= known.fixed_at) return false;
  const seen = {
    ...findingColumns(finding),
    last_seen_at: signAt,
    absorbed_by: absorbedBy?.id ?? null,
  };
  if (absorbedBy !== null) {
    await db.updateTable("finding").set(findingColumns(absorbedBy.finding)).where("id", "=", absorbedBy.id).execute();
  }
  if (known === undefined) {
    const { code, subject } = finding;
    const fresh = { state: "open" as const, first_seen_at: sinceAt, probe_id: null, fixed_at: null, fixed_by: null, note: null };
    const id = newId();
    await db
      .insertInto("finding")
      .values({ id, code, subject_key: key, address: subject.address, ...fresh, ...seen })
      .execute();
    await recordChanges(db, [id], { at: sinceAt, change: "opened", probeId: null, note: null });
    return true;
  }
  const state = known.state === "fixed" ? ("open" as const) : known.state;
  await db
    .updateTable("finding")
    .set({ ...seen, state, fixed_at: null, fixed_by: null })
    .where("id", "=", known.id)
    .execute();
  if (state !== known.state) await recordChanges(db, [known.id], { at: signAt, change: "reopened", probeId: null, note: null });
  return state !== known.state || seen.finding !== known.finding || seen.absorbed_by !== known.absorbed_by;
}
