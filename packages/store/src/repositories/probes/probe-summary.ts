/** A row of `probe` as it is listed: without its observation. */
import type { ProbeRequest, ProbeSummary, Verdict } from "@mxray/contracts";
import type { Selectable } from "kysely";
import type { ProbeTable } from "../../schema/tables.ts";

export const PROBE_SUMMARY_COLUMNS = [
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
  "group_id",
] as const;
type ProbeSummaryRow = Pick<Selectable<ProbeTable>, (typeof PROBE_SUMMARY_COLUMNS)[number]>;

export function probeSummaryOf(row: ProbeSummaryRow): ProbeSummary {
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
    groupId: row.group_id,
  };
}
