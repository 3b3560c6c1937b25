/** Rows of evidence from a log: each with the time of what it tells, and with file and line where it is one line. */
import type { Evidence, LogExample, LogStatistics } from "@mxray/contracts";

export class LogEvidence {
  readonly #end: string;
  readonly #rows: Evidence[] = [];

  constructor({ to }: Pick<LogStatistics, "to">) {
    this.#end = to ?? new Date(0).toISOString();
  }

  /** @param at RFC 3339; null takes the end of the log */
  add(text: string, data: Record<string, unknown> = {}, at: string | null = null): this {
    this.#rows.push({ at: at ?? this.#end, source: "log", text, data });
    return this;
  }

  addLines(examples: readonly (LogExample | null)[]): this {
    for (const example of examples) {
      if (example === null) continue;
      const { file, line, at, text } = example;
      const shown = file === "-" ? `Line ${line}` : `${file}, line ${line}`;
      this.add(`${shown}: ${text}`, { file, line }, at);
    }
    return this;
  }

  get rows(): readonly Evidence[] {
    return this.#rows;
  }
}
