/**
 * What waits for one reader of the live feed. Readers share the events themselves; what one of them keeps of its own has a bound, and
 * a reader that falls behind it is given no more: it comes back and asks for things as they are then.
 */
import type { LiveEvent } from "@mxray/contracts";

/** Half a minute of a busy server. */
const MOST_WAITING = 1000;

export class FeedReader implements AsyncIterableIterator<LiveEvent> {
  #waiting: LiveEvent[] = [];
  #next: ((result: IteratorResult<LiveEvent, undefined>) => void) | null = null;
  #ended = false;

  /** Adds an event, or ends the reader that has not taken the former ones. */
  push(event: LiveEvent): void {
    if (this.#ended) return;
    const next = this.#next;
    this.#next = null;
    if (next !== null) next({ done: false, value: event });
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(event);
    else this.end();
  }

  /** Nothing more comes; what waits is dropped. */
  end(): void {
    this.#ended = true;
    this.#waiting = [];
    this.#next?.({ done: true, value: undefined });
    this.#next = null;
  }

  /** For one caller at a time. */
  next(): Promise<IteratorResult<LiveEvent, undefined>> {
    const value = this.#waiting.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#next = resolve;
    });
  }

  async return(): Promise<IteratorResult<LiveEvent, undefined>> {
    this.end();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
