/** Plain text inside bytes: comparing and searching without making strings. All ranges are [from, to). */
import type { Buffer } from "node:buffer";

export const SPACE = 32;
export const COLON = 58;

/** ASCII text as bytes, to look for. */
export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function startsWith(bytes: Buffer, from: number, to: number, text: Uint8Array): boolean {
  const length = text.length;
  if (to - from < length) return false;
  for (let index = 0; index < length; index += 1) if (bytes[from + index] !== text[index]) return false;
  return true;
}

/** Where `text` begins, or -1. For short needles: each place is tried. */
export function indexOfText(bytes: Buffer, from: number, to: number, text: Uint8Array): number {
  const first = text[0];
  for (let at = from, last = to - text.length; at <= last; at += 1) {
    if (bytes[at] === first && startsWith(bytes, at, to, text)) return at;
  }
  return -1;
}

/** Where the byte is, or `to`. */
export function indexOfByte(bytes: Buffer, from: number, to: number, byte: number): number {
  let at = from;
  while (at < to && bytes[at] !== byte) at += 1;
  return at;
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

/** The digits from `from` on as a number, at most 15 of them; -1 where there is none. */
export function numberAt(bytes: Buffer, from: number, to: number): number {
  let value = -1;
  const end = Math.min(to, from + 15);
  for (let at = from; at < end; at += 1) {
    const digit = (bytes[at] as number) - 48;
    if (digit < 0 || digit > 9) break;
    value = value < 0 ? digit : value * 10 + digit;
  }
  return value;
}

/** One byte, one character: for text that is compared with ASCII, never for what is shown. */
export function latin1(bytes: Buffer, from: number, to: number): string {
  return bytes.toString("latin1", from, to);
}
