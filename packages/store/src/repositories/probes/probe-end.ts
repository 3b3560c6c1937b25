/** The end of a probe, with all that follows from it: none of it happens without the rest, and none of it twice. */
import { type FindingCode, RESTS_ON_ONE_CONNECTION } from "@mxray/contracts";
import type { Transaction } from "kysely";
import type { ProbeOutcome } from "../../interfaces/probe-store.ts";
import type { Tables } from "../../schema/tables.ts";
import { UNTIL_CONFIRMED } from "../alerts/alert-outbox.ts";
import { fixFindings, recordFindings } from "../findings/findings.ts";
import { refusePeerProbes } from "../logs/peer-probes.ts";
import { measuresText, shortenRoundBefore } from "../watches/unchanged-rounds.ts";
import { watchColumns } from "../watches/watch-columns.ts";

/** False when it had ended before: then nothing follows. */
export async function finishProbe(db: Transaction<Tables>, id: string, outcome: ProbeOutcome): Promise<boolean> {
  const { status, finishedAt, observation, verdict, error, previousId, watch, round } = outcome;
  const ended = await db
    .updateTable("probe")
    .set({
      status,
      finished_at: finishedAt,
      observation: observation === null ? null : JSON.stringify(observation),
      verdict: verdict === null ? null : JSON.stringify(verdict),
      error,
      ...(round === undefined ? {} : { round_key: round.key, measures: measuresText(round.hosts) }),
      owner: null,
      leased_until: null,
    })
    .set((row) => ({ previous_id: row.fn.coalesce("previous_id", row.val(previousId ?? null)) }))
    .where("id", "=", id)
    .where("status", "in", ["queued", "running"])
    .returning(["watch_id", "vantage"])
    .executeTakeFirst();
  if (ended === undefined) return false;
  const probe = { probeId: id, vantage: ended.vantage, at: finishedAt, ...alertTimes(outcome) };
  await recordFindings(db, probe, outcome.findings);
  await fixFindings(db, probe, outcome.fixed);
  if (outcome.unwelcome === true) await refusePeerProbes(db, id, finishedAt);
  if (watch !== undefined && ended.watch_id !== null) {
    await db.updateTable("watch").set(watchColumns(watch)).where("id", "=", ended.watch_id).execute();
  }
  if (ended.watch_id !== null && observation !== null) await shortenRoundBefore(db, ended.watch_id, id);
  return true;
}

/**
 * A round has settled what rests on one connection before it is recorded; its other findings may still prove to be a passing
 * trouble. A probe that somebody asked for shows what rests on one connection only once.
 */
function alertTimes({ finishedAt, settlesAt }: ProbeOutcome) {
  const rests = (code: FindingCode) => RESTS_ON_ONE_CONNECTION.has(code);
  if (settlesAt === undefined) return { openedAt: (code: FindingCode) => (rests(code) ? UNTIL_CONFIRMED : finishedAt) };
  const settled = (code: FindingCode) => (rests(code) ? finishedAt : settlesAt);
  return { openedAt: settled, fixedAt: settled };
}
