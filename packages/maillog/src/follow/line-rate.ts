/** Lines a second, over the last ten seconds. */
const WINDOW_MS = 10_000;

export class LineRate {
  #marks: { readonly at: number; readonly lines: number }[] = [];

  add(lines: number, now: number): void {
    this.#marks.push({ at: now, lines });
    this.#marks = this.#marks.filter(({ at }) => now - at < WINDOW_MS);
  }

  perSecond(now: number): number {
    const recent = this.#marks.filter(({ at }) => now - at < WINDOW_MS);
    const [first] = recent;
    if (first === undefined) return 0;
    const seconds = Math.max(1, (now - first.at) / 1000);
    return Math.round((recent.reduce((sum, { lines }) => sum + lines, 0) / seconds) * 10) / 10;
  }
}
