/** What some systems put in front of a line or of its words: marks, colours, priorities, facilities, a container's name. */
import type { Buffer } from "node:buffer";
import { COLON, indexOfByte, isDigit, latin1, SPACE } from "../bytes/byte-text.ts";

const LEVELS = new Set("DEBUG INFO NOTICE WARN WARNING ERROR CRIT CRITICAL FATAL ALERT EMERG PANIC TRACE".split(" "));
const OPEN = 91;
const CLOSE = 93;
const QUOTE = 34;
const BACKSLASH = 92;
const VERSION_1 = 49;
const LESS = 60;
const GREATER = 62;
const BAR = 124;
const ESCAPE = 27;
const LOWER_M = 109;
/** A container's name and its padding are no longer. */
const CONTAINER_CAP = 120;

export function skipSpaces(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] === SPACE) at += 1;
  return at;
}

/** Where the word ends: at a space, at a bracket, or at a colon that ends it. */
export function wordEnd(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const byte = bytes[at];
    if (byte === SPACE || byte === OPEN || (byte === COLON && (at + 1 >= to || bytes[at + 1] === SPACE))) break;
    at += 1;
  }
  return at;
}

/** Some images write a level in place of the host. */
export function isLevel(bytes: Buffer, from: number, to: number): boolean {
  return to - from <= 8 && to - from >= 4 && LEVELS.has(latin1(bytes, from, to));
}

/** A byte order mark, `<22>` of the syslog protocol, colours. */
export function skipDecoration(bytes: Buffer, from: number, to: number): number {
  let at = from;
  if (bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3;
  while (at < to && bytes[at] === ESCAPE) at = Math.min(to, indexOfByte(bytes, at, Math.min(to, at + 16), LOWER_M) + 1);
  if (bytes[at] === LESS && isDigit(bytes[at + 1])) {
    const end = indexOfByte(bytes, at, Math.min(to, at + 5), GREATER);
    if (bytes[end] === GREATER) return end + 1;
  }
  return at;
}

/** Behind `<22>1 `, as lines of RFC 5424 begin, or -1. @param from behind the priority, if there is one */
export function afterProtocolVersion(bytes: Buffer, from: number, to: number): number {
  return from + 1 < to && bytes[from - 1] === GREATER && bytes[from] === VERSION_1 && bytes[from + 1] === SPACE ? from + 2 : -1;
}

/** Behind the structured data of RFC 5424: `-`, or elements `[id name="value"]`, in whose values a backslash quotes. */
export function skipStructuredData(bytes: Buffer, from: number, to: number): number {
  if (bytes[from] !== OPEN) return Math.min(to, indexOfByte(bytes, from, to, SPACE));
  let at = from;
  let quoted = false;
  for (; at < to; at += 1) {
    const byte = bytes[at];
    if (byte === BACKSLASH) at += 1;
    else if (byte === QUOTE) quoted = !quoted;
    else if (byte === SPACE && !quoted && bytes[at - 1] === CLOSE) break;
  }
  return Math.min(at, to);
}

/** `<mail.info> `, as FreeBSD's syslogd -v writes it. */
export function skipFacility(bytes: Buffer, from: number, to: number): number {
  if (bytes[from] !== LESS) return from;
  const end = indexOfByte(bytes, from, Math.min(to, from + 32), GREATER);
  return bytes[end] === GREATER ? skipSpaces(bytes, end + 1, to) : from;
}

/** Behind `postfix-1    | `, or -1. */
export function afterContainerName(bytes: Buffer, from: number, to: number): number {
  const cap = Math.min(to, from + CONTAINER_CAP);
  const bar = indexOfByte(bytes, from, cap, BAR);
  if (bar >= cap || bytes[bar - 1] !== SPACE) return -1;
  return skipSpaces(bytes, skipDecoration(bytes, skipSpaces(bytes, bar + 1, to), to), to);
}
