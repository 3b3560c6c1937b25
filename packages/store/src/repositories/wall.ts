import type { FindingState } from "@mxray/contracts";
import { type Expression, type Kysely, sql } from "kysely";
import type { WallStore } from "../interfaces/wall-store.ts";
import { idOf } from "../schema/new-id.ts";
import type { Tables } from "../schema/tables.ts";
import { countFindingMail, STALLED } from "./findings/finding-mail.ts";
import { CAUSE, SUBJECTS } from "./findings/finding-page.ts";
import { findingOf } from "./findings/findings.ts";
import { PROBE_SUMMARY_COLUMNS, probeSummaryOf } from "./probes/probe-summary.ts";

const UNFIXED: FindingState[] = ["open", "acknowledged"];

export function wallStore(db: Kysely<Tables>): WallStore {
  const targeted = (connection: Kysely<Tables>) =>
    connection
      .selectFrom("finding")
      .leftJoin("probe", "probe.id", "finding.probe_id")
      .selectAll("finding")
      .select(["probe.target", SUBJECTS.as("subjects"), CAUSE.as("cause")])
      // What another finding explains is shown with that one.
      .where("absorbed_by", "is", null);
  const unfixed = (limit: number, now: number) =>
    db.connection().execute(async (connection) => {
      await countFindingMail(connection, now);
      const query = targeted(connection).select(STALLED.as("stalled")).where("state", "in", UNFIXED);
      return await query.orderBy("severity_rank", "desc").orderBy("last_seen_at", "desc").limit(limit).execute();
    });
  const changed = (limit: number) =>
    targeted(db).where("state", "!=", "dismissed").orderBy(sql`coalesce(fixed_at, since_at)`, "desc").limit(limit);
  const newest = () =>
    db
      .selectFrom("probe")
      .select(({ fn }) => fn.max("probe.id").as("id"))
      .where("status", "in", ["done", "failed"])
      .where("practice", "=", 0);
  const newestOf = (target: Expression<string>) => newest().where("target", "=", target);
  const newestProbes = (since: string, limit: number) =>
    db
      .selectFrom("probe")
      .select(PROBE_SUMMARY_COLUMNS)
      .where((row) =>
        row.or([
          row("id", "in", newest().where("id", ">=", idOf(since)).groupBy("target")),
          // Of what is watched, however long ago that was.
          row(
            "id",
            "in",
            row.selectFrom("watch").select((watch) => newestOf(watch.ref("watch.target")).as("id")),
          ),
        ]),
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
      const [open, news, probes, watched] = await Promise.all([
        unfixed(limits.findings, limits.now),
        changed(limits.changed).execute(),
        newestProbes(limits.since, limits.probes).execute(),
        db.selectFrom("watch").select("target").execute(),
      ]);
      return {
        findings: open.map((row) => ({ ...findingOf(row), target: row.target, stalled: row.stalled })),
        findingCount: Number(count),
        changed: news.map((row) => ({ ...findingOf(row), target: row.target })),
        probes: probes.map(probeSummaryOf),
        watched: watched.map(({ target }) => target),
      };
    },
  };
}
