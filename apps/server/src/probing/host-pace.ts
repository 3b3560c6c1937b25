/** Keeps two probes of one address apart: one that comes too early waits its turn. No step of the clock makes the wait longer. */
export class HostPace {
  readonly #paceMs: number;
  /** When the next probe may connect to an address. */
  readonly #nextAt = new Map<string, number>();
  /** Addresses at which a probe had its turn. */
  readonly #admitted = new Map<string, Set<string>>();

  /** @param paceMs milliseconds between the first connections of two probes to one address */
  constructor(paceMs: number) {
    this.#paceMs = paceMs;
  }

  /** Resolves when it is the probe's turn: true, or false when `signal` ended the wait. A probe waits once per address. */
  async turn(probeId: string, address: string, signal: AbortSignal): Promise<boolean> {
    const admitted = this.#admitted.get(probeId) ?? new Set();
    if (admitted.has(address)) return !signal.aborted;
    this.#admitted.set(probeId, admitted.add(address));
    const now = performance.now();
    const at = Math.max(now, this.#nextAt.get(address) ?? 0);
    this.#nextAt.set(address, at + this.#paceMs);
    if (at === now || (await sleep(at - now, signal))) return true;
    // Nobody waits behind it: its turn is free again.
    if (this.#nextAt.get(address) === at + this.#paceMs) this.#nextAt.set(address, at);
    return false;
  }

  /** A probe that ended needs no more turns. */
  forget(probeId: string): void {
    this.#admitted.delete(probeId);
    const now = performance.now();
    for (const [address, nextAt] of this.#nextAt) if (nextAt <= now) this.#nextAt.delete(address);
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
