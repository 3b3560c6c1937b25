/** Follows standard input, or another stream of bytes: what went by is gone, so there is no place to go on from. */
import type { Buffer } from "node:buffer";
import { once } from "node:events";
import type { Readable } from "node:stream";
import type { Follower, FollowStep } from "./follow-step.ts";
import type { FollowClock } from "./log-files.ts";

const QUIET_MS = 200;
const QUIET = Symbol("quiet");

export class StreamFollower implements Follower {
  readonly #stream: Readable;
  readonly #clock: FollowClock;

  constructor(stream: Readable, clock: FollowClock) {
    this.#stream = stream;
    this.#clock = clock;
  }

  async *steps(signal: AbortSignal): AsyncGenerator<FollowStep, void> {
    yield { kind: "begin", file: "-", offset: 0 };
    for await (const bytes of chunksOrQuiet(this.#stream, this.#clock, signal)) {
      yield bytes === null ? { kind: "idle" } : { kind: "bytes", bytes, position: null, lag: 0 };
    }
    yield { kind: "end", position: null };
    yield { kind: "idle" };
  }
}

/** Chunks as they come, null once whenever nothing comes for a moment. Ends with the stream or the signal. */
export async function* chunksOrQuiet(stream: Readable, clock: FollowClock, signal: AbortSignal): AsyncGenerator<Buffer | null, void> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let coming = chunks.next();
  coming.catch(() => undefined);
  while (!signal.aborted) {
    const pause = new AbortController();
    const quiet = clock.sleep(QUIET_MS, AbortSignal.any([signal, pause.signal])).then((): typeof QUIET => QUIET);
    const first = await Promise.race([coming, quiet]);
    if (first === QUIET) {
      yield null;
      // Without a clock tick for each moment in which nothing happens; and with a promise of its own each time: one that lasted
      // would keep every chunk that it was ever raced with.
      if (!signal.aborted) await Promise.race([coming, once(signal, "abort", { signal: pause.signal })]).catch(() => undefined);
      pause.abort();
      continue;
    }
    pause.abort();
    if (first.done === true) return;
    yield first.value;
    coming = chunks.next();
    coming.catch(() => undefined);
  }
}
