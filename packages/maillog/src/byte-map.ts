/**
 * A map from byte strings (queue ids, peers, host names) to values, for which no string has to be made, and which stays small
 * whatever it is fed: the place of an entry that was taken is given to the next one, so that what comes and goes stays in the
 * processor's cache; when there is no room, the entries that were not asked for longest are forgotten, a generation at a time.
 *
 * Open addressing over an arena of keys. A chain is followed for `PROBES` places and no further, so a log that was written to
 * make keys collide costs memory of the colliding ones, not time.
 */
import type { Buffer } from "node:buffer";
import { ByteWords, copyWords, hashWords, sameWords } from "./byte-words.ts";

const PROBES = 32;
const FIRST_CAPACITY = 256;
/** Bytes of the arena per entry, on the average. */
const KEY_ROOM = 32;
/** A longer key is cut: names and addresses are shorter. */
const KEY_CAP = 512;

export class ByteMap<V> {
  readonly #most: number;
  readonly #seed = Math.floor(Math.random() * 2 ** 31);
  readonly #words = new ByteWords();
  #young: Generation<V>;
  #old: Generation<V> | null = null;

  /** @param most entries of one generation, a power of two; at most twice as many are kept */
  constructor(most: number) {
    this.#most = most;
    this.#young = new Generation(Math.min(most, FIRST_CAPACITY));
  }

  /** @param salt tells apart equal keys of different origin; 0 to 2^31 - 1 */
  get(bytes: Buffer, from: number, to: number, salt = 0): V | undefined {
    const view = this.#words.of(bytes);
    const end = Math.min(to, from + KEY_CAP);
    const hash = this.#hash(view, from, end, salt);
    const value = this.#young.get(view, from, end, hash, salt);
    if (value !== undefined || this.#old === null) return value;
    const aged = this.#old.take(view, from, end, hash, salt);
    if (aged !== undefined) this.#insert(view, from, end, hash, salt, aged);
    return aged;
  }

  set(bytes: Buffer, from: number, to: number, value: V, salt = 0): void {
    const view = this.#words.of(bytes);
    const end = Math.min(to, from + KEY_CAP);
    const hash = this.#hash(view, from, end, salt);
    this.#old?.take(view, from, end, hash, salt);
    this.#insert(view, from, end, hash, salt, value);
  }

  /** Gives the value and forgets it. */
  take(bytes: Buffer, from: number, to: number, salt = 0): V | undefined {
    const view = this.#words.of(bytes);
    const end = Math.min(to, from + KEY_CAP);
    const hash = this.#hash(view, from, end, salt);
    return this.#young.take(view, from, end, hash, salt) ?? this.#old?.take(view, from, end, hash, salt);
  }

  #insert(view: DataView, from: number, to: number, hash: number, salt: number, value: V): void {
    if (!this.#young.hasRoom(to - from)) this.#makeRoom();
    this.#young.set(view, from, to, hash, salt, value);
  }

  #makeRoom(): void {
    const full = this.#young;
    const crowded = full.live * 2 > full.capacity;
    if (crowded && full.capacity >= this.#most) {
      const forgotten = this.#old;
      this.#old = full;
      this.#young = forgotten ?? new Generation(this.#most);
      this.#young.clear();
      return;
    }
    // Where few are left, long keys have used up the arena.
    this.#young = new Generation(crowded ? full.capacity * 2 : full.capacity);
    full.copyTo(this.#young);
  }

  #hash(view: DataView, from: number, to: number, salt: number): number {
    return hashWords(view, from, to, this.#seed ^ Math.imul(salt, 0x85ebca6b));
  }
}

/** An entry is five numbers beside each other: hash, salt, where its key begins in the arena, how long it is, its room there. */
const ENTRY = 5;

class Generation<V> {
  readonly capacity: number;
  /** Entries that were taken, to be used again, and how many they are. */
  readonly #free: Int32Array;
  #freeCount = 0;
  /** Entries that are in use or free. */
  #count = 0;
  #used = 0;
  /** Place -> entry + 1; 0 is an empty place. */
  readonly #places: Int32Array;
  readonly #entries: Int32Array;
  readonly #arena: DataView;
  readonly #values: (V | undefined)[];

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#free = new Int32Array(capacity);
    this.#places = new Int32Array(capacity * 2);
    this.#entries = new Int32Array(capacity * ENTRY);
    this.#arena = new DataView(new ArrayBuffer(capacity * KEY_ROOM + KEY_CAP));
    this.#values = new Array(capacity).fill(undefined);
  }

