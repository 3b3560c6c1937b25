/**
 * Counts per peer, size class and kind, of all peers in one table: open addressing over pairs of key and count, so that counting
 * a message touches one place in memory instead of a map per peer, and what is never counted takes none. `keep` takes dropped
 * peers out.
 */
import { SIZE_CLASSES, type SizeTally } from "@mxray/contracts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What is counted, as a part of the key. */
export const COUNTS: Readonly<Record<Exclude<keyof SizeTally, "class">, number>> = {
  sent: 0,
  sentSince: 1,
  stalled: 2,
  attempts: 3,
  recovered: 4,
  episodes: 5,
};
const KINDS = 6;
const COUNT_NAMES = Object.keys(COUNTS) as (keyof typeof COUNTS)[];
const FIRST_PAIRS = 4096;

export class SizeTallies {
  /** Key + 1 (0 is an empty pair), then its count. */
  #pairs = new Int32Array(FIRST_PAIRS * 2);
  #used = 0;

  /** @param peer number of the peer, below 2^20 @param count one of `COUNTS` */
  add(peer: number, sizeClass: number, count: number): void {
    const key = (peer * SIZE_CLASSES + sizeClass) * KINDS + count + 1;
    let pair = this.#find(key);
    if (this.#pairs[pair] !== key) {
      // Three quarters full.
      if (this.#used * 8 >= this.#pairs.length * 3) {
        this.#rebuild(this.#pairs.length * 2, null);
        pair = this.#find(key);
      }
      this.#pairs[pair] = key;
      this.#used += 1;
    }
    this.#pairs[pair + 1] = this.#at(pair + 1) + 1;
  }

  /** Drops all counts of other peers. */
  keep(wanted: ReadonlySet<number>): void {
    this.#rebuild(this.#pairs.length, wanted);
  }

  /** Of the wanted peers, each ascending by class. */
  of(wanted: ReadonlySet<number>): Map<number, SizeTally[]> {
    const tallies = new Map<number, SizeTally[]>();
    const pairs = this.#pairs;
    for (let pair = 0; pair < pairs.length; pair += 2) {
      const place = (pairs[pair] as number) - 1;
      const peer = peerOf(place);
      if (place < 0 || !wanted.has(peer)) continue;
      const ofPeer = tallies.get(peer) ?? [];
      if (ofPeer.length === 0) tallies.set(peer, ofPeer);
      const tally = ofClass(ofPeer, Math.floor(place / KINDS) % SIZE_CLASSES);
      tally[COUNT_NAMES[place % KINDS] as keyof typeof COUNTS] = pairs[pair + 1] as number;
    }
    for (const ofPeer of tallies.values()) ofPeer.sort((a, b) => a.class - b.class);
    return tallies;
  }

  #at(index: number): number {
    return this.#pairs[index] as number;
  }

  /** Where the key is, or the empty pair for it. A quarter of the pairs is empty, so there is one. */
  #find(key: number): number {
    const pairs = this.#pairs;
    const mask = pairs.length - 1;
    const mixed = Math.imul(key, 0x9e3779b1);
    let pair = ((mixed ^ (mixed >>> 15)) << 1) & mask;
    while (pairs[pair] !== 0 && pairs[pair] !== key) pair = (pair + 2) & mask;
    return pair;
  }

  /** @param wanted peers whose counts stay; null for all */
  #rebuild(length: number, wanted: ReadonlySet<number> | null): void {
    const old = this.#pairs;
    this.#pairs = new Int32Array(length);
    this.#used = 0;
    for (let pair = 0; pair < old.length; pair += 2) {
      const key = old[pair] as number;
      if (key === 0 || wanted?.has(peerOf(key - 1)) === false) continue;
      const place = this.#find(key);
      this.#pairs[place] = key;
      this.#pairs[place + 1] = old[pair + 1] as number;
      this.#used += 1;
    }
  }
}

/** A peer's classes are few. */
function ofClass(tallies: SizeTally[], sizeClass: number): Mutable<SizeTally> {
  for (const tally of tallies) if (tally.class === sizeClass) return tally;
  const fresh = { class: sizeClass, sent: 0, sentSince: 0, stalled: 0, attempts: 0, recovered: 0, episodes: 0 };
  tallies.push(fresh);
  return fresh;
}

function peerOf(key: number): number {
  return Math.floor(key / (KINDS * SIZE_CLASSES));
}
