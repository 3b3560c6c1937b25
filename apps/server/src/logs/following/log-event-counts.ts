/** What committed batches reported, added up: by direction and outcome, stalls by stage. */
import { type Direction, type LogBatch, type LogOutcome, type MailStage, outcomeOfMeasure, stallStageOfMeasure } from "@mxray/contracts";

export interface LogEventCount {
  readonly direction: Direction;
  readonly outcome: LogOutcome;
  /** Set only where `outcome` is `stalled`. */
  readonly stage: MailStage | null;
  readonly count: number;
}

export class LogEventCounts {
  readonly #counts = new Map<string, LogEventCount>();

  add({ counts }: Pick<LogBatch, "counts">): void {
    for (const { peer, measure, count } of counts) {
      const outcome = outcomeOfMeasure(measure);
      if (peer === null || outcome === null) continue;
      const { direction } = peer;
      const stage = stallStageOfMeasure(measure);
      const key = `${direction} ${outcome} ${stage}`;
      this.#counts.set(key, { direction, outcome, stage, count: count + (this.#counts.get(key)?.count ?? 0) });
    }
  }

  /** What was added since the last call. Counts that were taken back to be given to another peer cancel out. */
  take(): LogEventCount[] {
    const taken = [...this.#counts.values()].filter(({ count }) => count > 0);
    this.#counts.clear();
    return taken;
  }
}