  get live(): number {
    return this.#count - this.#freeCount;
  }

  clear(): void {
    this.#places.fill(0);
    this.#values.fill(undefined);
    this.#freeCount = 0;
    this.#count = 0;
    this.#used = 0;
  }

  hasRoom(keyLength: number): boolean {
    return this.#fitsFree(keyLength) || (this.#count < this.capacity && this.#used + keyLength <= this.#arena.byteLength);
  }

  get(view: DataView, from: number, to: number, hash: number, salt: number): V | undefined {
    const place = this.#find(view, from, to, hash, salt);
    return place < 0 ? undefined : this.#values[(this.#places[place] as number) - 1];
  }

  set(view: DataView, from: number, to: number, hash: number, salt: number, value: V): void {
    const found = this.#find(view, from, to, hash, salt);
    if (found >= 0) {
      this.#values[(this.#places[found] as number) - 1] = value;
      return;
    }
    const place = this.#emptyPlace(hash);
    const entry = this.#newEntry(to - from);
    const at = entry * ENTRY;
    const entries = this.#entries;
    entries[at] = hash;
    entries[at + 1] = salt;
    entries[at + 3] = to - from;
    copyWords(view, from, to, this.#arena, entries[at + 2] as number);
    this.#values[entry] = value;
    this.#places[place] = entry + 1;
  }

  take(view: DataView, from: number, to: number, hash: number, salt: number): V | undefined {
    const place = this.#find(view, from, to, hash, salt);
    if (place < 0) return undefined;
    const value = this.#values[(this.#places[place] as number) - 1];
    this.#remove(place);
    return value;
  }

  copyTo(other: Generation<V>): void {
    const entries = this.#entries;
    for (const place of this.#places) {
      if (place === 0) continue;
      const at = (place - 1) * ENTRY;
      const begin = entries[at + 2] as number;
      const end = begin + (entries[at + 3] as number);
      other.set(this.#arena, begin, end, entries[at] as number, entries[at + 1] as number, this.#values[place - 1] as V);
    }
  }

  /** @returns the place of the key, or -1 */
  #find(view: DataView, from: number, to: number, hash: number, salt: number): number {
    const places = this.#places;
    const entries = this.#entries;
    const mask = places.length - 1;
    for (let probe = 0, place = hash & mask; probe < PROBES; probe += 1, place = (place + 1) & mask) {
      const at = ((places[place] as number) - 1) * ENTRY;
      if (at < 0) return -1;
      if (entries[at] !== hash || entries[at + 1] !== salt || entries[at + 3] !== to - from) continue;
      if (sameWords(this.#arena, entries[at + 2] as number, view, from, to - from)) return place;
    }
    return -1;
  }

  #fitsFree(keyLength: number): boolean {
    if (this.#freeCount === 0) return false;
    const entry = this.#free[this.#freeCount - 1] as number;
    return keyLength <= (this.#entries[entry * ENTRY + 4] as number);
  }

  #newEntry(keyLength: number): number {
    if (this.#fitsFree(keyLength)) {
      this.#freeCount -= 1;
      return this.#free[this.#freeCount] as number;
    }
    const entry = this.#count;
    this.#count += 1;
    this.#entries[entry * ENTRY + 2] = this.#used;
    this.#entries[entry * ENTRY + 4] = keyLength;
    this.#used += keyLength;
    return entry;
  }

  /** The first free place of the chain; where there is none, the last one's entry is forgotten. */
  #emptyPlace(hash: number): number {
    const places = this.#places;
    const mask = places.length - 1;
    let place = hash & mask;
    for (let probe = 1; probe < PROBES && places[place] !== 0; probe += 1) place = (place + 1) & mask;
    if (places[place] !== 0) this.#forget((places[place] as number) - 1);
    return place;
  }

  #forget(entry: number): void {
    this.#values[entry] = undefined;
    this.#free[this.#freeCount] = entry;
    this.#freeCount += 1;
  }

  /** Those behind it in the chain move up: an empty place ends a chain. None is further than `PROBES` from where it belongs. */
  #remove(place: number): void {
    const places = this.#places;
    const mask = places.length - 1;
    this.#forget((places[place] as number) - 1);
    let hole = place;
    for (let next = (hole + 1) & mask, step = 1; step < PROBES && places[next] !== 0; next = (next + 1) & mask, step += 1) {
      const entry = places[next] as number;
      const home = (this.#entries[(entry - 1) * ENTRY] as number) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      places[hole] = entry;
      hole = next;
      step = 0;
    }
    places[hole] = 0;
  }
}
