import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { ByteWords, copyWords, hashWords, sameWords } from "../src/bytes/byte-words.ts";

const LINE = Buffer.from("Jan  5 04:11:22 mx1 postfix/smtpd[9]: 4F2D11B8A0: client=");
const LONGEST = 21;

function ranges(): (readonly [from: number, to: number])[] {
  return Array.from({ length: LINE.length - LONGEST }, (_, from) =>
    Array.from({ length: LONGEST }, (__, length) => [from, from + length] as const),
  ).flat();
}

test("words of any range are copied, hashed and compared as its bytes are", () => {
  const view = new ByteWords().of(LINE);
  const copy = Buffer.alloc(64);
  const copied = new ByteWords().of(copy);
  for (const [from, to] of ranges()) {
    copy.fill(0xee);
    copyWords(view, from, to, copied, 3);
    expect(copy.subarray(3, 3 + to - from).equals(LINE.subarray(from, to))).toBe(true);
    expect(copy[2]).toBe(0xee);
    expect(copy[3 + to - from]).toBe(0xee);
    expect(sameWords(view, from, copied, 3, to - from)).toBe(true);
    expect(hashWords(copied, 3, 3 + to - from, 7)).toBe(hashWords(view, from, to, 7));
  }
});

test("a byte that differs is seen wherever it is, and changes the hash", () => {
  const view = new ByteWords().of(LINE);
  for (let length = 1; length <= LONGEST; length += 1) {
    for (let at = 0; at < length; at += 1) {
      const other = Buffer.from(LINE.subarray(0, length));
      other[at] = (other[at] ?? 0) ^ 0x80;
      const changed = new ByteWords().of(other);
      expect(sameWords(view, 0, changed, 0, length)).toBe(false);
      expect(hashWords(changed, 0, length, 7)).not.toBe(hashWords(view, 0, length, 7));
    }
  }
});

test("one buffer after another has its own words", () => {
  const words = new ByteWords();
  const pooled = Buffer.from("xyz 4F2D11B8A0").subarray(4);
  expect(words.of(LINE).getUint8(0)).toBe(LINE[0]);
  expect(words.of(pooled).getUint8(0)).toBe("4".charCodeAt(0));
  expect(words.of(LINE).getUint8(0)).toBe(LINE[0]);
});
