/** Findings computed again from their observations, after the rules have changed. */
import { type Finding, findingIdentity } from "@mxray/contracts";
import { type Kysely, sql, type Transaction } from "kysely";
import type { FindingAppraisal, StandingFinding } from "../../interfaces/finding-store.ts";
import type { Tables } from "../../schema/tables.ts";
import { identityColumns } from "./finding-identity.ts";
import { livedFinding, placeOf, recordObservation, rewriteSubject } from "./lived-findings.ts";

export async function standingFindings(db: Kysely<Tables>): Promise<StandingFinding[]> {
  const rows = await db
    .selectFrom("finding_subject")
    .innerJoin("finding", "finding.id", "finding_subject.finding_id")
    .select(["finding.id", "finding_subject.address", "finding_subject.vantage", "finding_subject.finding"])
    .where("finding.probe_id", "is not", null)
    .where("finding.fixed_at", "is", null)
    .where("finding_subject.fixed_at", "is", null)
    .where(sql<boolean>`finding.code not like 'log-%' and finding.code <> 'our-side'`)
    .orderBy("finding.id")
    .orderBy("finding_subject.position")
    .execute();
  return [...Map.groupBy(rows, ({ id }) => id)].map(([id, group]) => ({
    id,
    subjects: group.map(({ address, vantage, finding }) => ({ address, vantage, finding: JSON.parse(finding) as Finding })),
  }));
}

/** @returns what stands in its place and is not known yet */
export async function appraiseFinding(
  db: Transaction<Tables>,
  { id, at, kept, withdrawn, instead }: FindingAppraisal,
): Promise<FindingAppraisal["instead"]> {
  for (const { vantage, finding } of kept) await rewriteSubject(db, id, placeOf(finding, vantage), finding);
  if (withdrawn.length > 0) {
    const known = await livedFinding(db, id);
    await recordObservation(db, known, { kind: "withdrawn", at, subjects: withdrawn }, { at, probeId: null, note: null });
    const closed = (await livedFinding(db, id))?.life.state === "fixed";
    if (closed) await db.updateTable("finding").set({ absorbed_by: null }).where("absorbed_by", "=", id).execute();
  }
  return await unknown(db, instead);
}

/** What was fixed since, or is known from a later probe, is not told again by an old one. */
async function unknown(db: Transaction<Tables>, instead: FindingAppraisal["instead"]): Promise<FindingAppraisal["instead"]> {
  const fresh: FindingAppraisal["instead"][number][] = [];
  const known = new Map<string, boolean>();
  for (const one of instead) {
    const identity = findingIdentity(one.finding);
    const { code, subject_key } = identityColumns(one.finding);
    if (!known.has(identity)) {
      const row = await db
        .selectFrom("finding")
        .select("id")
        .where("code", "=", code)
        .where("subject_key", "=", subject_key)
        .executeTakeFirst();
      known.set(identity, row !== undefined);
    }
    if (known.get(identity) === false) fresh.push(one);
  }
  return fresh;
}
