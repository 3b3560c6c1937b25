/**
 * The last messages that arrived, of all peers: when a stall is counted, those of its minute have arrived before it and belong
 * to what arrived since. A ring of numbers, since each message is noted; each message leads to its peer's one before, so that a
 * peer's are found without looking at those of others.
 */

/** Messages, a power of two. */
const MOST = 32_768;
/** Unix second (until 2038), size, and the number of the peer's message before. */
const FIELDS = 3;
const BEFORE = 2;
/** Lines of several hosts or processes come a little out of order. Seconds. */
const DISORDER = 900;

/** The number of no message. */
export const NO_ARRIVAL = 0;

/** A peer: the number of its last message. */
interface Arriving {
  lastArrival: number;
}

export class RecentArrivals {
  readonly #ring = new Int32Array(MOST * FIELDS);
  /** Of all peers. It wraps around: what counts is its distance to others. */
  #last = NO_ARRIVAL;

  /** @param second unix @param size bytes */
  note(peer: Arriving, second: number, size: number): void {
    const ring = this.#ring;
    this.#last = (this.#last + 1) | 0 || 1;
    const at = placeOf(this.#last);
    ring[at] = second;
    ring[at + 1] = size;
    ring[at + BEFORE] = peer.lastArrival;
    peer.lastArrival = this.#last;
  }

  /** Takes the peer's out that arrived from this second on. @returns their sizes */
  takeSince(peer: Arriving, from: number): number[] {
    const ring = this.#ring;
    const sizes: number[] = [];
    /** Place of the message that stays and was noted after the present one; -1 for none. */
    let after = -1;
    for (let number = peer.lastArrival, age = 0; number !== NO_ARRIVAL; ) {
      const least = age;
      age = (this.#last - number) | 0;
      // Another message has its place by now.
      if (age < least || age >= MOST) break;
      const at = placeOf(number);
      const second = ring[at] as number;
      if (second < from - DISORDER) break;
      number = ring[at + BEFORE] as number;
      if (second < from) {
        after = at;
        continue;
      }
      sizes.push(ring[at + 1] as number);
      if (after === -1) peer.lastArrival = number;
      else ring[after + BEFORE] = number;
    }
    return sizes;
  }
}

function placeOf(number: number): number {
  return (number & (MOST - 1)) * FIELDS;
}
