/**
 * Bytes of a log four at a time: hashing and comparing names, ids and stamps so costs a quarter of what it costs byte by byte.
 * All ranges lie inside the buffer; a word may begin at any byte.
 */
import type { Buffer } from "node:buffer";

const WORD = 4;

/** The words of one buffer after another: chunks are read into the same two in turn. */
export class ByteWords {
  #bytes: Buffer | null = null;
  #view: DataView = new DataView(new ArrayBuffer(0));

  of(bytes: Buffer): DataView {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.#view;
  }
}

/** FNV-1a over words, the last one overlapping the one before; then mixed, since the low bits choose a place. */
export function hashWords(view: DataView, from: number, to: number, seed: number): number {
  let hash = Math.imul(seed ^ (to - from), 0x9e3779b1);
  if (to - from < WORD) {
    for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ view.getUint8(at), 0x01000193);
  } else {
    const last = to - WORD;
    for (let at = from; at < last; at += WORD) {
      hash = Math.imul(hash ^ view.getInt32(at, true), 0x01000193);
      hash ^= hash >>> 17;
    }
    hash = Math.imul(hash ^ view.getInt32(last, true), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

/** Whether `length` bytes are the same, the last ones first: stamps, ids and names differ at their end. */
export function sameWords(a: DataView, aFrom: number, b: DataView, bFrom: number, length: number): boolean {
  let at = length - WORD;
  if (at < 0) {
    for (let index = 0; index < length; index += 1) if (a.getUint8(aFrom + index) !== b.getUint8(bFrom + index)) return false;
    return true;
  }
  for (; at > 0; at -= WORD) if (a.getInt32(aFrom + at, true) !== b.getInt32(bFrom + at, true)) return false;
  return a.getInt32(aFrom, true) === b.getInt32(bFrom, true);
}

export function copyWords(source: DataView, from: number, to: number, target: DataView, targetFrom: number): void {
  const length = to - from;
  let at = 0;
  for (const last = length - WORD; at <= last; at += WORD) target.setInt32(targetFrom + at, source.getInt32(from + at, true), true);
  for (; at < length; at += 1) target.setUint8(targetFrom + at, source.getUint8(from + at));
}
