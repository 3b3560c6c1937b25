/** Latencies in histograms (microseconds, three digits): memory does not grow with the number of messages. */
import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import { STRESS_STAGES, type StressPercentiles, type StressStage } from "@mxray/contracts";

/** An hour: longer waits count as one. */
const MOST_US = 3_600_000_000;

export class LatencyRecorder {
  readonly #fromDue = histogram();
  readonly #fromStart = histogram();
  readonly #stages = new Map<StressStage, RecordableHistogram>();
  readonly #second = histogram();

  /** @param dueMs from the due time to the end; @param startMs from the begin of its work to the end */
  message(dueMs: number, startMs: number): void {
    record(this.#fromDue, dueMs);
    record(this.#second, dueMs);
    record(this.#fromStart, startMs);
  }

  stage(stage: StressStage, ms: number): void {
    let of = this.#stages.get(stage);
    if (of === undefined) {
      of = histogram();
      this.#stages.set(stage, of);
    }
    record(of, ms);
  }

  /** p50 and p99 from the due time of what ended since the last call. */
  takeSecond(): Pick<StressPercentiles, "p50" | "p99"> {
    const { p50, p99 } = percentiles(this.#second);
    this.#second.reset();
    return { p50, p99 };
  }

  get latencyMs(): { fromDue: StressPercentiles; fromStart: StressPercentiles } {
    return { fromDue: percentiles(this.#fromDue), fromStart: percentiles(this.#fromStart) };
  }

  get stagesMs(): Partial<Record<StressStage, StressPercentiles>> {
    return Object.fromEntries(
      STRESS_STAGES.flatMap((stage) => {
        const of = this.#stages.get(stage);
        return of === undefined ? [] : [[stage, percentiles(of)]];
      }),
    );
  }

  /** The percentile curve, for a chart: [percentile, milliseconds from the due time]. */
  get curve(): [number, number][] {
    if (this.#fromDue.count === 0) return [];
    return [50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 100].map((share) => [share, this.#fromDue.percentile(share) / 1000]);
  }
}

function histogram(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: MOST_US, figures: 3 });
}

function record(into: RecordableHistogram, ms: number): void {
  into.record(Math.min(MOST_US, Math.max(1, Math.round(ms * 1000))));
}

function percentiles(of: RecordableHistogram): StressPercentiles {
  if (of.count === 0) return { p50: null, p90: null, p99: null, p999: null, max: null };
  const at = (share: number) => of.percentile(share) / 1000;
  return { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: of.max / 1000 };
}
