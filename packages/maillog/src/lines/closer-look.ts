/**
 * Which lines are worth reading token by token (`readLoosePrefix`). In a system's log most lines are other programs', so the first
 * test needs no string: it looks for signs that are rare in other lines, four bytes at a time.
 */
import type { Buffer } from "node:buffer";
import { asciiBytes, COLON, isDigit, latin1, SPACE } from "../bytes/byte-text.ts";

/** All that may precede a tag is within so many bytes. */
const PREFIX_CAP = 512;

const WORTH_A_LOOK =
  /postfix|sendmail|sm-[a-z]|exim|^[^A-Za-z0-9]*(?:(?:\d{1,9}:)?\d{4}-\d\d-\d\d |connect|conv|lost|timeout|too many|disconnect|host |SSL_|NOQUEUE|enabling|Cannot|[0-9A-Za-z]{6,24}: )|\|[ \t]+\d{4}-/i;

const WORD = 4;
const HYPHEN = 45;
const BAR = 124;
const TAB = 9;
/** The bit that small letters have and capital ones have not. */
const CASE = 32;
const [A = 0, D, E, I, S, T, X] = asciiBytes("adeistx");

/** How a message without a tag begins, in small letters (`WORTH_A_LOOK`). */
const INITIALS = flags((byte) => asciiBytes("cltdhsne").includes(byte));
const ALPHANUMERIC = flags((byte) => /[0-9A-Za-z]/.test(String.fromCharCode(byte)));
const SHORTEST_ID = 6;

/** @param view of the same bytes @returns the beginning of the line, one character a byte; null for what is not worth a look */
export function closerLook(bytes: Buffer, view: DataView, from: number, to: number): string | null {
  const end = Math.min(to, from + PREFIX_CAP);
  if (!hasSign(bytes, view, from, end) && !mayBeginMessage(bytes, from, end)) return null;
  const text = latin1(bytes, from, end);
  return WORTH_A_LOOK.test(text) ? text : null;
}

/** Each sign is around an `x` (postfix, exim), an `m` (sendmail, sm-mta) or a bar (behind a container's name). */
function hasSign(bytes: Buffer, view: DataView, from: number, to: number): boolean {
  const last = to - WORD;
  for (let at = from; at < last + WORD; at += WORD) {
    const begin = Math.min(at, last);
    if (begin < from) return false;
    const word = view.getInt32(begin, true);
    // `x` and the bar differ from each other, and from what they are compared with, by 0x20 and 0x04 only; `m` and `M` by 0x20.
    const xOrBar = (word | 0x24242424) ^ 0x7c7c7c7c;
    const m = (word | 0x20202020) ^ 0x6d6d6d6d;
    // Whether a byte is 0 (or 1, behind one that is 0).
    if ((((xOrBar - 0x01010101) & ~xOrBar) | ((m - 0x01010101) & ~m)) & 0x80808080)
      for (let index = begin; index < begin + WORD; index += 1) if (isSign(bytes, index)) return true;
  }
  return false;
}

function isSign(bytes: Buffer, at: number): boolean {
  const after = bytes[at + 1] as number;
  if (bytes[at] === BAR) return after === SPACE || after === TAB;
  const before = (bytes[at - 1] as number) | CASE;
  const here = (bytes[at] as number) | CASE;
  if (here === X) return before === I || (before === E && (after | CASE) === I);
  return before === D ? (after | CASE) === A : before === S && after === HYPHEN;
}

/** With a word, a queue id or a date of Exim's; other dates begin with a month, whose name has a blank behind it. */
function mayBeginMessage(bytes: Buffer, from: number, to: number): boolean {
  let at = from;
  while (at < to && ALPHANUMERIC[bytes[at] as number] === 0) at += 1;
  at = behindLineNumber(bytes, at, to);
  if (bytes[at + 4] === HYPHEN) return bytes[at + 10] === SPACE;
  const initial = (bytes[at] as number) | CASE;
  if (INITIALS[initial] === 1 && (initial === T || bytes[at + 3] !== SPACE)) return true;
  const begin = at;
  while (at < to && ALPHANUMERIC[bytes[at] as number] === 1) at += 1;
  return at - begin >= SHORTEST_ID && bytes[at] === COLON;
}

/** Behind `17:`, as grep writes it. */
function behindLineNumber(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && isDigit(bytes[at])) at += 1;
  return at > from && bytes[at] === COLON && isDigit(bytes[at + 1]) ? at + 1 : from;
}

function flags(wanted: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (wanted(byte) ? 1 : 0));
}
