/** Keeps two probes of one address apart: one that comes too early waits its turn. No step of the clock makes the wait longer. */
import type { ChoreStore } from "@mxray/store";
import { type JobPlace, OWN_PLACE } from "./job-queue.ts";

/** Turns that all servers of a store share. */
export type Turns = Pick<ChoreStore, "turn">;

/** What their names begin with. */
export const TURN = "pace ";
/** Between two looks whether a shared turn is free. */
const LOOK_MS = 500;

export class HostPace {
  readonly #paceMs: number;
  readonly #turns: Turns | null;
  /** When the next probe may connect to an address. */
  readonly #nextAt = new Map<string, number>();
  /** When the last probe connected to an address. */
  readonly #connectedAt = new Map<string, number>();
  /** Addresses at which a probe had its turn. */
  readonly #admitted = new Map<string, Set<string>>();

  /**
   * @param paceMs milliseconds between the first connections of two probes to one address
   * @param turns where other servers probe as well
   */
  constructor(paceMs: number, turns: Turns | null = null) {
    this.#paceMs = paceMs;
    this.#turns = turns;
  }

  /**
   * Resolves when it is the probe's turn: true, or false when `signal` ended the wait. A probe waits once per address, and leaves its
   * place to another while it waits.
   */
  async turn(probeId: string, address: string, signal: AbortSignal, place: JobPlace = OWN_PLACE): Promise<boolean> {
    const admitted = this.#admitted.get(probeId) ?? new Set();
    if (admitted.has(address)) return !signal.aborted;
    this.#admitted.set(probeId, admitted.add(address));
    const now = performance.now();
    const at = Math.max(now, this.#nextAt.get(address) ?? 0);
    this.#nextAt.set(address, at + this.#paceMs);
    if (at > now) {
      place.leave();
      if (!(await sleep(at - now, signal))) {
        // Nobody waits behind it: its turn is free again.
        if (this.#nextAt.get(address) === at + this.#paceMs) this.#nextAt.set(address, at);
        return false;
      }
    }
    await place.keep();
    return await this.#connects(address, signal);
  }

  /** One that waited for a place is late, and may meet the one that has the next turn. */
  async #connects(address: string, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      const now = performance.now();
      const wait = (this.#connectedAt.get(address) ?? Number.NEGATIVE_INFINITY) + this.#paceMs - now;
      // Timers may fire a millisecond early.
      if (wait <= 1) {
        // Before anything is waited for, so that the next one sees it.
        this.#connectedAt.set(address, now);
        if (signal.aborted || (await this.#everywhere(address))) return !signal.aborted;
        if (!(await sleep(Math.min(this.#paceMs, LOOK_MS), signal))) return false;
        continue;
      }
      if (!(await sleep(wait, signal))) return false;
    }
  }

  /** False while a probe of another server has its turn at this address. */
  async #everywhere(address: string): Promise<boolean> {
    if (this.#turns === null || this.#paceMs === 0) return true;
    const now = Date.now();
    const until = new Date(now + this.#paceMs).toISOString();
    return await this.#turns.turn(`${TURN}${address}`, { now: new Date(now).toISOString(), until, latest: until });
  }

  /** A probe that ended needs no more turns. */
  forget(probeId: string): void {
    this.#admitted.delete(probeId);
    const now = performance.now();
    for (const [address, nextAt] of this.#nextAt) if (nextAt <= now) this.#nextAt.delete(address);
    for (const [address, at] of this.#connectedAt) if (at + this.#paceMs <= now) this.#connectedAt.delete(address);
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const stop = () => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve(true);
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}
