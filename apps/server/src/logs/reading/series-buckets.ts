/** Counts over time of a log of any length: the buckets grow with it. */
import { type LogCount, type LogSeries, outcomeOfMeasure, stallStageOfMeasure } from "@mxray/contracts";

const BUCKETS = [60, 300, 900, 3600, 4 * 3600, 86_400, 7 * 86_400] as const;
const MOST_POINTS = 2000;

/** About 200 buckets for the range. @returns seconds */
export function bucketOf(from: number, to: number): number {
  return BUCKETS.find((bucket) => (to - from) / bucket <= 200) ?? 7 * 86_400;
}

export class SeriesBuckets {
  readonly #outcomes = new Map<string, number>();
  readonly #stages = new Map<string, number>();
  /** Seconds of one. */
  #bucket: number = BUCKETS[0];

  add(counts: readonly LogCount[]): void {
    for (const { start, measure, count } of counts) {
      if (start === 0) continue;
      const stage = stallStageOfMeasure(measure);
      if (stage !== null) this.#add(this.#stages, start, stage, count);
      const outcome = outcomeOfMeasure(measure);
      if (outcome !== null) this.#add(this.#outcomes, start, outcome, count);
    }
    while (this.#outcomes.size + this.#stages.size > MOST_POINTS) this.#grow();
  }

  series(): LogSeries {
    const starts = [...this.#outcomes.keys(), ...this.#stages.keys()].map((key) => Number(key.split(" ")[0]));
    const at = (key: string) => new Date(Number(key.split(" ")[0]) * 1000).toISOString();
    const [first, last] = starts.reduce(
      ([least, most], start) => [Math.min(least, start), Math.max(most, start)],
      [Number.POSITIVE_INFINITY, 0],
    );
    return {
      from: new Date(Number.isFinite(first) ? first * 1000 : 0).toISOString(),
      to: new Date((last + this.#bucket) * 1000).toISOString(),
      bucketSeconds: this.#bucket,
      outcomes: sorted(this.#outcomes).map(([key, count]) => ({ at: at(key), outcome: wordOf(key) as never, count })),
      stages: sorted(this.#stages).map(([key, count]) => ({ at: at(key), stage: wordOf(key) as never, count })),
    };
  }

  #add(points: Map<string, number>, start: number, word: string, count: number): void {
    const key = `${Math.floor(start / this.#bucket) * this.#bucket} ${word}`;
    points.set(key, (points.get(key) ?? 0) + count);
  }

  #grow(): void {
    // Stamps may claim anything: beyond the last, each is twice as long as the one before.
    this.#bucket = BUCKETS.find((longer) => longer > this.#bucket) ?? 2 * this.#bucket;
    for (const points of [this.#outcomes, this.#stages]) {
      const before = [...points];
      points.clear();
      for (const [key, count] of before) this.#add(points, Number(key.split(" ")[0]), wordOf(key), count);
    }
  }
}

function wordOf(key: string): string {
  return key.slice(key.indexOf(" ") + 1);
}

function sorted(points: ReadonlyMap<string, number>): [string, number][] {
  return [...points].sort(([a], [b]) => Number(a.split(" ")[0]) - Number(b.split(" ")[0]));
}
