/**
 * Counts per peer and size class, of all peers in one table: open addressing over one array, so that counting a message touches
 * one place in memory instead of a map per peer. Grows with the classes that peers use; `keep` takes dropped peers out.
 */
import { SIZE_CLASSES, type SizeTally } from "@mxray/contracts";

/** A row begins with key + 1 (0 is an empty row); then the counts, at these places. Eight numbers are half a cache line. */
export const COUNTS: Readonly<Record<Exclude<keyof SizeTally, "class">, number>> = {
  sent: 1,
  sentSince: 2,
  stalled: 3,
  attempts: 4,
  recovered: 5,
};
/** The peer once more, which saves a division. */
const PEER = 6;
const ROW = 8;
const FIRST_ROWS = 1024;

export class SizeTallies {
  #rows = new Int32Array(FIRST_ROWS * ROW);
  #used = 0;

  /** @param peer number of the peer, below 2^23 @returns a row for `count`, good until the next call */
  row(peer: number, sizeClass: number): number {
    const key = peer * SIZE_CLASSES + sizeClass + 1;
    const row = this.#find(key);
    if (this.#rows[row] === key) return row;
    if (this.#used * 2 >= this.#rows.length / ROW) {
      this.#rebuild(this.#rows.length * 2, null);
      return this.row(peer, sizeClass);
    }
    this.#rows[row] = key;
    this.#rows[row + PEER] = peer;
    this.#used += 1;
    return row;
  }

  /** @param count one of `COUNTS` */
  add(row: number, count: number): void {
    const rows = this.#rows;
    rows[row + count] = (rows[row + count] as number) + 1;
  }

  /** Drops all rows of other peers. */
  keep(wanted: ReadonlySet<number>): void {
    this.#rebuild(this.#rows.length, wanted);
  }

  /** Of the wanted peers, each ascending by class. */
  of(wanted: ReadonlySet<number>): Map<number, SizeTally[]> {
    const tallies = new Map<number, SizeTally[]>([...wanted].map((peer) => [peer, []]));
    for (let row = 0; row < this.#rows.length; row += ROW) {
      if (this.#at(row) === 0) continue;
      tallies.get(this.#at(row + PEER))?.push({
        class: (this.#at(row) - 1) % SIZE_CLASSES,
        sent: this.#at(row + COUNTS.sent),
        sentSince: this.#at(row + COUNTS.sentSince),
        stalled: this.#at(row + COUNTS.stalled),
        attempts: this.#at(row + COUNTS.attempts),
        recovered: this.#at(row + COUNTS.recovered),
      });
    }
    for (const each of tallies.values()) each.sort((a, b) => a.class - b.class);
    return tallies;
  }

  #at(index: number): number {
    return this.#rows[index] as number;
  }

  /** Where the key is, or the empty row for it. Half of the rows are empty, so there is one. */
  #find(key: number): number {
    const rows = this.#rows;
    const mask = rows.length - 1;
    let row = ((Math.imul(key, 0x9e3779b1) >>> 4) * ROW) & mask;
    while (rows[row] !== 0 && rows[row] !== key) row = (row + ROW) & mask;
    return row;
  }

  /** @param wanted peers whose rows stay; null for all */
  #rebuild(length: number, wanted: ReadonlySet<number> | null): void {
    const old = this.#rows;
    this.#rows = new Int32Array(length);
    this.#used = 0;
    for (let row = 0; row < old.length; row += ROW) {
      const key = old[row] as number;
      if (key === 0 || wanted?.has(old[row + PEER] as number) === false) continue;
      const place = this.#find(key);
      for (let index = 0; index < ROW; index += 1) this.#rows[place + index] = old[row + index] as number;
      this.#used += 1;
    }
  }
}
