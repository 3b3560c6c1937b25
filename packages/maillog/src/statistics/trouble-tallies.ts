/** Troubles of the host itself: how often, since when, who is behind them, with the first lines as examples. */
import { LOG_CAPS, type LogTrouble, printable, type TroubleTally } from "@mxray/contracts";
import { latin1 } from "../byte-text.ts";
import { troubleCulprit } from "../host-trouble.ts";
import type { LogEntry } from "../log-entry.ts";
import { type EntryExample, entryExample, logExample, timeText } from "./entry-example.ts";
import { FrequentCounts } from "./frequent-counts.ts";
import { extend } from "./peer-tally.ts";

interface Tally {
  count: number;
  readonly span: { first: number; last: number };
  readonly culprits: FrequentCounts<string>;
  readonly examples: EntryExample[];
}

export class TroubleTallies {
  readonly #tallies = new Map<LogTrouble, Tally>();

  add(trouble: LogTrouble, entry: LogEntry, file: string, line: number): void {
    const tally = this.#tallyOf(trouble);
    tally.count += entry.times;
    extend(tally.span, entry.timeMs);
    tally.culprits.add(culpritOf(entry), entry.times);
    if (tally.examples.length < LOG_CAPS.examples) tally.examples.push(entryExample(entry, file, line));
  }

  all(): TroubleTally[] {
    return [...this.#tallies].map(([trouble, { count, span, culprits, examples }]) => ({
      trouble,
      count,
      first: timeText(span.first),
      last: timeText(span.last),
      culprits: culprits.top().map(({ key, count: of }) => ({ name: key, count: of })),
      examples: examples.map(logExample),
    }));
  }

  #tallyOf(trouble: LogTrouble): Tally {
    const known = this.#tallies.get(trouble);
    if (known !== undefined) return known;
    const span = { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
    const fresh: Tally = { count: 0, span, culprits: new FrequentCounts(LOG_CAPS.culprits), examples: [] };
    this.#tallies.set(trouble, fresh);
    return fresh;
  }
}

/** The client, else the service or filter that the line names, else the program. */
function culpritOf({ peer, program, bytes, reasonFrom, reasonTo }: LogEntry): string {
  if (peer !== null) {
    const { name, address, port } = peer.peer;
    const at = port === null || peer.reach === "network" ? "" : `:${port}`;
    return `${name ?? "unknown"}[${address ?? "unknown"}]${at}`;
  }
  const culprit = troubleCulprit(latin1(bytes, reasonFrom, Math.min(reasonTo, reasonFrom + 1000)));
  return culprit === null ? program.tag : printable(culprit, 100);
}
