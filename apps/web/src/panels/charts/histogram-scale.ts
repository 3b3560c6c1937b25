/**
 * The axis of a histogram that begins at 0 and grows by doubling: linear up to about `unit`, logarithmic beyond it. One byte
 * more or less at 64 kB is no step, and 0 has a place of its own. Pure.
 */
export interface HistogramScale {
  readonly placeOf: (value: number) => number;
  readonly valueAt: (place: number) => number;
}

export function histogramScale(unit: number): HistogramScale {
  return {
    placeOf: (value) => Math.log2(1 + Math.max(0, value) / unit),
    valueAt: (place) => unit * (2 ** place - 1),
  };
}

/** The one that says most to this reader of each crowd of marks: those that lie closer than `least` to one before are left out. */
export function sparseMarks(marks: readonly number[], { placeOf }: HistogramScale, top: number, least = 0.08): number[] {
  const kept: number[] = [];
  for (const mark of marks) {
    const before = kept.at(-1);
    if (mark <= top && (before === undefined || (placeOf(mark) - placeOf(before)) / placeOf(top) >= least)) kept.push(mark);
  }
  return kept;
}
