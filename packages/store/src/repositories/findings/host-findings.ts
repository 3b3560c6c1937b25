/** Findings about the machine that mxray runs on. They end when its gauges are well again, not by silence. */
import type { FindingCode } from "@mxray/contracts";
import { sql, type Transaction } from "kysely";
import type { HostState } from "../../interfaces/finding-store.ts";
import type { Tables } from "../../schema/tables.ts";
import { listOf } from "../../sql/dialect.ts";
import { livedFinding, recordObservation, recordSighting } from "./lived-findings.ts";

const VANTAGE = "local";
const SUBJECTS = [{ address: null, vantage: VANTAGE }] as const;

/** @returns whether a reader sees a change */
export async function recordHostFindings(db: Transaction<Tables>, { at, findings, ended }: HostState): Promise<boolean> {
  let changed = false;
  for (const finding of findings) {
    const kept = await recordSighting(db, { vantage: VANTAGE, sightings: [{ finding, at }], now: at, probeId: null });
    changed = kept?.changed === true || changed;
  }
  const rows = await db
    .selectFrom("finding")
    .select("id")
    .where(sql<boolean>`code in ${listOf(ended satisfies readonly FindingCode[])}`)
    .where("state", "!=", "fixed")
    .execute();
  for (const { id } of rows) {
    const known = await livedFinding(db, id);
    changed =
      (await recordObservation(db, known, { kind: "gone", at, by: null, subjects: SUBJECTS }, { at, probeId: null, note: null })) ||
      changed;
  }
  return changed;
}
