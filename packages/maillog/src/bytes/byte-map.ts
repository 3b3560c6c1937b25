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

/** At half load the longest chain of 2^17 places is of some 60: what is forgotten for want of a place was made to collide. */
const PROBES = 128;
const FIRST_CAPACITY = 256;
/** Bytes of keys per entry, on the average. */
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
    const crowded = full.isCrowded;
    if (crowded && full.capacity >= this.#most) {
      const forgotten = this.#old;
      this.#old = full;
      this.#young = forgotten ?? new Generation(this.#most);
      this.#young.clear();
      return;
    }
    // Few are left: what was taken used up the arena.
    this.#young = new Generation(crowded ? full.capacity * 2 : full.capacity);
    full.copyTo(this.#young);
  }

  #hash(view: DataView, from: number, to: number, salt: number): number {
    return hashWords(view, from, to, this.#seed ^ Math.imul(salt, 0x85ebca6b));
  }
}

/**
 * An entry of the arena: hash, salt, length of its key, room for one, number of its value, and the key: what a look-up compares
 * lies beside each other. Indices are of 32-bit words.
 */
const SALT = 1;
const LENGTH = 2;
const ROOM = 3;
const VALUE = 4;
const KEY = 5;
const HEAD_BYTES = KEY * 4;

class Generation<V> {
  readonly capacity: number;
  /** Place -> where its entry begins in the arena; 0 is an empty place. */
  readonly #places: Int32Array;
  readonly #arena: Int32Array;
  /** The same, as bytes. */
  readonly #bytes: DataView;
  readonly #values: (V | undefined)[];
  /** Entries that were taken, to be used again, and how many they are. */
  readonly #free: Int32Array;
  #freeCount = 0;
  /** Entries that are in use or free. */
  #count = 0;
  /** Words of the arena; the first begins no entry. */
  #used = 1;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#places = new Int32Array(capacity * 2);
    this.#arena = new Int32Array((capacity * (HEAD_BYTES + KEY_ROOM) + KEY_CAP) / 4);
    this.#bytes = new DataView(this.#arena.buffer);
    this.#values = new Array(capacity).fill(undefined);
    this.#free = new Int32Array(capacity);
  }

  /** What is not taken fills more than half of it, be it by number or by long keys. */
  get isCrowded(): boolean {
    if ((this.#count - this.#freeCount) * 2 > this.capacity) return true;
    let words = 0;
    for (const entry of this.#places) if (entry !== 0) words += wordsOf(this.#arena[entry + LENGTH] as number);
    return words * 2 > this.#arena.length;
  }

  clear(): void {
    this.#places.fill(0);
    this.#values.fill(undefined);
    this.#freeCount = 0;
    this.#count = 0;
    this.#used = 1;
  }

  hasRoom(keyLength: number): boolean {
    return this.#fitsFree(keyLength) || (this.#count < this.capacity && this.#used + wordsOf(keyLength) <= this.#arena.length);
  }

  get(view: DataView, from: number, to: number, hash: number, salt: number): V | undefined {
    const place = this.#find(view, from, to, hash, salt);
    return place < 0 ? undefined : this.#valueAt(place);
  }

  set(view: DataView, from: number, to: number, hash: number, salt: number, value: V): void {
    const found = this.#find(view, from, to, hash, salt);
    if (found >= 0) {
      this.#values[this.#arena[(this.#places[found] as number) + VALUE] as number] = value;
      return;
    }
    // While there is the room that was looked for: what is forgotten for a place may be too small for this key.
    const entry = this.#newEntry(to - from);
    const place = this.#emptyPlace(hash);
    const arena = this.#arena;
    arena[entry] = hash;
    arena[entry + SALT] = salt;
    arena[entry + LENGTH] = to - from;
    copyWords(view, from, to, this.#bytes, (entry + KEY) * 4);
    this.#values[arena[entry + VALUE] as number] = value;
    this.#places[place] = entry;
  }

  take(view: DataView, from: number, to: number, hash: number, salt: number): V | undefined {
    const place = this.#find(view, from, to, hash, salt);
    if (place < 0) return undefined;
    const value = this.#valueAt(place);
    this.#remove(place);
    return value;
  }

  copyTo(other: Generation<V>): void {
    const arena = this.#arena;
    for (let place = 0; place < this.#places.length; place += 1) {
      const entry = this.#places[place] as number;
      if (entry === 0) continue;
      const begin = (entry + KEY) * 4;
      const end = begin + (arena[entry + LENGTH] as number);
      other.set(this.#bytes, begin, end, arena[entry] as number, arena[entry + SALT] as number, this.#valueAt(place) as V);
    }
  }

  /** @returns the place of the key, or -1 */
  #find(view: DataView, from: number, to: number, hash: number, salt: number): number {
    const places = this.#places;
    const arena = this.#arena;
    const mask = places.length - 1;
    for (let probe = 0, place = hash & mask; probe < PROBES; probe += 1, place = (place + 1) & mask) {
      const entry = places[place] as number;
      if (entry === 0) return -1;
      if (arena[entry] !== hash || arena[entry + SALT] !== salt || arena[entry + LENGTH] !== to - from) continue;
      if (sameWords(this.#bytes, (entry + KEY) * 4, view, from, to - from)) return place;
    }
    return -1;
  }

  #valueAt(place: number): V | undefined {
    return this.#values[this.#arena[(this.#places[place] as number) + VALUE] as number];
  }

  #fitsFree(keyLength: number): boolean {
    if (this.#freeCount === 0) return false;
    const entry = this.#free[this.#freeCount - 1] as number;
    return keyLength <= (this.#arena[entry + ROOM] as number);
  }

  #newEntry(keyLength: number): number {
    if (this.#fitsFree(keyLength)) {
      this.#freeCount -= 1;
      return this.#free[this.#freeCount] as number;
    }
    const entry = this.#used;
    this.#used += wordsOf(keyLength);
    this.#arena[entry + ROOM] = (wordsOf(keyLength) - KEY) * 4;
    this.#arena[entry + VALUE] = this.#count;
    this.#count += 1;
    return entry;
  }

  /** The first free place of the chain; where there is none, the last one's entry is forgotten. */
  #emptyPlace(hash: number): number {
    const places = this.#places;
    const mask = places.length - 1;
    let place = hash & mask;
    for (let probe = 1; probe < PROBES && places[place] !== 0; probe += 1) place = (place + 1) & mask;
    if (places[place] !== 0) this.#forget(places[place] as number);
    return place;
  }

  #forget(entry: number): void {
    this.#values[this.#arena[entry + VALUE] as number] = undefined;
    this.#free[this.#freeCount] = entry;
    this.#freeCount += 1;
  }

  /** Those behind it in the chain move up: an empty place ends a chain. None is further than `PROBES` from where it belongs. */
  #remove(place: number): void {
    const places = this.#places;
    const mask = places.length - 1;
    this.#forget(places[place] as number);
    let hole = place;
    for (let next = (hole + 1) & mask, step = 1; step < PROBES && places[next] !== 0; next = (next + 1) & mask, step += 1) {
      const entry = places[next] as number;
      const home = (this.#arena[entry] as number) & mask;
      if (((next - home) & mask) < step) continue;
      places[hole] = entry;
      hole = next;
      step = 0;
    }
    places[hole] = 0;
  }
}

/** Of an entry with such a key. */
function wordsOf(keyLength: number): number {
  return KEY + ((keyLength + 3) >> 2);
}
