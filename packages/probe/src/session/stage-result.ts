/** The result of one stage of a probe. */
import type { Stage, StageCause, StageOutcome, StageResult } from "@mxray/contracts";

export function stageResult(
  stage: Stage,
  outcome: StageOutcome,
  ms: number,
  why: { reason?: string; cause?: StageCause; reply?: StageResult["reply"] } = {},
): StageResult {
  return { stage, outcome, ms: roundMs(ms), reason: why.reason ?? null, cause: why.cause ?? null, reply: why.reply ?? null };
}

/** Milliseconds to a tenth, the precision that a clock and a kernel offer here. */
export function roundMs(ms: number): number {
  return Math.round(ms * 10) / 10;
}
