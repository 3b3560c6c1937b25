/**
 * What held lines count as in the store while their record has not come: as if none will. Each has a note of its own, so that
 * its counts can be taken back exactly. Computed again for each batch from what is held, which goes to the store with the
 * batch: so a process that goes on after a restart knows what the store has.
 */
import type { CountedPeer, LogCount } from "@mxray/contracts";
import { EntryCounter } from "../counting/entry-counter.ts";
import { MessagePast } from "../entries/message-past.ts";
import { QueuedMessage } from "../entries/queued-message.ts";
import { BatchSink } from "./batch-sink.ts";

type Holder = Pick<EntryCounter<CountedPeer, string>, "holding" | "holdChanges">;

export class HeldCounts {
  readonly #counter: Holder;
  #given: readonly LogCount[] = [];
  #changes = 0;

  constructor(counter: Holder) {
    this.#counter = counter;
  }

  /** Takes for given what a former process gave. */
  resume(): void {
    this.#given = countsOf(this.#counter.holding);
  }

  /** Takes back what no longer counts and gives what newly does. */
  take(): LogCount[] {
    if (this.#changes === this.#counter.holdChanges) return [];
    this.#changes = this.#counter.holdChanges;
    const before = new Map(this.#given.map((count) => [JSON.stringify(count), count]));
    this.#given = countsOf(this.#counter.holding);
    const given: LogCount[] = [];
    for (const count of this.#given) if (!before.delete(JSON.stringify(count))) given.push(count);
    return [...[...before.values()].map((count) => ({ ...count, count: -count.count })), ...given];
  }
}

function countsOf(holding: Iterable<QueuedMessage>): LogCount[] {
  const counts: LogCount[] = [];
  for (const message of holding) {
    if (message.past === null) continue;
    // A copy: nothing of this is what became of the message.
    const copy = Object.assign(new QueuedMessage(), message);
    copy.past = Object.assign(new MessagePast(), structuredClone(message.past));
    for (const line of message.past.held ?? []) {
      const sink = new BatchSink(`held ${line.slot}`);
      new EntryCounter(sink).countHeld(line, copy, null);
      counts.push(...sink.take());
    }
  }
  return counts;
}
