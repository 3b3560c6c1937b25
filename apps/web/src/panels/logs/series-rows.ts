/** Counts over time as rows without gaps, few enough to be drawn: buckets are joined where there would be too many. */
export interface SeriesPoint {
  /** RFC 3339, where its bucket begins. */
  readonly at: string;
  readonly key: string;
  readonly count: number;
}

export interface SeriesRow {
  /** Milliseconds; the end is not in it. */
  readonly from: number;
  readonly to: number;
  readonly counts: Readonly<Record<string, number>>;
}

const MOST_ROWS = 120;

export function seriesRows(series: { from: string; to: string; bucketSeconds: number }, points: readonly SeriesPoint[]): SeriesRow[] {
  const bucket = series.bucketSeconds * 1000;
  const start = Math.floor(Date.parse(series.from) / bucket) * bucket;
  const buckets = Math.max(1, Math.ceil((Date.parse(series.to) - start) / bucket));
  const step = Math.ceil(buckets / MOST_ROWS) * bucket;
  const rows = Array.from({ length: Math.ceil((buckets * bucket) / step) }, (_, index) => ({
    from: start + index * step,
    to: start + (index + 1) * step,
    counts: {} as Record<string, number>,
  }));
  for (const { at, key, count } of points) {
    const row = rows[Math.floor((Date.parse(at) - start) / step)];
    if (row !== undefined) row.counts[key] = (row.counts[key] ?? 0) + count;
  }
  return rows;
}
