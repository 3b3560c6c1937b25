/** The places of a job queue: how many are free, and who waits for one again. */
import type { JobPlace } from "./job-queue.ts";

interface JobPlaceCalls {
  /** A place is free that nobody waits for. */
  readonly onFree: () => void;
  /** A job left its place. */
  readonly onLeft: () => void;
}

export class JobPlaces {
  readonly #most: number;
  readonly #calls: JobPlaceCalls;
  #taken = 0;
  /** Jobs that left their place, in the order in which they want one again. */
  readonly #returning: (() => void)[] = [];

  constructor(most: number, calls: JobPlaceCalls) {
    this.#most = most;
    this.#calls = calls;
  }

  get free(): number {
    return this.#most - this.#taken;
  }

  /** For a job that begins; `end` is called when it has ended. */
  take(signal: AbortSignal): JobPlace & { end(): void } {
    this.#taken += 1;
    let state: "held" | "left" | "kept" = "held";
    let regained: Promise<void> | null = null;
    return {
      leave: () => {
        if (state !== "held") return;
        state = "left";
        this.#give();
        this.#calls.onLeft();
      },
      keep: async () => {
        if (state === "held") state = "kept";
        if (state === "kept") return;
        regained ??= this.#regain(signal).then((got) => {
          if (got) state = "kept";
        });
        await regained;
      },
      end: () => {
        if (state !== "left") this.#give();
      },
    };
  }

  #give(): void {
    this.#taken -= 1;
    const next = this.#returning.shift();
    if (next === undefined) this.#calls.onFree();
    else next();
  }

  /** False when the work is to end first. */
  #regain(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const take = () => {
        signal.removeEventListener("abort", giveUp);
        this.#taken += 1;
        resolve(true);
      };
      const giveUp = () => {
        const at = this.#returning.indexOf(take);
        if (at !== -1) this.#returning.splice(at, 1);
        resolve(false);
      };
      if (signal.aborted) return resolve(false);
      if (this.free > 0) return take();
      this.#returning.push(take);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }
}
