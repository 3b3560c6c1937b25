import type { ProbeObservation, ProbeRequest, ProbeSummary, Verdict } from "@mxray/contracts";
import { type Kysely, type Selectable, sql } from "kysely";
import type { ProbeStore, StoredProbe } from "../../interfaces/probe-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { ProbeTable, Tables } from "../../schema/tables.ts";
import { holdsText } from "../../sql/dialect.ts";
import { forgetFindingsOf } from "../findings/findings.ts";
import { admitProbe, insertProbe } from "./probe-admission.ts";
import { finishProbe } from "./probe-end.ts";
import { probeLeases } from "./probe-leases.ts";
import { probeTidying } from "./probe-tidying.ts";

export const SUMMARY_COLUMNS = [
  "id",
  "target",
  "vantage",
  "practice",
  "status",
  "created_at",
  "started_at",
  "finished_at",
  "request",
  "previous_id",
  "verdict",
  "error",
  "watch_id",
] as const;
type SummaryRow = Pick<Selectable<ProbeTable>, (typeof SUMMARY_COLUMNS)[number]>;

export function probeStore(db: Kysely<Tables>): ProbeStore {
  return {
    async create(probe) {
      return summaryOf(await insertProbe(db, newId(), probe));
    },

    async admit(probe, limits, claim) {
      const row = await admitProbe(db, probe, limits, claim);
      return typeof row === "string" ? row : summaryOf(row);
    },

    ...probeLeases(db),

    finish: (id, outcome) => db.transaction().execute((transaction) => finishProbe(transaction, id, outcome)),

    async get(id): Promise<StoredProbe | null> {
      const row = await db.selectFrom("probe").selectAll().where("id", "=", id).executeTakeFirst();
      if (row === undefined) return null;
      return {
        summary: summaryOf(row),
        request: JSON.parse(row.request) as ProbeRequest,
        observation: row.observation === null ? null : (JSON.parse(row.observation) as ProbeObservation),
      };
    },

    async list({ limit, cursor, target, practice, watched }) {
      let query = db
        .selectFrom("probe")
        .select(SUMMARY_COLUMNS)
        .orderBy("id", "desc")
        .limit(limit + 1);
      if (cursor !== undefined) query = query.where("id", "<", cursor);
      if (watched === false) query = query.where("watch_id", "is", null);
      if (practice !== undefined) query = query.where("practice", "=", Number(practice));
      if (target !== undefined) query = query.where(holdsText(sql`target`, target));
      const rows = await query.execute();
      const page = rows.slice(0, limit);
      return { probes: page.map(summaryOf), next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
    },

    async ofTargets(text, limit) {
      const rows = await db
        .selectFrom("probe")
        .select(SUMMARY_COLUMNS)
        .where("id", "in", (row) =>
          row
            .selectFrom("probe")
            .select(({ fn }) => fn.max("id").as("id"))
            .where("practice", "=", 0)
            .where(holdsText(sql`target`, text))
            .groupBy("target"),
        )
        .orderBy("id", "desc")
        .limit(limit)
        .execute();
      return rows.map(summaryOf);
    },

    async ofFinding(findingId, limit) {
      const rows = await db
        .selectFrom("probe")
        .innerJoin("probe_finding", "probe_finding.probe_id", "probe.id")
        .select(SUMMARY_COLUMNS)
        .where("probe_finding.finding_id", "=", findingId)
        .orderBy("id", "desc")
        .limit(limit)
        .execute();
      return rows.map(summaryOf);
    },

    delete: (id) =>
      db.transaction().execute(async (transaction) => {
        await forgetFindingsOf(transaction, id);
        const { numDeletedRows } = await transaction.deleteFrom("probe").where("id", "=", id).executeTakeFirst();
        return numDeletedRows === 1n;
      }),

    ...probeTidying(db),
  };
}

export function summaryOf(row: SummaryRow): ProbeSummary {
  return {
    id: row.id,
    target: row.target,
    vantage: row.vantage,
    practice: row.practice === 1,
    status: row.status,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    verdict: row.verdict === null ? null : (JSON.parse(row.verdict) as Verdict),
    error: row.error,
    previousId: row.previous_id,
    deliverTo: (JSON.parse(row.request) as ProbeRequest).deliverTo ?? null,
    watchId: row.watch_id,
  };
}
