/**
 * The last messages that arrived, of all peers: when a stall is counted, those of its minute have arrived before it and belong
 * to what arrived since. A ring of numbers, since each message is noted.
 */

/** Messages. */
const MOST = 32_768;
const FIELDS = 3;
/** Lines of several hosts or processes come a little out of order. Seconds. */
const DISORDER = 900;
const NOBODY = -1;

export class RecentArrivals {
  /** Peer, unix second (until 2038) and size. */
  readonly #ring = new Int32Array(MOST * FIELDS).fill(NOBODY);
  #next = 0;

  /** @param peer its number @param second unix @param size bytes */
  note(peer: number, second: number, size: number): void {
    const at = this.#next;
    this.#ring[at] = peer;
    this.#ring[at + 1] = second;
    this.#ring[at + 2] = size;
    this.#next = at + FIELDS === this.#ring.length ? 0 : at + FIELDS;
  }

  /** Takes the peer's out that arrived from this second on. @returns their sizes */
  takeSince(peer: number, from: number): number[] {
    const ring = this.#ring;
    const sizes: number[] = [];
    for (let count = 0, at = this.#next; count < MOST; count += 1) {
      at = at === 0 ? ring.length - FIELDS : at - FIELDS;
      const second = ring[at + 1] as number;
      if (second < from - DISORDER) break;
      if (ring[at] !== peer || second < from) continue;
      sizes.push(ring[at + 2] as number);
      ring[at] = NOBODY;
    }
    return sizes;
  }

  clear(): void {
    this.#ring.fill(NOBODY);
  }
}
