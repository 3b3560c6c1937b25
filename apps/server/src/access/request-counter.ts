/** Counts by key in windows of a minute, with a bound on how many keys are remembered. */

const WINDOW_MS = 60_000;
const MOST_KEYS = 50_000;

export class RequestCounter {
  readonly #now: () => number;
  /** In the order in which their windows began. */
  readonly #windows = new Map<string, { readonly endsAt: number; count: number }>();

  /** @param now milliseconds on a clock that only goes forward */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Null up to `most` in a window; then the seconds until it ends. */
  count(key: string, most: number): number | null {
    const now = this.#now();
    let window = this.#windows.get(key);
    if (window === undefined || window.endsAt <= now) {
      this.#forget(now);
      window = { endsAt: now + WINDOW_MS, count: 0 };
      this.#windows.delete(key);
      this.#windows.set(key, window);
    }
    window.count += 1;
    return window.count <= most ? null : Math.ceil((window.endsAt - now) / 1000);
  }

  /** Those that have ended, and the oldest where there are too many. */
  #forget(now: number): void {
    for (const [key, { endsAt }] of this.#windows) {
      if (endsAt > now && this.#windows.size < MOST_KEYS) return;
      this.#windows.delete(key);
    }
  }
}
