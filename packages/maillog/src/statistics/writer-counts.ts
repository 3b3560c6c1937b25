/** Which mail program wrote how many lines that report trouble. */
import type { LogWriter } from "@mxray/contracts";

export class WriterCounts {
  readonly #lines = new Map<LogWriter["mta"], number>();

  add(mta: LogWriter["mta"], lines: number): void {
    this.#lines.set(mta, (this.#lines.get(mta) ?? 0) + lines);
  }

  /** The most frequent first. */
  all(): LogWriter[] {
    return [...this.#lines].map(([mta, lines]) => ({ mta, lines })).sort((a, b) => b.lines - a.lines || (a.mta < b.mta ? -1 : 1));
  }
}
