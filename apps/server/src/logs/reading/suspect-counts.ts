/**
 * Counts of clients that may turn out to be bots, kept apart until the log is read: charts and sums leave bots out, as findings
 * do. The rule is `isBot`, by measures.
 */
import { BOT_EXCLUDED_BY, type LogCount, MANY_SHORT, outcomeOfMeasure } from "@mxray/contracts";

/** Beyond it, counts of further clients are charted at once. */
const MOST_ROWS = 100_000;

interface Suspect {
  readonly counts: LogCount[];
  bot: number;
  short: number;
}

export class SuspectCounts {
  readonly #suspects = new Map<string, Suspect>();
  readonly #cleared = new Set<string>();
  #rows = 0;

  /** @returns those that can be charted now */
  sift(counts: readonly LogCount[]): LogCount[] {
    return counts.flatMap((count) => {
      const { peer } = count;
      if (peer === null || peer.direction !== "inbound") return [count];
      const client = peer.address ?? peer.name ?? "";
      if (this.#cleared.has(client)) return [count];
      if (BOT_EXCLUDED_BY.has(count.measure)) return [...this.#clear(client), count];
      return this.#rows < MOST_ROWS ? this.#keep(client, count) : [count];
    });
  }

  /** What was kept of clients that are no bots. */
  rest(): LogCount[] {
    return [...this.#suspects.values()].flatMap(({ counts, bot, short }) => (bot > 0 || short >= MANY_SHORT ? [] : counts));
  }

  #clear(client: string): readonly LogCount[] {
    const counts = this.#suspects.get(client)?.counts ?? [];
    this.#rows -= counts.length;
    this.#suspects.delete(client);
    this.#cleared.add(client);
    return counts;
  }

  #keep(client: string, row: LogCount): [] {
    const suspect = this.#suspects.get(client) ?? { counts: [], bot: 0, short: 0 };
    this.#suspects.set(client, suspect);
    if (row.measure === "line bot") suspect.bot += row.count;
    if (row.measure === "line short-session") suspect.short += row.count;
    // Only these are charted.
    if (outcomeOfMeasure(row.measure) !== null) {
      suspect.counts.push(row);
      this.#rows += 1;
    }
    return [];
  }
}
