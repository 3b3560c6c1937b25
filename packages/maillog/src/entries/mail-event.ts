/**
 * An entry's event as plain data, to keep or to print. Texts become strings here, printable and capped. Of mail addresses only
 * the domains are kept, unless the operator asks for the whole: in reasons and fields too, the local part becomes `…`.
 */
import { type MailEvent, type Peer, printable } from "@mxray/contracts";
import { latin1 } from "../bytes/byte-text.ts";
import { delayOf, delaysOf } from "./entry-delays.ts";
import type { LogEntry } from "./log-entry.ts";
import { NO_HOST } from "./log-entry.ts";
import { namedPeer } from "./log-peer-name.ts";
import { domainIn } from "./mail-domain.ts";

export interface MailEventOptions {
  /** Keep whole mail addresses. */
  readonly addresses?: boolean;
}

const FIELDS_CAP = 40;
const FIELD_TEXT_CAP = 200;
/** Of a delivery record: what the event has in places of their own. */
const KNOWN_FIELDS = new Set(["to", "orig_to", "relay", "delay", "delays", "dsn", "status"]);

/** @param entry with an event @param file "-" for stdin @param line counts from 1 */
export function mailEventOf(entry: LogEntry, file: string, line: number, { addresses = false }: MailEventOptions = {}): MailEvent {
  if (entry.event === null) throw new TypeError("This entry reports no event.");
  const text = (from: number, to: number) =>
    (addresses ? (each: string) => each : withoutLocalParts)(printable(entry.bytes.subarray(from, to)));
  const fields = fieldsOf(entry, addresses);
  return {
    file,
    line,
    time: Number.isNaN(entry.timeMs) ? null : new Date(entry.timeMs).toISOString(),
    host: entry.host === NO_HOST ? null : entry.host.name,
    program: entry.program.tag,
    pid: entry.pid < 0 ? null : entry.pid,
    mta: entry.program.mta,
    queueId: entry.idTo > entry.idFrom ? latin1(entry.bytes, entry.idFrom, entry.idTo) : null,
    event: entry.event,
    direction: entry.direction,
    stage: entry.stage,
    command: entry.command,
    bytes: orNull(entry.received),
    peer: peerOfEntry(entry),
    status: entry.status,
    dsn: entry.dsnTo > entry.dsnFrom ? text(entry.dsnFrom, entry.dsnTo) : null,
    size: orNull(entry.size),
    delay: delayOf(entry),
    delays: delaysOf(entry),
    reason: entry.reasonTo > entry.reasonFrom ? text(entry.reasonFrom, entry.reasonTo) : null,
    ...(entry.copy ? { copy: true } : {}),
    ...(entry.trouble === null ? {} : { trouble: entry.trouble }),
    ...(fields === null ? {} : { fields }),
  };
}

function peerOfEntry({ peer, unreadPeerFrom, bytes, textTo }: LogEntry): Peer | null {
  if (peer !== null || unreadPeerFrom === 0) return peer?.peer ?? null;
  return namedPeer(printable(bytes.subarray(unreadPeerFrom, textTo), 400).split(" ", 1)[0] ?? "")?.peer ?? null;
}

function orNull(value: number): number | null {
  return value < 0 ? null : value;
}

/** `bob@example.test` becomes `…@example.test`; a local part of more than 64 octets is none (RFC 5321 §4.5.3.1.1). */
export function withoutLocalParts(text: string): string {
  return text.includes("@") ? text.replace(/(?:"[^"@]{1,62}"|[^\s<>"'@(),:;[\]=]{1,64})@/g, "…@") : text;
}

function fieldsOf(entry: LogEntry, addresses: boolean): Record<string, string> | null {
  const fields: Record<string, string> = {};
  const sender =
    entry.event === "queue-active" ? domainIn(entry.bytes, entry.senderFrom, entry.senderTo) : (entry.message?.senderDomain ?? null);
  const recipient = domainIn(entry.bytes, entry.recipientFrom, entry.recipientTo);
  if (sender !== null) fields.sender_domain = sender;
  if (recipient !== null) fields.recipient_domain = recipient;
  if (addresses) {
    if (entry.senderTo > entry.senderFrom) fields.from = printable(entry.bytes.subarray(entry.senderFrom, entry.senderTo), FIELD_TEXT_CAP);
    if (entry.recipientTo > entry.recipientFrom)
      fields.to = printable(entry.bytes.subarray(entry.recipientFrom, entry.recipientTo), FIELD_TEXT_CAP);
  }
  if (entry.recipients >= 0) fields.nrcpt = String(entry.recipients);
  const pairs = entry.fieldsTo <= entry.fieldsFrom ? "" : printable(entry.bytes.subarray(entry.fieldsFrom, entry.fieldsTo));
  for (const pair of pairs.split(/,? /, FIELDS_CAP)) {
    const equals = pair.indexOf("=");
    const key = pair.slice(0, equals);
    if (equals < 1 || KNOWN_FIELDS.has(key) || !/^[A-Za-z][A-Za-z0-9_-]{0,40}$/.test(key)) continue;
    const value = pair.slice(equals + 1, equals + 1 + FIELD_TEXT_CAP);
    fields[key] = addresses ? value : withoutLocalParts(value);
  }
  return Object.keys(fields).length === 0 ? null : fields;
}
