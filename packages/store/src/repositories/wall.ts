import type { FindingState } from "@mxray/contracts";
import { type Kysely, sql } from "kysely";
import { idOf } from "../new-id.ts";
import type { WallStore } from "../store.ts";
import type { Tables } from "../tables.ts";
import { SINCE_AT } from "./finding-life.ts";
import { findingOf } from "./findings.ts";
import { SUMMARY_COLUMNS, summaryOf } from "./probes.ts";

const UNFIXED: FindingState[] = ["open", "acknowledged"];

export function wallStore(db: Kysely<Tables>): WallStore {
  const targeted = () =>
    db
      .selectFrom("finding")
      .leftJoin("probe", "probe.id", "finding.probe_id")
      .selectAll("finding")
      .select(["probe.target", SINCE_AT.as("since_at")])
      // Signs that a cause has taken in are told by the cause.
      .where("absorbed_by", "is", null);
  const unfixed = (limit: number) =>
    targeted().where("state", "in", UNFIXED).orderBy("severity_rank", "desc").orderBy("last_seen_at", "desc").limit(limit);
  const changed = (limit: number) => targeted().orderBy(sql`coalesce(fixed_at, ${SINCE_AT})`, "desc").limit(limit);
  const newestProbes = (since: string, limit: number) =>
    db
      .selectFrom("probe")
      .select(SUMMARY_COLUMNS)
      .where("id", "in", (row) =>
        row
          .selectFrom("probe")
          .select(({ fn }) => fn.max("id").as("id"))
          .where("id", ">=", idOf(since))
          .where("status", "in", ["done", "failed"])
          .where("vantage", "!=", "lab")
          .groupBy("target"),
      )
      .orderBy("target")
      .limit(limit);

  return {
    async facts(limits) {
      const { count } = await db
        .selectFrom("finding")
        .select(({ fn }) => fn.countAll<number>().as("count"))
        .where("state", "in", UNFIXED)
        .where("absorbed_by", "is", null)
        .executeTakeFirstOrThrow();
      const [open, news, probes] = await Promise.all([
        unfixed(limits.findings).execute(),
        changed(limits.changed).execute(),
        newestProbes(limits.since, limits.probes).execute(),
      ]);
      return {
        findings: open.map((row) => ({ ...findingOf(row), target: row.target })),
        findingCount: Number(count),
        changed: news.map((row) => ({ ...findingOf(row), target: row.target })),
        probes: probes.map(summaryOf),
      };
    },
  };
}
