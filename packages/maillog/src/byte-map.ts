/**
 * A map from byte strings (queue ids, peers, host names) to values, for which no string has to be made, and which stays small
 * whatever it is fed: entries that were deleted make room first; when that is not enough, those that were not asked for
 * longest are forgotten, a generation at a time.
 *
 * Open addressing over an arena of keys. A chain is followed for `PROBES` places and no further, so a log that was written to
 * make keys collide costs memory of the colliding ones, not time.
 */
import type { Buffer } from "node:buffer";

const PROBES = 32;
const FIRST_CAPACITY = 256;
/** Bytes of the arena per entry, on the average. */
const KEY_ROOM = 32;
/** A longer key is cut: names and addresses are shorter. */
const KEY_CAP = 512;

export class ByteMap<V> {
  readonly #most: number;
  readonly #seed = Math.floor(Math.random() * 2 ** 31);
  #young: Generation<V>;
  #old: Generation<V> | null = null;

  /** @param most entries of one generation, a power of two; at most twice as many are kept */
  constructor(most: number) {
    this.#most = most;
    this.#young = new Generation(Math.min(most, FIRST_CAPACITY));
  }

  /** @param salt tells apart equal keys of different origin; 0 to 2^31 - 1 */
  get(bytes: Buffer, from: number, to: number, salt = 0): V | undefined {
    const end = Math.min(to, from + KEY_CAP);
    const hash = this.#hash(bytes, from, end, salt);
    const value = this.#young.get(bytes, from, end, hash, salt);
    if (value !== undefined || this.#old === null) return value;
    const aged = this.#old.get(bytes, from, end, hash, salt);
    if (aged !== undefined) {
      this.#old.delete(bytes, from, end, hash, salt);
      this.#insert(bytes, from, end, hash, salt, aged);
    }
    return aged;
  }

  set(bytes: Buffer, from: number, to: number, value: V, salt = 0): void {
    const end = Math.min(to, from + KEY_CAP);
    const hash = this.#hash(bytes, from, end, salt);
    this.#old?.delete(bytes, from, end, hash, salt);
    this.#insert(bytes, from, end, hash, salt, value);
  }

  delete(bytes: Buffer, from: number, to: number, salt = 0): void {
    const end = Math.min(to, from + KEY_CAP);
    const hash = this.#hash(bytes, from, end, salt);
    this.#young.delete(bytes, from, end, hash, salt);
    this.#old?.delete(bytes, from, end, hash, salt);
  }

  #insert(bytes: Buffer, from: number, to: number, hash: number, salt: number, value: V): void {
    if (!this.#young.hasRoom(to - from)) this.#makeRoom();
    this.#young.set(bytes, from, to, hash, salt, value);
  }

  #makeRoom(): void {
    const full = this.#young;
    const crowded = full.live * 2 > full.capacity;
    if (crowded && full.capacity >= this.#most) {
      this.#old = full;
      this.#young = new Generation(this.#most);
      return;
    }
    this.#young = new Generation(crowded ? full.capacity * 2 : full.capacity);
    full.copyTo(this.#young);
  }

  /** FNV-1a, then mixed, since the low bits choose the place. */
  #hash(bytes: Buffer, from: number, to: number, salt: number): number {
    let hash = this.#seed ^ salt;
    for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    return hash ^ (hash >>> 13);
  }
}

class Generation<V> {
  readonly capacity: number;
  /** Entries with a value. */
  live = 0;
  #count = 0;
  #used = 0;
  /** Place -> entry + 1; 0 is an empty place. */
  readonly #places: Int32Array;
  readonly #hashes: Int32Array;
  readonly #salts: Int32Array;
  /** Where the key of an entry begins; the next entry's beginning is its end. */
  readonly #begins: Int32Array;
  readonly #arena: Uint8Array;
  readonly #values: (V | undefined)[] = [];

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#places = new Int32Array(capacity * 2);
    this.#hashes = new Int32Array(capacity);
    this.#salts = new Int32Array(capacity);
    this.#begins = new Int32Array(capacity + 1);
    this.#arena = new Uint8Array(capacity * KEY_ROOM + KEY_CAP);
  }

  hasRoom(keyLength: number): boolean {
    return this.#count < this.capacity && this.#used + keyLength <= this.#arena.length;
  }

  get(bytes: Uint8Array, from: number, to: number, hash: number, salt: number): V | undefined {
    const entry = this.#find(bytes, from, to, hash, salt);
    return entry < 0 ? undefined : this.#values[entry];
  }

  set(bytes: Uint8Array, from: number, to: number, hash: number, salt: number, value: V): void {
    const found = this.#find(bytes, from, to, hash, salt);
    if (found >= 0) {
      if (this.#values[found] === undefined) this.live += 1;
      this.#values[found] = value;
      return;
    }
    const entry = this.#count;
    this.#count += 1;
    this.live += 1;
    this.#hashes[entry] = hash;
    this.#salts[entry] = salt;
    this.#values.push(value);
    const arena = this.#arena;
    let used = this.#used;
    for (let at = from; at < to; at += 1, used += 1) arena[used] = bytes[at] as number;
    this.#used = used;
    this.#begins[entry + 1] = used;
    this.#occupy(hash, entry);
  }

  delete(bytes: Uint8Array, from: number, to: number, hash: number, salt: number): void {
    const entry = this.#find(bytes, from, to, hash, salt);
    if (entry < 0 || this.#values[entry] === undefined) return;
    this.#values[entry] = undefined;
    this.live -= 1;
  }

  copyTo(other: Generation<V>): void {
    for (let entry = 0; entry < this.#count; entry += 1) {
      const value = this.#values[entry];
      if (value === undefined) continue;
      const from = this.#begins[entry] as number;
      const to = this.#begins[entry + 1] as number;
      other.set(this.#arena, from, to, this.#hashes[entry] as number, this.#salts[entry] as number, value);
    }
  }

  #find(bytes: Uint8Array, from: number, to: number, hash: number, salt: number): number {
    const places = this.#places;
    const mask = places.length - 1;
    for (let probe = 0, place = hash & mask; probe < PROBES; probe += 1, place = (place + 1) & mask) {
      const entry = (places[place] as number) - 1;
      if (entry < 0) return -1;
      if (this.#hashes[entry] === hash && this.#salts[entry] === salt && this.#hasKey(entry, bytes, from, to)) return entry;
    }
    return -1;
  }

  #hasKey(entry: number, bytes: Uint8Array, from: number, to: number): boolean {
    const begin = this.#begins[entry] as number;
    if ((this.#begins[entry + 1] as number) - begin !== to - from) return false;
    const shift = begin - from;
    for (let at = from; at < to; at += 1) if (this.#arena[at + shift] !== bytes[at]) return false;
    return true;
  }

  /** The first free place of the chain; where there is none, the last one's entry is forgotten. */
  #occupy(hash: number, entry: number): void {
    const places = this.#places;
    const mask = places.length - 1;
    let place = hash & mask;
    for (let probe = 1; probe < PROBES && places[place] !== 0; probe += 1) place = (place + 1) & mask;
    const crowdedOut = (places[place] as number) - 1;
    if (crowdedOut >= 0 && this.#values[crowdedOut] !== undefined) {
      this.#values[crowdedOut] = undefined;
      this.live -= 1;
    }
    places[place] = entry + 1;
  }
}
