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

/**
 * A burst of loss, or a restart of the mail server, may break one connection: what a second one showed alike is said of both.
 *
 * @param repeated the same stage on a further connection, null where there was none
 */
export function stageOfBoth(first: StageResult, repeated: StageResult | null): StageResult {
  if (repeated === null || repeated.outcome === "not-tested" || repeated.cause === "deadline" || repeated.cause === "cancelled")
    return first;
  const alike = repeated.outcome === first.outcome && repeated.cause === first.cause;
  return alike ? { ...first, attempts: 2 } : repeated;
}

/** Milliseconds to a tenth, the precision that a clock and a kernel offer here. */
export function roundMs(ms: number): number {
  return Math.round(ms * 10) / 10;
}
