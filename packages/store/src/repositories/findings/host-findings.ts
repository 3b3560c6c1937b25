/** Findings about the machines that mxray and its agents run on. They end when a machine's gauges are well again, not by silence. */
import { sql, type Transaction } from "kysely";
import type { HostState } from "../../interfaces/finding-store.ts";
import type { Tables } from "../../schema/tables.ts";
import { listOf } from "../../sql/dialect.ts";
import { identityColumns } from "./finding-identity.ts";
import { livedFinding, recordObservation, recordSighting } from "./lived-findings.ts";

const OWN_VANTAGE = "local";

/** @returns whether a reader sees a change */
export async function recordHostFindings(db: Transaction<Tables>, { agent, at, findings, ended }: HostState): Promise<boolean> {
  const vantage = agent ?? OWN_VANTAGE;
  let changed = false;
  for (const finding of findings) {
    const kept = await recordSighting(db, { vantage, sightings: [{ finding, at }], now: at, probeId: null });
    changed = kept?.changed === true || changed;
  }
  const subject = { host: agent, address: null, port: null };
  const keys = ended.map((code) => identityColumns({ code, subject }).subject_key);
  const rows = await db
    .selectFrom("finding")
    .select("id")
    .where(sql<boolean>`code in ${listOf(ended)}`)
    .where(sql<boolean>`subject_key in ${listOf(keys)}`)
    .where("state", "!=", "fixed")
    .execute();
  const gone = { kind: "gone", at, by: null, subjects: [{ address: null, vantage }] } as const;
  for (const { id } of rows) {
    const known = await livedFinding(db, id);
    changed = (await recordObservation(db, known, gone, { at, probeId: null, note: null })) || changed;
  }
  return changed;
}
