import { type Finding, severityRank } from "@mxray/contracts";
import { type Kysely, type Selectable, sql, type Transaction } from "kysely";
import { newId } from "../new-id.ts";
import type { FindingState, FindingStore, StoredFinding } from "../store.ts";
import type { FindingTable, Tables } from "../tables.ts";
import { recordLogFindings } from "./log-findings.ts";
import { subjectKey } from "./subject-key.ts";

export function findingStore(db: Kysely<Tables>): FindingStore {
  return {
    async get(id) {
      const row = await db.selectFrom("finding").selectAll().where("id", "=", id).executeTakeFirst();
      return row === undefined ? null : findingOf(row);
    },

    async list({ limit, states, address }) {
      let query = db
        .selectFrom("finding")
        .selectAll()
        .where("absorbed_by", "is", null)
        .orderBy("severity_rank", "desc")
        .orderBy("last_seen_at", "desc")
        .limit(limit);
      if (states !== undefined) query = query.where("state", "in", [...states]);
      if (address !== undefined) query = query.where("address", "=", address);
      return (await query.execute()).map(findingOf);
    },

    async ofProbe(probeId) {
      const rows = await db
        .selectFrom("finding")
        .innerJoin("probe_finding", "probe_finding.finding_id", "finding.id")
        .selectAll("finding")
        .where("probe_finding.probe_id", "=", probeId)
        .orderBy("severity_rank", "desc")
        .orderBy("finding.id")
        .execute();
      return rows.map(findingOf);
    },

    async acknowledge(id, note) {
      const { numUpdatedRows } = await db
        .updateTable("finding")
        .set({ state: "acknowledged", note })
        .where("id", "=", id)
        .where("state", "=", "open")
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    recordLog: (signs, times) => db.transaction().execute((transaction) => recordLogFindings(transaction, signs, times)),
  };
}

/** Findings that need somebody's care live on after their probe; what is mere information does not. */
function lasts({ severity }: Finding): boolean {
  return severity !== "info";
}

/** Notes that a probe showed these: a new one opens, a fixed one reopens, an acknowledged one stays acknowledged. */
export async function recordFindings(db: Transaction<Tables>, probeId: string, findings: readonly Finding[], at: string): Promise<void> {
  for (const finding of findings.filter(lasts)) {
    const seen = { finding: JSON.stringify(finding), severity_rank: severityRank(finding.severity), last_seen_at: at, probe_id: probeId };
    const { id } = await db
      .insertInto("finding")
      .values({
        id: newId(),
        code: finding.code,
        subject_key: subjectKey(finding.subject),
        address: finding.subject.address,
        state: "open",
        first_seen_at: at,
        fixed_at: null,
        fixed_by: null,
        note: null,
        absorbed_by: null,
        ...seen,
      })
      .onConflict((conflict) =>
        conflict.columns(["code", "subject_key"]).doUpdateSet({
          ...seen,
          state: sql<FindingState>`case finding.state when 'fixed' then 'open' else finding.state end`,
          fixed_at: null,
          fixed_by: null,
        }),
      )
      .returning("id")
      .executeTakeFirstOrThrow();
    await db
      .insertInto("probe_finding")
      .values({ probe_id: probeId, finding_id: id })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** Marks findings as fixed, proven by a probe; those that are fixed already stay as they are. */
export async function fixFindings(db: Transaction<Tables>, probeId: string, ids: readonly string[], at: string): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable("finding")
    .set({ state: "fixed", fixed_at: at, fixed_by: probeId })
    .where("id", "in", [...ids])
    .where("state", "!=", "fixed")
    .execute();
}

/** Forgets the findings that only this probe showed; the others remember the last probe that is left. */
export async function forgetFindingsOf(db: Transaction<Tables>, probeId: string): Promise<void> {
  await db.deleteFrom("probe_finding").where("probe_id", "=", probeId).execute();
  await db
    .deleteFrom("finding")
    .where("probe_id", "=", probeId)
    .where((row) =>
      row.not(row.exists(row.selectFrom("probe_finding").select("probe_id").whereRef("probe_finding.finding_id", "=", "finding.id"))),
    )
    .execute();
  await db
    .updateTable("finding")
    .set((row) => ({
      probe_id: row
        .selectFrom("probe_finding")
        .select((pair) => pair.fn.max("probe_finding.probe_id").as("probe_id"))
        .whereRef("probe_finding.finding_id", "=", "finding.id"),
    }))
    .where("probe_id", "=", probeId)
    .execute();
}

export function findingOf(row: Selectable<FindingTable>): StoredFinding {
  const finding = JSON.parse(row.finding) as Finding;
  return {
    id: row.id,
    state: row.state,
    subject: finding.subject,
    finding,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    probeId: row.probe_id,
    fixedAt: row.fixed_at,
    fixedBy: row.fixed_by,
    note: row.note,
  };
}
