/** Messages that were deferred and did not leave until the end of the log, by the domain that they wait for. */
import { type DeferredBacklog, LOG_CAPS, printable } from "@mxray/contracts";
import type { LogEntry } from "../log-entry.ts";
import { domainIn } from "../mail-domain.ts";
import { type EntryExample, entryExample, logExample, timeText } from "./entry-example.ts";
import type { MessageMemory } from "./message-memory.ts";

/** Waiting messages that are known one by one; more are counted as `others`. */
const MOST_WAITING = 100_000;
const MOST_EXAMPLES = 5000;

interface Destination {
  readonly name: string;
  waiting: number;
  oldestMs: number;
}

export class DeferredQueue {
  readonly #waiting = new Set<MessageMemory>();
  readonly #latest = new Map<string, EntryExample>();
  #uncounted = 0;

  deferred(entry: LogEntry, memory: MessageMemory, file: string, line: number): void {
    if (Number.isNaN(memory.waitingSinceMs)) {
      memory.waitingSinceMs = Number.isNaN(entry.timeMs) ? Number.POSITIVE_INFINITY : entry.timeMs;
      memory.destination = destinationOf(entry);
      if (this.#waiting.size < MOST_WAITING) this.#waiting.add(memory);
      else this.#uncounted += 1;
    }
    const known = this.#latest.size < MOST_EXAMPLES || this.#latest.has(memory.destination);
    if (known) this.#latest.set(memory.destination, entryExample(entry, file, line));
  }

  left(memory: MessageMemory): void {
    if (Number.isNaN(memory.waitingSinceMs)) return;
    if (!this.#waiting.delete(memory) && this.#uncounted > 0) this.#uncounted -= 1;
    memory.waitingSinceMs = Number.NaN;
  }

  backlog(): DeferredBacklog {
    const destinations = new Map<string, Destination>();
    let oldestMs = Number.POSITIVE_INFINITY;
    for (const { destination, waitingSinceMs } of this.#waiting) {
      const known = destinations.get(destination) ?? { name: destination, waiting: 0, oldestMs: Number.POSITIVE_INFINITY };
      known.waiting += 1;
      known.oldestMs = Math.min(known.oldestMs, waitingSinceMs);
      oldestMs = Math.min(oldestMs, waitingSinceMs);
      destinations.set(destination, known);
    }
    const sorted = [...destinations.values()].sort((a, b) => b.waiting - a.waiting);
    const shown = sorted.slice(0, LOG_CAPS.destinations);
    return {
      waiting: this.#waiting.size + this.#uncounted,
      oldest: timeText(oldestMs),
      destinations: shown.map(({ name, waiting, oldestMs: oldest }) => {
        const example = this.#latest.get(name);
        return { name, waiting, oldest: timeText(oldest), example: example === undefined ? null : logExample(example) };
      }),
      others: sorted.slice(LOG_CAPS.destinations).reduce((sum, { waiting }) => sum + waiting, this.#uncounted),
    };
  }
}

function destinationOf(entry: LogEntry): string {
  const domain = domainIn(entry.bytes, entry.recipientFrom, entry.recipientTo);
  const relay = entry.peer?.peer;
  return domain ?? printable(relay?.name ?? relay?.address ?? "unknown", 255);
}
