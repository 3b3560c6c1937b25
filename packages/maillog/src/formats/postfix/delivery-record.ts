/**
 * `to=<R>[, orig_to=<O>], relay=REL[, conn_use=N], delay=D, delays=a/b/c/d[, tls=T], dsn=X.Y.Z, status=WORD (TEXT)`: what became
 * of one recipient (global/log_adhoc.c). Also the older forms without `dsn` and `delays`; pairs that are not known are kept.
 * Address probes (deliverable, undeliverable) are no deliveries.
 */
import type { Buffer } from "node:buffer";
import type { DeliveryStatus } from "@mxray/contracts";
import { asciiBytes, indexOfByte, latin1, SPACE, startsWith } from "../../bytes/byte-text.ts";
import { delaysOf } from "../../entries/entry-delays.ts";
import type { LogEntry } from "../../entries/log-entry.ts";
import type { PeerNames } from "../../entries/log-peer-name.ts";
import { brokenConversation } from "./conversation.ts";

const SUSPENDED = "delivery temporarily suspended: ";
const RELAY = asciiBytes("relay");
const DELAY = asciiBytes("delay");
const DELAYS = asciiBytes("delays");
const DSN = asciiBytes("dsn");
const STATUS = asciiBytes("status");
const COMMA = 44;
const EQUALS = 61;
const LESS = 60;
const GREATER = 62;
const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_PARENTHESIS = 40;
const CLOSE_PARENTHESIS = 41;
const LOWER_D = 100;
const LOWER_R = 114;
const LOWER_S = 115;
const UPPER_S = 83;
const LOWER_B = 98;
const LOWER_E = 101;
const LOWER_F = 102;
const LONGEST_REASON = 2000;

/** @param from at `to=`; some versions and relays of logs write the address without brackets */
export function readDeliveryRecord(entry: LogEntry, from: number, peers: PeerNames): void {
  const { bytes, textTo } = entry;
  let at = from;
  let first = true;
  while (at < textTo) {
    const equals = indexOfByte(bytes, at, textTo, EQUALS);
    const value = equals + 1;
    if (value >= textTo) return;
    if (isKey(bytes, at, equals, STATUS)) {
      readStatus(entry, value, peers);
      return;
    }
    let end: number;
    if (first) {
      const brackets = bytes[value] === LESS ? 1 : 0;
      end = brackets === 1 ? bracketedEnd(bytes, value, textTo) : valueEnd(bytes, value, textTo);
      entry.recipientFrom = value + brackets;
      entry.recipientTo = Math.max(value + brackets, end - brackets);
      entry.fieldsFrom = end + 2;
      first = false;
    } else if (bytes[at] === LOWER_R && isKey(bytes, at, equals, RELAY)) {
      entry.peer = peers.read(bytes, value, textTo);
      end = entry.peer === null ? valueEnd(bytes, value, textTo) : peers.end;
    } else {
      end = bytes[value] === LESS ? bracketedEnd(bytes, value, textTo) : valueEnd(bytes, value, textTo);
      if (bytes[at] === LOWER_D) readNumbers(entry, at, equals, end);
    }
    at = end + 2;
    entry.fieldsTo = end;
  }
}

function readNumbers(entry: LogEntry, key: number, equals: number, end: number): void {
  const { bytes } = entry;
  const value = equals + 1;
  if (isKey(bytes, key, equals, DELAY)) {
    entry.delayFrom = value;
    entry.delayTo = end;
  } else if (isKey(bytes, key, equals, DELAYS)) {
    entry.delaysFrom = value;
    entry.delaysTo = end;
  } else if (isKey(bytes, key, equals, DSN)) {
    entry.dsnFrom = value;
    entry.dsnTo = end;
  }
}

function isKey(bytes: Buffer, from: number, to: number, key: Uint8Array): boolean {
  return to - from === key.length && startsWith(bytes, from, to, key);
}

/** Behind the `>` that ends an address; one inside a quoted local part does not. */
function bracketedEnd(bytes: Buffer, from: number, to: number): number {
  let at = from + 1;
  if (bytes[at] === QUOTE) {
    for (at += 1; at < to && bytes[at] !== QUOTE; at += 1) if (bytes[at] === BACKSLASH) at += 1;
  }
  while (at < to && !(bytes[at] === GREATER && (at + 1 >= to || bytes[at + 1] === COMMA))) at += 1;
  return Math.min(to, at + 1);
}

function valueEnd(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && !(bytes[at] === COMMA && bytes[at + 1] === SPACE)) at += 1;
  return at;
}

/** @param from behind `status=` */
function readStatus(entry: LogEntry, from: number, peers: PeerNames): void {
  const { bytes } = entry;
  const end = indexOfByte(bytes, from, entry.textTo, SPACE);
  const status = statusOf(bytes, from);
  if (status === null) return;
  entry.event = "delivery";
  entry.status = status;
  if (bytes[end + 1] === OPEN_PARENTHESIS && end + 2 <= entry.textTo) {
    entry.reasonFrom = end + 2;
    entry.reasonTo = Math.max(end + 2, bytes[entry.textTo - 1] === CLOSE_PARENTHESIS ? entry.textTo - 1 : entry.textTo);
  }
  if (status !== "sent") readReason(entry, peers);
  if (entry.peer !== null || entry.copy || entry.program.role === "client") entry.direction = "outbound";
}

/** By as many letters as tell them apart: deferred and deliverable, sent and SOFTBOUNCE. */
function statusOf(bytes: Buffer, from: number): DeliveryStatus | null {
  switch (bytes[from]) {
    case LOWER_S:
      return "sent";
    case LOWER_D:
      return bytes[from + 2] === LOWER_F ? "deferred" : null;
    case UPPER_S:
      return "deferred";
    case LOWER_B:
      return "bounced";
    case LOWER_E:
      return "expired";
    default:
      return null;
  }
}

function readReason(entry: LogEntry, peers: PeerNames): void {
  const text = latin1(entry.bytes, entry.reasonFrom, Math.min(entry.reasonTo, entry.reasonFrom + LONGEST_REASON));
  if (text.startsWith(SUSPENDED)) {
    entry.copy = true;
    return;
  }
  const broken = brokenConversation(text);
  if (broken === null) return;
  entry.failure = broken.failure === "tls-failed" && connectedSlowly(entry) ? "timeout" : broken.failure;
  entry.stage = broken.stage;
  entry.command = broken.command;
  if (entry.peer === null && broken.peerAt >= 0) entry.peer = peers.read(entry.bytes, entry.reasonFrom + broken.peerAt, entry.reasonTo);
}

/** A handshake that fails does so at once; one that took longer than this waited for packets (smtp_starttls_timeout is 300 s). */
const HANDSHAKE_WAITS_S = 60;

function connectedSlowly(entry: LogEntry): boolean {
  return (delaysOf(entry)?.[2] ?? 0) >= HANDSHAKE_WAITS_S;
}
