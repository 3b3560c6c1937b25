/** A set of ASCII words that a text may begin with, found by the first byte: no string is made. */
import type { Buffer } from "node:buffer";
import { asciiBytes, startsWith } from "./byte-text.ts";

export class ByteOpenings {
  readonly #byInitial: (Uint8Array[] | undefined)[] = new Array(256);

  constructor(words: readonly string[]) {
    for (const word of words) {
      const bytes = asciiBytes(word);
      const initial = bytes[0] ?? 0;
      this.#byInitial[initial] = [...(this.#byInitial[initial] ?? []), bytes];
    }
  }

  /** Whether the text from `from` to `to` begins with one of the words. */
  begin(bytes: Buffer, from: number, to: number): boolean {
    const words = this.#byInitial[bytes[from] ?? 0];
    if (words === undefined) return false;
    for (const word of words) if (startsWith(bytes, from, to, word)) return true;
    return false;
  }
}
