/** A bounded number of hashes at a time; more wait in their order, up to a bound. */
import { Refusal } from "../refusal.ts";

export class HashPlaces {
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor({ atOnce, mostWaiting }: { readonly atOnce: number; readonly mostWaiting: number }) {
    this.#free = atOnce;
    this.#mostWaiting = mostWaiting;
  }

  /** @throws Refusal `busy`, and what `hash` throws */
  async run<T>(hash: () => Promise<T>): Promise<T> {
    await this.#place();
    try {
      return await hash();
    } finally {
      // The place goes to the next one that waits.
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  async #place(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    if (this.#waiting.length >= this.#mostWaiting) {
      throw new Refusal("busy", "Too many people are signing in at the moment; try again in a few seconds.");
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
