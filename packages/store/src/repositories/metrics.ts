import { type FindingState, LOCAL_VANTAGE, SEVERITIES, type Severity, type Verdict } from "@mxray/contracts";
import { type Kysely, sql } from "kysely";
import type { MetricStore, NewestRound, PlannedRound, WatchedFinding } from "../interfaces/metric-store.ts";
import type { Tables } from "../schema/tables.ts";
import { memberOf, STORE_BYTES } from "../sql/dialect.ts";
import { PROBE_SUMMARY_COLUMNS, probeSummaryOf } from "./probes/probe-summary.ts";

type Unfixed = Exclude<FindingState, "fixed">;

export function metricStore(db: Kysely<Tables>): MetricStore {
  const probesOf = (target: string, family: 4 | 6 | null) =>
    db
      .selectFrom("probe")
      .select(PROBE_SUMMARY_COLUMNS)
      .where("target", "=", target)
      .where("vantage", "=", LOCAL_VANTAGE)
      .where(sql<boolean>`cast(${memberOf("request", "family")} as text) is not distinct from ${family === null ? null : String(family)}`)
      .orderBy("id", "desc")
      .limit(1);

  return {
    async facts({ watched }) {
      const [findings, seen, rounds, planned, probes, size] = await Promise.all([
        countedFindings(db),
        watchedFindings(db, watched),
        newestRounds(db),
        plannedRounds(db),
        unendedProbes(db),
        sql<{ bytes: number }>`select ${STORE_BYTES} as bytes`.execute(db),
      ]);
      return { findings, watched: seen, rounds, planned, probes, storeBytes: size.rows[0]?.bytes ?? 0 };
    },

    async probesOf(target, family) {
      const latest = await probesOf(target, family).executeTakeFirst();
      const result = latest?.status === "done" ? latest : await probesOf(target, family).where("status", "=", "done").executeTakeFirst();
      return {
        latest: latest === undefined ? null : probeSummaryOf(latest),
        result: result === undefined ? null : probeSummaryOf(result),
      };
    },
  };
}

async function plannedRounds(db: Kysely<Tables>): Promise<PlannedRound[]> {
  const rows = await db
    .selectFrom("watch")
    .select(["target", "vantage", "due_at", "paused"])
    .orderBy("target")
    .orderBy("vantage")
    .execute();
  return rows.map(({ target, vantage, due_at, paused }) => ({ target, vantage, dueAt: paused === 1 ? null : due_at }));
}

async function countedFindings(db: Kysely<Tables>) {
  const rows = await db
    .selectFrom("finding")
    .select((row) => ["code", "severity_rank", "state", row.fn.countAll<number>().as("count")])
    .where("absorbed_by", "is", null)
    .where("state", "!=", "fixed")
    .groupBy(["code", "severity_rank", "state"])
    .execute();
  return rows.map(({ code, severity_rank, state, count }) => ({
    code,
    severity: severityOf(severity_rank),
    state: state as Unfixed,
    count: Number(count),
  }));
}

async function watchedFindings(db: Kysely<Tables>, limit: number): Promise<WatchedFinding[]> {
  const rows = await db
    .selectFrom("finding")
    .select(["id", "code", "severity_rank", "state"])
    .select([memberOf("finding", "confidence").as("confidence"), memberOf("finding", "subject").as("subject")])
    .where("absorbed_by", "is", null)
    .where("state", "!=", "fixed")
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom("probe_finding")
          .innerJoin("probe", "probe.id", "probe_finding.probe_id")
          .innerJoin("watch", "watch.id", "probe.watch_id")
          .select("probe.id")
          .whereRef("probe_finding.finding_id", "=", "finding.id"),
      ),
    )
    .orderBy("severity_rank", "desc")
    .orderBy("last_seen_at", "desc")
    .limit(limit)
    .execute();
  return rows.map(({ id, code, severity_rank, state, confidence, subject }) => ({
    id,
    code,
    severity: severityOf(severity_rank),
    confidence: confidence as WatchedFinding["confidence"],
    state: state as Unfixed,
    subject: JSON.parse(subject ?? "{}") as WatchedFinding["subject"],
  }));
}

async function newestRounds(db: Kysely<Tables>): Promise<NewestRound[]> {
  const { rows } = await sql<{ target: string; vantage: string; id: string; at: string; verdict: string | null }>`
    select watch.target, watch.vantage, probe.id, coalesce(probe.finished_at, probe.created_at) as at, probe.verdict
    from watch join probe on probe.id = (
      select max(id) from probe as round where round.watch_id = watch.id and round.status in ('done', 'failed'))
    order by watch.target, watch.vantage`.execute(db);
  return rows.map(({ target, vantage, id, at, verdict }) => ({
    target,
    vantage,
    probeId: id,
    finishedAt: at,
    verdict: verdict === null ? null : (JSON.parse(verdict) as Verdict),
  }));
}

async function unendedProbes(db: Kysely<Tables>) {
  const rows = await db
    .selectFrom("probe")
    .select((row) => ["status", row.fn.countAll<number>().as("count")])
    .where("status", "in", ["queued", "running"])
    .groupBy("status")
    .execute();
  const of = (status: string) => Number(rows.find((row) => row.status === status)?.count ?? 0);
  return { queued: of("queued"), running: of("running") };
}

function severityOf(rank: number): Severity {
  return SEVERITIES[rank] ?? "info";
}
