/** The domain of a mail address in a log line: all that is kept of it by default. */
import type { Buffer } from "node:buffer";
import { printable } from "@mxray/contracts";

const AT = 64;
const GREATER = 62;

/** Of an address as logged, lower case; null for the null sender and for what has none. */
export function domainIn(bytes: Buffer, from: number, to: number): string | null {
  let at = to - 1;
  while (at >= from && bytes[at] !== AT) at -= 1;
  if (at < from) return null;
  const end = bytes[to - 1] === GREATER ? to - 1 : to;
  return end - at <= 1 ? null : printable(bytes.subarray(at + 1, end), 255).toLowerCase();
}
