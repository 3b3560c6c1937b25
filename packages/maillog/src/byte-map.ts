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
  /** Of the capacity of `#young`, to be used again. */
  #spare: Generation<V> | null = null;

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
    const aged = this.#old.take(bytes, from, end, hash, salt);
    if (aged !== undefined) this.#insert(bytes, from, end, hash, salt, aged);
    return aged;
  }

  set(bytes: Buffer, from: number, to: number, value: V, salt = 0): void {
    const end = Math.min(to, from + KEY_CAP);
    const hash = this.#hash(bytes, from, end, salt);
    this.#old?.take(bytes, from, end, hash, salt);
    this.#insert(bytes, from, end, hash, salt, value);
  }

  /** Gives the value and forgets it. */
  take(bytes: Buffer, from: number, to: number, salt = 0): V | undefined {
    const end = Math.min(to, from + KEY_CAP);
    const hash = this.#hash(bytes, from, end, salt);
    return this.#young.take(bytes, from, end, hash, salt) ?? this.#old?.take(bytes, from, end, hash, salt);
  }

  #insert(bytes: Buffer, from: number, to: number, hash: number, salt: number, value: V): void {
    if (!this.#young.hasRoom(to - from)) this.#makeRoom();
    this.#young.set(bytes, from, to, hash, salt, value);
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
    // What was deleted makes room: the tables are used in turn.
    const other = crowded ? null : this.#spare;
    this.#young = other ?? new Generation(crowded ? full.capacity * 2 : full.capacity);
    this.#young.clear();
    full.copyTo(this.#young);
    this.#spare = crowded ? null : full;
  }

  /** FNV-1a over four bytes at a time, then mixed, since the low bits choose the place. */
  #hash(bytes: Buffer, from: number, to: number, salt: number): number {
    let hash = this.#seed ^ Math.imul(salt, 0x9e3779b1);
    let at = from;
    for (const last = to - 3; at < last; at += 4) {
      const four =
        (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
      hash = Math.imul(hash ^ four, 0x01000193);
      hash ^= hash >>> 17;
    }
    for (; at < to; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    return hash ^ (hash >>> 13);
  }
}

/** An entry is four numbers beside each other: hash, salt, where its key begins in the arena, how long it is. */
const ENTRY = 4;

class Generation<V> {
  readonly capacity: number;
  /** Entries with a value. */
  live = 0;
  #count = 0;
  #used = 0;
  /** Place -> entry + 1; 0 is an empty place. */
  readonly #places: Int32Array;
  readonly #entries: Int32Array;
  readonly #arena: Uint8Array;
  readonly #values: (V | undefined)[];

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#places = new Int32Array(capacity * 2);
    this.#entries = new Int32Array(capacity * ENTRY);
    this.#arena = new Uint8Array(capacity * KEY_ROOM + KEY_CAP);
    this.#values = new Array(capacity).fill(undefined);
  }

  clear(): void {
    this.#places.fill(0);
    this.#values.fill(undefined);
    this.live = 0;
    this.#count = 0;
    this.#used = 0;
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
    this.#values[entry] = value;
    const at = entry * ENTRY;
    this.#entries[at] = hash;
    this.#entries[at + 1] = salt;
    this.#entries[at + 2] = this.#used;
    this.#entries[at + 3] = to - from;
    const arena = this.#arena;
    let used = this.#used;
    for (let index = from; index < to; index += 1, used += 1) arena[used] = bytes[index] as number;
    this.#used = used;
    this.#occupy(hash, entry);
  }

  take(bytes: Uint8Array, from: number, to: number, hash: number, salt: number): V | undefined {
    const entry = this.#find(bytes, from, to, hash, salt);
    if (entry < 0) return undefined;
    const value = this.#values[entry];
    if (value !== undefined) this.live -= 1;
    this.#values[entry] = undefined;
    return value;
  }

  copyTo(other: Generation<V>): void {
    const entries = this.#entries;
    for (let entry = 0; entry < this.#count; entry += 1) {
      const value = this.#values[entry];
      if (value === undefined) continue;
      const at = entry * ENTRY;
      const begin = entries[at + 2] as number;
      other.set(this.#arena, begin, begin + (entries[at + 3] as number), entries[at] as number, entries[at + 1] as number, value);
    }
  }

  #find(bytes: Uint8Array, from: number, to: number, hash: number, salt: number): number {
    const places = this.#places;
    const entries = this.#entries;
    const mask = places.length - 1;
    for (let probe = 0, place = hash & mask; probe < PROBES; probe += 1, place = (place + 1) & mask) {
      const entry = (places[place] as number) - 1;
      if (entry < 0) return -1;
      const at = entry * ENTRY;
      if (entries[at] !== hash || entries[at + 1] !== salt || entries[at + 3] !== to - from) continue;
      if (hasBytes(this.#arena, entries[at + 2] as number, bytes, from, to)) return entry;
    }
    return -1;
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

function hasBytes(arena: Uint8Array, begin: number, bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from, other = begin; at < to; at += 1, other += 1) if (arena[other] !== bytes[at]) return false;
  return true;
}
