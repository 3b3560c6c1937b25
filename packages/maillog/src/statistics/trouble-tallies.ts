/** Troubles of the host itself: how often, since when, who is behind them, with the first lines as examples. */
import { LOG_CAPS, type LogTrouble, printable, type TroubleTally } from "@mxray/contracts";
import { latin1 } from "../bytes/byte-text.ts";
import type { LogEntry } from "../entries/log-entry.ts";
import { troubleCulprit } from "../formats/host-trouble.ts";
import { type EntryExample, entryExample, logExample } from "./entry-example.ts";
import { FrequentCounts } from "./frequent-counts.ts";
import { emptySpan, extendSpan, type SecondSpan, spanText } from "./second-span.ts";

interface Tally {
  count: number;
  readonly span: SecondSpan;
  readonly culprits: FrequentCounts<string>;
  readonly examples: EntryExample[];
}

export class TroubleTallies {
  readonly #tallies = new Map<LogTrouble, Tally>();

  add(trouble: LogTrouble, entry: LogEntry, file: string, line: number): void {
    const tally = this.#tallyOf(trouble);
    tally.count += entry.times;
    extendSpan(tally.span, entry.timeMs);
    tally.culprits.add(culpritOf(entry), entry.times);
    if (tally.examples.length < LOG_CAPS.examples) tally.examples.push(entryExample(entry, file, line));
  }

  all(): TroubleTally[] {
    return [...this.#tallies]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([trouble, { count, span, culprits, examples }]) => ({
        trouble,
        count,
        ...spanText(span),
        culprits: culprits.top().map(({ key, count: of }) => ({ name: key, count: of })),
        examples: examples.map(logExample),
      }));
  }

  #tallyOf(trouble: LogTrouble): Tally {
    const known = this.#tallies.get(trouble);
    if (known !== undefined) return known;
    const fresh: Tally = { count: 0, span: emptySpan(), culprits: new FrequentCounts(LOG_CAPS.culprits), examples: [] };
    this.#tallies.set(trouble, fresh);
    return fresh;
  }
}

/** Of limits and errors the client; of the rest the service or filter that the line names, else the peer, else the program. */
export function culpritOf({ event, peer, program, bytes, reasonFrom, reasonTo }: LogEntry): string {
  const ofClient = event === "client-limit" || event === "error-limit";
  const named = ofClient ? null : troubleCulprit(latin1(bytes, reasonFrom, Math.min(reasonTo, reasonFrom + 1000)));
  if (named !== null) return printable(named, 100);
  if (peer === null) return program.tag;
  const { name, address, port } = peer.peer;
  const at = port === null || peer.reach === "network" ? "" : `:${port}`;
  return `${name ?? "unknown"}[${address ?? "unknown"}]${at}`;
}
