/** What a round that ended means for its watch, and for findings. Pure. */
import type { StoredWatch } from "@mxray/store";
import type { RoundEnd, RoundResult } from "../probing/probe-work.ts";
import { isUnwelcome } from "../probing/unwelcome.ts";
import { dampRound } from "./round-damping.ts";
import { roundFacts } from "./round-facts.ts";
import { nextRound, watchInterval } from "./watch-schedule.ts";

export interface RoundTimes {
  /** Milliseconds between two rounds. */
  readonly intervalMs: number;
  /** Milliseconds to the round that confirms a change. */
  readonly confirmMs: number;
  /** From 0 up to 1. */
  readonly chance: number;
}

/** In rounds to confirm: so long may the confirming round wait and take before alerts go without it. */
const SETTLES_AFTER = 3;

export function watchRoundEnd(
  watch: Pick<StoredWatch, "code" | "sinceAt" | "refusals" | "memory">,
  round: RoundResult,
  { intervalMs, confirmMs, chance }: RoundTimes,
): RoundEnd {
  const { observation, verdict, finishedAt } = round;
  const finished = Date.parse(finishedAt);
  const refusals = observation !== null && isUnwelcome(observation) ? watch.refusals + 1 : 0;
  const code = verdict?.code ?? null;
  const { findings, gone, memory, unsettled } = dampRound(watch.memory, round);
  const ordinary = watchInterval(intervalMs, refusals);
  const next = unsettled && refusals === 0 ? Math.min(confirmMs, ordinary) : ordinary;
  const change = {
    code,
    sinceAt: watch.code === code ? (watch.sinceAt ?? finishedAt) : finishedAt,
    refusals,
    // A round that measured nothing says nothing about the ones before it.
    ...(observation === null ? {} : { memory }),
    dueAt: new Date(nextRound(finished, next, chance)).toISOString(),
  };
  const facts = observation === null ? {} : { round: roundFacts(observation, findings) };
  return { findings, gone, watch: change, ...facts, settlesAt: new Date(finished + SETTLES_AFTER * confirmMs).toISOString() };
}
