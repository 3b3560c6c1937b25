/** Lines of qmgr: a message taken up (`from=<S>, size=N, nrcpt=N (queue active)`), expired, removed. */
import type { Buffer } from "node:buffer";
import { asciiBytes, indexOfText, numberAt, startsWith } from "../../bytes/byte-text.ts";
import type { LogEntry } from "../../entries/log-entry.ts";
import type { PeerNames } from "../../entries/log-peer-name.ts";
import { readDeliveryRecord } from "./delivery-record.ts";

const FROM = asciiBytes("from=<");
const TO = asciiBytes("to=<");
const SIZE = asciiBytes(">, size=");
const STATUS = asciiBytes(">, status=");
const EXPIRED = asciiBytes("expired");
const FORCE_EXPIRED = asciiBytes("force-expired");
const RECIPIENTS = asciiBytes(", nrcpt=");
const REMOVED = asciiBytes("removed");

/** @param from behind the queue id */
export function readQueueManagerLine(entry: LogEntry, from: number, peers: PeerNames): void {
  const { bytes, textTo } = entry;
  if (startsWith(bytes, from, textTo, REMOVED)) entry.note = "removed";
  else if (startsWith(bytes, from, textTo, FROM)) readSender(entry, bytes, from + FROM.length);
  else if (startsWith(bytes, from, textTo, TO)) readDeliveryRecord(entry, from, peers);
}

function readSender(entry: LogEntry, bytes: Buffer, from: number): void {
  const { textTo } = entry;
  entry.senderFrom = from;
  const size = indexOfText(bytes, from, textTo, SIZE);
  if (size !== -1) {
    const number = size + SIZE.length;
    entry.event = "queue-active";
    entry.senderTo = size;
    entry.size = numberAt(bytes, number, textTo);
    const recipients = indexOfText(bytes, number, textTo, RECIPIENTS);
    if (recipients !== -1) entry.recipients = numberAt(bytes, recipients + RECIPIENTS.length, textTo);
    return;
  }
  const status = indexOfText(bytes, from, textTo, STATUS);
  if (status === -1) return;
  entry.senderTo = status;
  const word = status + STATUS.length;
  if (!startsWith(bytes, word, textTo, EXPIRED) && !startsWith(bytes, word, textTo, FORCE_EXPIRED)) return;
  entry.event = "delivery";
  entry.status = "expired";
  entry.reasonFrom = word;
  entry.reasonTo = textTo;
}
