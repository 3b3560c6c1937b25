/** Probes as they are read: one with its observation, lists of summaries, the newest first. */
import type { ProbeObservation, ProbeRequest } from "@mxray/contracts";
import { type Kysely, type Selectable, sql } from "kysely";
import type { ProbeStore, StoredProbe } from "../../interfaces/probe-store.ts";
import type { ProbeTable, Tables } from "../../schema/tables.ts";
import { holdsText } from "../../sql/dialect.ts";
import { measuresOf } from "../watches/unchanged-rounds.ts";
import { PROBE_SUMMARY_COLUMNS, probeSummaryOf } from "./probe-summary.ts";

export function probeReading(db: Kysely<Tables>): Pick<ProbeStore, "get" | "ofGroup" | "list" | "ofTargets" | "ofFinding"> {
  return {
    async get(id) {
      const row = await wholeProbes(db).where("probe.id", "=", id).executeTakeFirst();
      return row === undefined ? null : storedProbeOf(row);
    },

    async ofGroup(groupId) {
      return (await wholeProbes(db).where("probe.group_id", "=", groupId).orderBy("probe.id").execute()).map(storedProbeOf);
    },

    async list({ limit, cursor, target, practice, watched }) {
      let query = db
        .selectFrom("probe")
        .select(PROBE_SUMMARY_COLUMNS)
        .orderBy("id", "desc")
        .limit(limit + 1);
      if (cursor !== undefined) query = query.where("id", "<", cursor);
      if (watched === false) query = query.where("watch_id", "is", null);
      if (practice !== undefined) query = query.where("practice", "=", Number(practice));
      if (target !== undefined) query = query.where(holdsText(sql`target`, target));
      const rows = await query.execute();
      const page = rows.slice(0, limit);
      return { probes: page.map(probeSummaryOf), next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
    },

    async ofTargets(text, limit) {
      const rows = await db
        .selectFrom("probe")
        .select(PROBE_SUMMARY_COLUMNS)
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
      return rows.map(probeSummaryOf);
    },

    async ofFinding(findingId, limit) {
      const rows = await db
        .selectFrom("probe")
        .innerJoin("probe_finding", "probe_finding.probe_id", "probe.id")
        .select(PROBE_SUMMARY_COLUMNS)
        .where("probe_finding.finding_id", "=", findingId)
        .orderBy("id", "desc")
        .limit(limit)
        .execute();
      return rows.map(probeSummaryOf);
    },
  };
}

function wholeProbes(db: Kysely<Tables>) {
  return db
    .selectFrom("probe")
    .leftJoin("probe as repeated", "repeated.id", "probe.same_as")
    .selectAll("probe")
    .select(["repeated.observation as repeated_observation", "repeated.finished_at as repeated_at"]);
}

interface WholeProbe extends Selectable<ProbeTable> {
  readonly repeated_observation: string | null;
  readonly repeated_at: string | null;
}

function storedProbeOf(row: WholeProbe): StoredProbe {
  const observation = row.observation ?? row.repeated_observation;
  return {
    summary: probeSummaryOf(row),
    request: JSON.parse(row.request) as ProbeRequest,
    observation: observation === null ? null : (JSON.parse(observation) as ProbeObservation),
    unchanged:
      row.observation !== null || row.measures === null
        ? null
        : { sameAs: row.same_as, sameAt: row.repeated_at, hosts: measuresOf(row.measures) },
  };
}
