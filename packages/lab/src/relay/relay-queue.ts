/** Packets in flight, the earliest departure first; those of the same time in the order they came. A binary heap. */

export interface RelayedPacket {
  /** Milliseconds. */
  readonly at: number;
  /** Descriptor of the device that it leaves by. */
  readonly out: number;
  readonly bytes: Uint8Array;
}

interface Entry {
  readonly packet: RelayedPacket;
  readonly order: number;
}

export class RelayQueue {
  readonly #heap: Entry[] = [];
  #order = 0;

  /** When the next packet is due, milliseconds; null when none is in flight. */
  get nextAt(): number | null {
    return this.#heap[0]?.packet.at ?? null;
  }

  push(packet: RelayedPacket): void {
    const heap = this.#heap;
    heap.push({ packet, order: this.#order++ });
    for (let index = heap.length - 1; index > 0; ) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfEarlier(index, parent)) return;
      index = parent;
    }
  }

  /** The next packet that is due by `now`, or null. */
  pop(now: number): RelayedPacket | null {
    const heap = this.#heap;
    const [first] = heap;
    if (first === undefined || first.packet.at > now) return null;
    const last = heap.pop();
    if (heap.length > 0 && last !== undefined) {
      heap[0] = last;
      this.#sink();
    }
    return first.packet;
  }

  #sink(): void {
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const child = this.#earlier(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfEarlier(child, index)) return;
      index = child;
    }
  }

  #swapIfEarlier(index: number, other: number): boolean {
    const [a, b] = [this.#heap[index], this.#heap[other]];
    if (a === undefined || b === undefined || !this.#earlier(index, other)) return false;
    this.#heap[index] = b;
    this.#heap[other] = a;
    return true;
  }

  #earlier(index: number, other: number): boolean {
    const [a, b] = [this.#heap[index], this.#heap[other]];
    if (a === undefined) return false;
    return b === undefined || a.packet.at < b.packet.at || (a.packet.at === b.packet.at && a.order < b.order);
  }
}
