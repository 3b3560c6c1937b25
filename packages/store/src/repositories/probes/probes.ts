import { LOCAL_VANTAGE, type ProbeObservation, type ProbeRequest, type ProbeSummary, type Verdict } from "@mxray/contracts";
import { type Kysely, type Selectable, sql } from "kysely";
import type { NewProbe, ProbeOutcome, ProbeStore, StoredProbe } from "../../interfaces/probe-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { ProbeTable, Tables } from "../../schema/tables.ts";
import { fixFindings, forgetFindingsOf, recordFindings } from "../findings/findings.ts";
import { askForDelivery } from "./deliveries.ts";
import { probeTidying } from "./probe-tidying.ts";

type SummaryRow = Omit<Selectable<ProbeTable>, "observation">;
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

export function probeStore(db: Kysely<Tables>): ProbeStore {
  return {
    create: (probe) => insertProbe(db, newId(), probe),

    admit: (probe, limits) =>
      db.transaction().execute(async (transaction) => {
        const id = newId();
        const { deliverTo } = probe.request;
        if (deliverTo !== undefined) {
          const delivery = { probeId: id, recipient: deliverTo, at: probe.createdAt };
          const reached = await askForDelivery(transaction, delivery, limits.deliveries);
          if (reached !== null) return reached;
        }
        return await insertProbe(transaction, id, probe);
      }),

    async start(id, startedAt) {
      const { numUpdatedRows } = await db
        .updateTable("probe")
        .set({ status: "running", started_at: startedAt })
        .where("id", "=", id)
        .where("status", "=", "queued")
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    finish: (id, outcome) =>
      db.transaction().execute(async (transaction) => {
        const { numUpdatedRows } = await transaction
          .updateTable("probe")
          .set(finishedColumns(outcome))
          .set((row) => ({ previous_id: row.fn.coalesce("previous_id", row.val(outcome.previousId ?? null)) }))
          .where("id", "=", id)
          .where("status", "in", ["queued", "running"])
          .executeTakeFirst();
        if (numUpdatedRows !== 1n) return false;
        const { vantage } = await transaction.selectFrom("probe").select("vantage").where("id", "=", id).executeTakeFirstOrThrow();
        const probe = { probeId: id, vantage, at: outcome.finishedAt };
        await recordFindings(transaction, probe, outcome.findings);
        await fixFindings(transaction, probe, outcome.fixed);
        return true;
      }),

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
      if (target !== undefined) query = query.where(sql<boolean>`instr(lower(target), lower(${target})) > 0`);
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
            .where(sql<boolean>`instr(lower(target), lower(${text})) > 0`)
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

    async resume() {
      await db.updateTable("probe").set({ status: "queued", started_at: null }).where("status", "=", "running").execute();
      const rows = await db.selectFrom("probe").select("id").where("status", "=", "queued").orderBy("id").execute();
      return rows.map(({ id }) => id);
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

async function insertProbe(
  db: Kysely<Tables>,
  id: string,
  { target, request, createdAt, previousId, practice = false, watchId }: NewProbe,
): Promise<ProbeSummary> {
  const row = {
    id,
    target,
    vantage: request.vantage ?? LOCAL_VANTAGE,
    practice: Number(practice),
    status: "queued" as const,
    created_at: createdAt,
    started_at: null,
    finished_at: null,
    request: JSON.stringify(request),
    previous_id: previousId,
    observation: null,
    verdict: null,
    error: null,
    watch_id: watchId ?? null,
  };
  await db.insertInto("probe").values(row).execute();
  return summaryOf(row);
}

function finishedColumns({ status, finishedAt, observation, verdict, error }: ProbeOutcome) {
  return {
    status,
    finished_at: finishedAt,
    observation: observation === null ? null : JSON.stringify(observation),
    verdict: verdict === null ? null : JSON.stringify(verdict),
    error,
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
