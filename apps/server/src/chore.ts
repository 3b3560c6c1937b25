/**
 * What the server does again and again: at the start, when it is asked for, and regularly. A row says when it is due, so that neither
 * a restart nor a second process misses or repeats it; what fails is tried again soon.
 */
import type { ServerWork } from "@mxray/contracts";
import type { ChoreStore } from "@mxray/store";
import type { WorkHealth } from "./work-health.ts";

export interface ChoreDeps {
  readonly name: ServerWork;
  readonly health: WorkHealth;
  readonly chores: ChoreStore;
  readonly work: () => Promise<void>;
  /** Milliseconds between two times when nobody asks. */
  readonly everyMs: number;
  /** Milliseconds from asking to doing, in which more may be asked for. */
  readonly pauseMs: () => number;
  readonly onError: (error: unknown) => void;
}

/** Who begins it has so long, before another process takes it to be dead. */
const LEASE_MS = 600_000;
/** Looks whether it is due, should nobody ask. */
const LOOK_MS = 60_000;
const RETRY_MS = 10_000;

export class Chore {
  readonly #deps: ChoreDeps;
  #timer: { readonly timeout: NodeJS.Timeout; readonly at: number } | null = null;
  #asked = false;
  #doing: Promise<void> = Promise.resolve();
  #stopped = true;

  constructor(deps: ChoreDeps) {
    this.#deps = deps;
  }

  /** Does it soon, and again and again until it is stopped. */
  start(): void {
    this.#stopped = false;
    this.ask();
  }

  /** Something changed: it is done in a moment, once for all who ask until then. */
  ask(): void {
    if (this.#stopped || this.#asked) return;
    this.#asked = true;
    const pause = this.#deps.pauseMs();
    // In the row as well, at once: this process may end before.
    this.#then(async () => await this.#deps.chores.ask(this.#deps.name, stamp(Date.now() + pause)));
    this.#lookIn(pause);
  }

  /** Returns when what was begun is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer.timeout);
    await this.#doing;
  }

  #then(act: () => Promise<void>): void {
    const guarded = async () => {
      try {
        if (!this.#stopped) await act();
      } catch (error) {
        this.#deps.onError(error);
        this.#deps.health.failed(this.#deps.name, error);
        this.#lookIn(RETRY_MS);
      }
    };
    this.#doing = this.#doing.then(guarded);
  }

  async #look(): Promise<void> {
    const { name, chores, everyMs } = this.#deps;
    const now = Date.now();
    if (this.#asked) await chores.ask(name, stamp(now));
    this.#asked = false;
    const until = stamp(now + LEASE_MS);
    this.#lookIn(LOOK_MS);
    if (await chores.claim(name, { now: stamp(now), until, latest: stamp(now + Math.max(everyMs, LEASE_MS) + LOOK_MS) }))
      await this.#do(until);
  }

  async #do(until: string): Promise<void> {
    const { name, chores, work, everyMs, health } = this.#deps;
    try {
      await work();
    } catch (error) {
      await chores.done(name, until, stamp(Date.now() + RETRY_MS)).catch(() => undefined);
      throw error;
    }
    await chores.done(name, until, stamp(Date.now() + everyMs));
    health.succeeded(name);
  }

  /** The earliest look that was asked for. */
  #lookIn(ms: number): void {
    const at = performance.now() + ms;
    if (this.#stopped || (this.#timer !== null && this.#timer.at <= at)) return;
    if (this.#timer !== null) clearTimeout(this.#timer.timeout);
    const timeout = setTimeout(() => {
      this.#timer = null;
      this.#then(() => this.#look());
    }, ms).unref();
    this.#timer = { timeout, at };
  }
}

function stamp(time: number): string {
  return new Date(time).toISOString();
}
