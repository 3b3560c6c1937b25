/** Reads that take long are repeated less often: they take at most this part of the time. */
const MOST_SHARE = 1 / 400;

/**
 * @param now milliseconds, monotonic
 * @returns what `read` gave, now or not long ago
 */
export function sparing<T>(now: () => number, read: () => T): () => T {
  let kept: { readonly value: T; readonly until: number } | null = null;
  return () => {
    const began = now();
    if (kept !== null && began < kept.until) return kept.value;
    const value = read();
    kept = { value, until: began + (now() - began) / MOST_SHARE };
    return value;
  };
}
