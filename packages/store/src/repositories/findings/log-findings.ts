/** Findings that the followed logs show, over time. */
import { findingIdentity } from "@mxray/contracts";
import { sql, type Transaction } from "kysely";
import type { LogFinding } from "../../interfaces/finding-store.ts";
import type { Tables } from "../../schema/tables.ts";
import { explainSubject, type LivedFinding, livedFinding, placeOf, recordObservation, recordSighting } from "./lived-findings.ts";

/** Logs lie on this machine, so they show what it sees. */
const LOG_VANTAGE = "local";

export async function recordLogFindings(
  db: Transaction<Tables>,
  signs: readonly LogFinding[],
  { at, silentSince }: { readonly at: string; readonly silentSince: string },
): Promise<boolean> {
  let changed = await fixWithCause(db);
  const shown = new Set<string>();
  for (const group of Map.groupBy(signs, ({ finding }) => findingIdentity(finding)).values()) {
    const id = await recordSigns(db, group, at);
    for (const { finding } of group) shown.add(JSON.stringify([id.id, placeOf(finding, LOG_VANTAGE).address]));
    changed = id.changed || changed;
  }
  return (await fixSilent(db, shown, at, silentSince)) || changed;
}

/** Signs of one identity, one for each address. */
async function recordSigns(
  db: Transaction<Tables>,
  signs: readonly LogFinding[],
  now: string,
): Promise<{ id: string | null; changed: boolean }> {
  const sightings = signs.map(({ finding, signAt }) => ({ finding, at: signAt }));
  const kept = await recordSighting(db, { vantage: LOG_VANTAGE, sightings, now, probeId: null });
  if (kept === null) return { id: null, changed: false };
  const causes = new Set(signs.map(({ absorbedBy }) => absorbedBy?.id ?? null));
  const absorbedBy = causes.size === 1 ? (causes.values().next().value ?? null) : null;
  const { numUpdatedRows } = await db
    .updateTable("finding")
    .set({ absorbed_by: absorbedBy })
    .where("id", "=", kept.id)
    .where("absorbed_by", "is distinct from", absorbedBy)
    .executeTakeFirst();
  for (const sign of signs) await explain(db, sign);
  return { id: kept.id, changed: kept.changed || numUpdatedRows > 0n };
}

/** The cause has the sign as evidence, and is as old as it. */
async function explain(db: Transaction<Tables>, { finding, absorbedBy }: LogFinding): Promise<void> {
  if (absorbedBy === null) return;
  const { id, vantage } = absorbedBy;
  await explainSubject(db, id, placeOf(absorbedBy.finding, vantage), absorbedBy.finding);
  const change = { at: finding.since, probeId: null, note: null };
  await recordObservation(db, await livedFinding(db, id), { kind: "explained", since: finding.since }, change);
}

/** A sign goes with the cause that explained it at the same address, unless it was seen again later. */
async function fixWithCause(db: Transaction<Tables>): Promise<boolean> {
  const { rows } = await sql<{ id: string; address: string | null; at: string; by: string | null }>`
    select sign.id, own.address, its.fixed_at as at, cause.fixed_by as by
    from finding as sign
      join finding_subject as own on own.finding_id = sign.id
      join finding as cause on cause.id = sign.absorbed_by
      join finding_subject as its on its.finding_id = cause.id and its.place = own.place
    where sign.code like 'log-%' and own.fixed_at is null and its.fixed_at is not null and own.last_seen_at <= its.fixed_at`.execute(db);
  for (const [id, group] of Map.groupBy(rows, (row) => row.id)) {
    const { at, by } = group.reduce((latest, one) => (one.at > latest.at ? one : latest));
    await fix(db, await livedFinding(db, id), { at, by, addresses: group.map(({ address }) => address) });
  }
  return rows.length > 0;
}

/** What the logs no longer show, and have shown no sign of for long. */
async function fixSilent(db: Transaction<Tables>, shown: ReadonlySet<string>, at: string, silentSince: string): Promise<boolean> {
  const { rows } = await sql<{ id: string; address: string | null }>`
    select finding.id, one.address from finding join finding_subject as one on one.finding_id = finding.id
    where code like 'log-%' and state <> 'fixed' and one.fixed_at is null and one.last_seen_at < ${silentSince}`.execute(db);
  const silent = rows.filter(({ id, address }) => !shown.has(JSON.stringify([id, address])));
  for (const [id, group] of Map.groupBy(silent, (row) => row.id)) {
    await fix(db, await livedFinding(db, id), { at, by: null, addresses: group.map(({ address }) => address) });
  }
  return silent.length > 0;
}

interface Fix {
  readonly at: string;
  readonly by: string | null;
  readonly addresses: readonly (string | null)[];
}

async function fix(db: Transaction<Tables>, known: LivedFinding | null, { at, by, addresses }: Fix): Promise<void> {
  const subjects = addresses.map((address) => ({ address, vantage: LOG_VANTAGE }));
  await recordObservation(db, known, { kind: "gone", at, by, subjects }, { at, probeId: by, note: null });
  await db
    .updateTable("finding")
    .set({ absorbed_by: null })
    .where("id", "=", known?.row.id ?? "")
    .where("state", "=", "fixed")
    .execute();
}
