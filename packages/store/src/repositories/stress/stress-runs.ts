import type { StressOptions, StressRun, StressRunSummary, StressSecond } from "@mxray/contracts";
import type { Kysely, Selectable } from "kysely";
import type { StoredStressRun, StressEnd, StressStore } from "../../interfaces/stress-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { StressRunTable, Tables } from "../../schema/tables.ts";
import { noteAct, recorded } from "../audit/audit.ts";

const CUT = "The server ended during this run; what it measured until then is kept.";

export function stressStore(db: Kysely<Tables>): StressStore {
  return {
    begin: (run, aliveSince, act) =>
      db.transaction().execute(async (transaction) => {
        await cutStale(transaction, aliveSince, run.startedAt);
        const other = await transaction.selectFrom("stress_run").select("id").where("state", "=", "running").executeTakeFirst();
        if (other !== undefined) return null;
        const id = newId();
        await transaction
          .insertInto("stress_run")
          .values({
            ...{ id, target: run.target, address: run.address, run_by: run.by, state: "running", options: JSON.stringify(run.options) },
            ...{ started_at: run.startedAt, touched_at: run.startedAt, ended_at: null, problem: null },
            ...{ series: "[]", result: null, document: null },
          })
          .execute();
        const detail = `${run.address}, ${run.options.sessions} sessions, run ${id}`;
        if (act !== undefined) await noteAct(transaction, act, { id, name: run.target, detail });
        return id;
      }),

    async progress(id, series, at) {
      const { numUpdatedRows } = await db
        .updateTable("stress_run")
        .set({ series: JSON.stringify(series), touched_at: at })
        .where("id", "=", id)
        .where("state", "=", "running")
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    async end(id, { state, at, problem, run }) {
      const measured = run === null ? {} : { series: "[]", result: JSON.stringify(resultOf(run)), document: JSON.stringify(run) };
      const { numUpdatedRows } = await db
        .updateTable("stress_run")
        .set({ state, ended_at: at, problem, ...measured })
        .where("id", "=", id)
        .where("state", "=", "running")
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    cut: (aliveSince, at) => cutStale(db, aliveSince, at),

    async get(id) {
      const row = await db.selectFrom("stress_run").selectAll().where("id", "=", id).executeTakeFirst();
      return row === undefined ? null : storedRun(row);
    },

    async list(limit) {
      return (await db.selectFrom("stress_run").select(SUMMARY).orderBy("id", "desc").limit(limit).execute()).map(summaryOf);
    },

    async before(id) {
      const row = await db
        .selectFrom("stress_run")
        .selectAll()
        .where("id", "<", id)
        .where("document", "is not", null)
        .where("target", "=", (of) => of.selectFrom("stress_run as this").select("this.target").where("this.id", "=", id))
        .orderBy("id", "desc")
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? null : storedRun(row);
    },

    delete: (id, act) =>
      recorded(db, act, async (transaction) => {
        const row = await transaction
          .deleteFrom("stress_run")
          .where("id", "=", id)
          .where("state", "!=", "running")
          .returning("target")
          .executeTakeFirst();
        return row === undefined ? null : { id, name: row.target };
      }),

    async tidy(before) {
      await db.deleteFrom("stress_run").where("ended_at", "<", before).execute();
    },
  };
}

const SUMMARY = ["id", "target", "address", "run_by", "started_at", "ended_at", "state", "problem", "options", "result"] as const;

async function cutStale(db: Kysely<Tables>, aliveSince: string, at: string): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable("stress_run")
    .set({ state: "cut", ended_at: at, problem: CUT })
    .where("state", "=", "running")
    .where("touched_at", "<", aliveSince)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

function summaryOf(row: Pick<Selectable<StressRunTable>, (typeof SUMMARY)[number]>): StressRunSummary {
  return {
    ...{ id: row.id, target: row.target, address: row.address, by: row.run_by, state: row.state, problem: row.problem },
    ...{ startedAt: row.started_at, endedAt: row.ended_at },
    options: JSON.parse(row.options) as StressOptions,
    result: row.result === null ? null : (JSON.parse(row.result) as StressRunSummary["result"]),
  };
}

function storedRun(row: Selectable<StressRunTable>): StoredStressRun {
  const run = row.document === null ? null : (JSON.parse(row.document) as StressRun);
  return { ...summaryOf(row), run, series: run?.series ?? (JSON.parse(row.series) as StressSecond[]) };
}

function resultOf({ limit, rate, latencyMs, counts }: NonNullable<StressEnd["run"]>): NonNullable<StressRunSummary["result"]> {
  return {
    ...{ limit: limit.kind, achieved: rate.achieved, p99Ms: latencyMs.fromDue.p99, accepted: counts.accepted },
    failed: counts.deferred + counts.rejected + counts.reset + counts.timedOut,
  };
}
