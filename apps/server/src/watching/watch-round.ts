/** What a round that ended means for its watch. Pure. */
import type { ProbeOutcome, StoredWatch, WatchChange } from "@mxray/store";
import { isUnwelcome } from "../probing/unwelcome.ts";
import { nextRound, watchInterval } from "./watch-schedule.ts";

/** @param configuredMs milliseconds between two rounds @param chance from 0 up to 1 */
export function watchRoundEnd(
  watch: Pick<StoredWatch, "code" | "sinceAt" | "refusals">,
  { observation, verdict, finishedAt }: Pick<ProbeOutcome, "observation" | "verdict" | "finishedAt">,
  configuredMs: number,
  chance: number,
): WatchChange {
  const refusals = observation !== null && isUnwelcome(observation) ? watch.refusals + 1 : 0;
  const code = verdict?.code ?? null;
  return {
    code,
    sinceAt: watch.code === code ? (watch.sinceAt ?? finishedAt) : finishedAt,
    refusals,
    dueAt: new Date(nextRound(Date.parse(finishedAt), watchInterval(configuredMs, refusals), chance)).toISOString(),
  };
}
