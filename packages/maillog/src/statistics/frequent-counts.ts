/**
 * Counts of keys, of which only so many are kept: when there are more, the rarest half is dropped and its sum counted as others.
 * What is frequent all the time is never dropped.
 */
export class FrequentCounts<K extends string | number> {
  readonly #most: number;
  readonly #counts = new Map<K, number>();
  #dropped = 0;

  /** @param most keys that a reader may ask for; eight times as many are kept meanwhile */
  constructor(most: number) {
    this.#most = most;
  }

  add(key: K, times = 1): void {
    const count = this.#counts.get(key);
    if (count === undefined && this.#counts.size >= this.#most * 8) this.#prune();
    this.#counts.set(key, (count ?? 0) + times);
  }

  /** The most frequent, most frequent first; of those alike the least. */
  top(): { readonly key: K; readonly count: number }[] {
    return this.#sorted()
      .slice(0, this.#most)
      .map(([key, count]) => ({ key, count }));
  }

  /** The sum of what `top` leaves out. */
  get others(): number {
    return this.#sorted()
      .slice(this.#most)
      .reduce((sum, [, count]) => sum + count, this.#dropped);
  }

  #sorted(): [K, number][] {
    return [...this.#counts].sort(([first, a], [second, b]) => b - a || (first < second ? -1 : 1));
  }

  #prune(): void {
    for (const [key, count] of this.#sorted().slice(this.#most * 4)) {
      this.#dropped += count;
      this.#counts.delete(key);
    }
  }
}
