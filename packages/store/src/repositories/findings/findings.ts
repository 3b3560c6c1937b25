import type { Finding, FindingChange, FindingState, ProbeRequest } from "@mxray/contracts";
import type { Kysely, Selectable, Transaction } from "kysely";
import type { FindingStore, StoredFinding } from "../../interfaces/finding-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { FindingTable, Tables } from "../../schema/tables.ts";
import { findingColumns } from "./finding-columns.ts";
import { changesOf, recordChanges, SINCE_AT } from "./finding-life.ts";
import { type FindingRow, findingCounts, findingPage } from "./finding-page.ts";
import { recordLogFindings } from "./log-findings.ts";
import { subjectKey } from "./subject-key.ts";

export function findingStore(db: Kysely<Tables>): FindingStore {
  const kept = () => db.selectFrom("finding").selectAll("finding").select(SINCE_AT.as("since_at"));
  return {
    async get(id) {
      const row = await kept().where("id", "=", id).executeTakeFirst();
      return row === undefined ? null : findingOf(row);
    },

    async list(query) {
      const { rows, next } = await findingPage(db, query);
      return { findings: rows.map(findingOf), next };
    },

    count: (filter) => findingCounts(db, filter),

    life: (id) => changesOf(db, id),

    async absorbedBy(id) {
      return (await kept().where("absorbed_by", "=", id).orderBy("id").execute()).map(findingOf);
    },

    async ofProbe(probeId) {
      const rows = await kept()
        .innerJoin("probe_finding", "probe_finding.finding_id", "finding.id")
        .where("probe_finding.probe_id", "=", probeId)
        .orderBy("severity_rank", "desc")
        .orderBy("finding.id")
        .execute();
      return rows.map(findingOf);
    },

    async unfixedAbout(addresses) {
      const rows = await db
        .selectFrom("finding")
        .leftJoin("probe", "probe.id", "finding.probe_id")
        .selectAll("finding")
        .select(["probe.request", SINCE_AT.as("since_at")])
        .where("finding.state", "!=", "fixed")
        .where((row) => row.or([row("finding.address", "is", null), row("finding.address", "in", [...addresses])]))
        .orderBy("finding.severity_rank", "desc")
        .orderBy("finding.id")
        .execute();
      return rows.map((row) => ({
        ...findingOf(row),
        request: row.request === null ? null : (JSON.parse(row.request) as ProbeRequest),
      }));
    },

    acknowledge: (id, note, at) =>
      changeState(db, id, ["open"], { state: "acknowledged", note }, { at, change: "acknowledged", probeId: null, note }),

    reopen: (id, at) =>
      changeState(
        db,
        id,
        ["acknowledged", "fixed"],
        { state: "open", fixed_at: null, fixed_by: null },
        { at, change: "reopened", probeId: null, note: null },
      ),

    recordLog: (signs, times) => db.transaction().execute((transaction) => recordLogFindings(transaction, signs, times)),
  };
}

/** A person's decision, with its place in the finding's life; false when the finding is in none of these states. */
async function changeState(
  db: Kysely<Tables>,
  id: string,
  from: FindingState[],
  columns: Partial<Selectable<FindingTable>>,
  change: FindingChange,
): Promise<boolean> {
  return await db.transaction().execute(async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable("finding")
      .set(columns)
      .where("id", "=", id)
      .where("state", "in", from)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) return false;
    await recordChanges(transaction, [id], change);
    return true;
  });
}

/** Findings that need somebody's care live on after their probe; what is mere information does not. */
function lasts({ severity }: Finding): boolean {
  return severity !== "info";
}

/** Notes that a probe showed these: a new one opens, a fixed one reopens, an acknowledged one stays acknowledged. */
export async function recordFindings(db: Transaction<Tables>, probeId: string, findings: readonly Finding[], at: string): Promise<void> {
  for (const finding of findings.filter(lasts)) {
    const identity = { code: finding.code, subject_key: subjectKey(finding.subject) };
    const before = await stateOf(db, identity);
    const seen = { ...findingColumns(finding), last_seen_at: at, probe_id: probeId };
    const { id } = await db
      .insertInto("finding")
      .values({
        id: newId(),
        ...identity,
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
          state: before === "fixed" ? "open" : before,
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
    const change = before === undefined ? "opened" : before === "fixed" ? "reopened" : null;
    if (change !== null) await recordChanges(db, [id], { at, change, probeId, note: null });
  }
}

/** Undefined for a finding that was never seen. */
async function stateOf(
  db: Transaction<Tables>,
  { code, subject_key }: Pick<FindingTable, "code" | "subject_key">,
): Promise<FindingState | undefined> {
  const row = await db
    .selectFrom("finding")
    .select("state")
    .where("code", "=", code)
    .where("subject_key", "=", subject_key)
    .executeTakeFirst();
  return row?.state;
}

/** Marks findings as fixed, proven by a probe; those that are fixed already stay as they are. */
export async function fixFindings(db: Transaction<Tables>, probeId: string, ids: readonly string[], at: string): Promise<void> {
  if (ids.length === 0) return;
  const fixed = await db
    .updateTable("finding")
    .set({ state: "fixed", fixed_at: at, fixed_by: probeId })
    .where("id", "in", [...ids])
    .where("state", "!=", "fixed")
    .returning("id")
    .execute();
  await recordChanges(
    db,
    fixed.map(({ id }) => id),
    { at, change: "fixed", probeId, note: null },
  );
}

/** Forgets the findings that only this probe showed; the others remember the last probe that is left. */
export async function forgetFindingsOf(db: Transaction<Tables>, probeId: string): Promise<void> {
  await db.deleteFrom("probe_finding").where("probe_id", "=", probeId).execute();
  const forgotten = await db
    .deleteFrom("finding")
    .where("probe_id", "=", probeId)
    .where((row) =>
      row.not(row.exists(row.selectFrom("probe_finding").select("probe_id").whereRef("probe_finding.finding_id", "=", "finding.id"))),
    )
    .returning("id")
    .execute();
  const ids = forgotten.map(({ id }) => id);
  // Signs that one of them explained stand for themselves again.
  if (ids.length > 0) await db.updateTable("finding").set({ absorbed_by: null }).where("absorbed_by", "in", ids).execute();
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

export function findingOf(row: FindingRow): StoredFinding {
  const finding = JSON.parse(row.finding) as Finding;
  return {
    id: row.id,
    state: row.state,
    subject: finding.subject,
    finding,
    firstSeenAt: row.first_seen_at,
    sinceAt: row.since_at,
    lastSeenAt: row.last_seen_at,
    probeId: row.probe_id,
    fixedAt: row.fixed_at,
    fixedBy: row.fixed_by,
    note: row.note,
  };
}
