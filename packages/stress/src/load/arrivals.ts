/**
 * When messages are due. The load is open: a message is due at its time whether or not the target answered the ones before
 * it, so that a stall shows in the latency of every message that had to wait for it.
 */
import type { StressOptions } from "@mxray/contracts";

/** The rate goes in a straight line from one value to another. */
interface RateSegment {
  readonly seconds: number;
  /** Messages per second at its begin and at its end. */
  readonly from: number;
  readonly to: number;
}

/** Due times in milliseconds after the start, in order. Ends with the plan; without a rate everything is due at once. */
export function* arrivals(options: StressOptions): Generator<number, void> {
  const most = options.messages ?? Number.POSITIVE_INFINITY;
  let count = 0;
  let began = 0;
  /** Messages due before this segment, with their fraction. */
  let before = 0;
  for (const segment of rateSegments(options)) {
    const within = (segment.seconds * (segment.from + segment.to)) / 2;
    while (count < most && count < before + within) {
      yield (began + timeOf(count - before, segment)) * 1000;
      count += 1;
    }
    before += within;
    began += segment.seconds;
  }
}

function rateSegments({ rate, ramp, steps, spike, seconds, messages }: StressOptions): RateSegment[] {
  if (rate === null) return [{ seconds: Number.POSITIVE_INFINITY, from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY }];
  // Bounded by messages alone: long enough for all of them whatever the shape.
  const whole = seconds ?? ramp + ((messages as number) * 2) / rate;
  const rise: RateSegment[] = ramp > 0 ? [{ seconds: Math.min(ramp, whole), from: 0, to: (rate * Math.min(ramp, whole)) / ramp }] : [];
  const rest = Math.max(0, whole - ramp);
  const level = (share: number, factor: number): RateSegment => ({ seconds: rest * share, from: rate * factor, to: rate * factor });
  if (steps > 0) return [...rise, ...Array.from({ length: steps }, (_, index) => level(1 / steps, (index + 1) / steps))];
  if (spike > 1) return [...rise, level(1 / 3, 1), level(1 / 3, spike), level(1 / 3, 1)];
  return [...rise, level(1, 1)];
}

/** Seconds into the segment at which its message number `index` is due. */
function timeOf(index: number, { seconds, from, to }: RateSegment): number {
  if (from === Number.POSITIVE_INFINITY) return 0;
  const slope = (to - from) / seconds;
  return slope === 0 ? index / from : (Math.sqrt(from * from + 2 * slope * index) - from) / slope;
}
