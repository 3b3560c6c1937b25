/** Messages that were deferred and did not leave until the end of the log, by the domain that they wait for. */
import { type DeferredBacklog, LOG_CAPS } from "@mxray/contracts";
import type { LogEntry } from "../entries/log-entry.ts";
import type { MessagePast } from "../entries/message-past.ts";
import { LatestExample, logExample, timeText } from "./entry-example.ts";

/** As much of a message as the queue is about. */
type Waiting = Pick<MessagePast<unknown, unknown>, "destination" | "waitingSinceMs">;

/** Waiting messages that are known one by one; more are counted as `others`. */
const MOST_WAITING = 100_000;
const MOST_EXAMPLES = 5000;

interface Destination {
  readonly name: string;
  waiting: number;
  oldestMs: number;
}

export class DeferredQueue {
  readonly #waiting = new Set<Waiting>();
  readonly #latest = new Map<string, LatestExample>();
  #uncounted = 0;

  /** @param fresh the message waits since this deferral */
  deferred(message: Waiting, fresh: boolean, entry: LogEntry, file: string, line: number): void {
    if (fresh) {
      if (this.#waiting.size < MOST_WAITING) this.#waiting.add(message);
      else this.#uncounted += 1;
    }
    this.#exampleOf(nameOf(message))?.set(entry, file, line);
  }

  #exampleOf(name: string): LatestExample | undefined {
    const known = this.#latest.get(name);
    if (known !== undefined || this.#latest.size >= MOST_EXAMPLES) return known;
    const fresh = new LatestExample();
    this.#latest.set(name, fresh);
    return fresh;
  }

  left(message: Waiting): void {
    if (!this.#waiting.delete(message) && this.#uncounted > 0) this.#uncounted -= 1;
  }

  backlog(): DeferredBacklog {
    const destinations = new Map<string, Destination>();
    let oldestMs = Number.POSITIVE_INFINITY;
    for (const message of this.#waiting) {
      const name = nameOf(message);
      const known = destinations.get(name) ?? { name, waiting: 0, oldestMs: Number.POSITIVE_INFINITY };
      const sinceMs = message.waitingSinceMs || Number.POSITIVE_INFINITY;
      known.waiting += 1;
      known.oldestMs = Math.min(known.oldestMs, sinceMs);
      oldestMs = Math.min(oldestMs, sinceMs);
      destinations.set(name, known);
    }
    const sorted = [...destinations.values()].sort((a, b) => b.waiting - a.waiting || (a.name < b.name ? -1 : 1));
    const shown = sorted.slice(0, LOG_CAPS.destinations);
    return {
      waiting: this.#waiting.size + this.#uncounted,
      oldest: timeText(oldestMs),
      destinations: shown.map(({ name, waiting, oldestMs: oldest }) => {
        const example = this.#latest.get(name);
        return { name, waiting, oldest: timeText(oldest), example: example === undefined ? null : logExample(example.get()) };
      }),
      others: sorted.slice(LOG_CAPS.destinations).reduce((sum, { waiting }) => sum + waiting, this.#uncounted),
    };
  }
}

function nameOf({ destination }: Waiting): string {
  return destination ?? "unknown";
}
