/**
 * Lines of Postfix, all versions from 2.0 to 3.12, by the process that wrote them. A line that tells no event is no error: most
 * do not.
 */
import { asciiBytes, SPACE, startsWith } from "../../bytes/byte-text.ts";
import { setEvent, setTrouble } from "../../entries/entry-event.ts";
import type { LogEntry } from "../../entries/log-entry.ts";
import type { PeerNames } from "../../entries/log-peer-name.ts";
import { isNoQueue, queueIdEnd } from "../../entries/queue-id.ts";
import { hostTrouble } from "../host-trouble.ts";
import { readDeliveryRecord } from "./delivery-record.ts";
import { postfixText, setPeer } from "./postfix-text.ts";
import { readPostscreenLine } from "./postscreen.ts";
import { readQueueManagerLine } from "./queue-manager.ts";
import { readClientLine } from "./smtp-client.ts";
import { readContentReject, readQmqpLine, readReject, readServerLine } from "./smtp-server.ts";
import { readTlsProxyLine } from "./tlsproxy.ts";

const TO = asciiBytes("to=");
const REMOVED = asciiBytes("removed");
const MESSAGE_ID = asciiBytes("message-id=");
const SEVERITIES = ["warning: ", "error: ", "fatal: ", "panic: "].map(asciiBytes);
const SEVERITY_INITIALS = new Uint8Array(256);
for (const [initial = 0] of SEVERITIES) SEVERITY_INITIALS[initial] = 1;
const NOQUEUE_LENGTH = "NOQUEUE: ".length;

export function parsePostfix(entry: LogEntry, peers: PeerNames): void {
  const { bytes, textFrom, textTo } = entry;
  let from = textFrom;
  const idEnd = queueIdEnd(bytes, from, textTo);
  if (idEnd > from) {
    entry.idFrom = from;
    entry.idTo = idEnd;
    from = bytes[idEnd + 1] === SPACE ? idEnd + 2 : idEnd + 1;
  } else if (isNoQueue(bytes, from, textTo)) {
    from += NOQUEUE_LENGTH;
  } else if (SEVERITY_INITIALS[bytes[from] ?? 0] === 1) {
    const severity = SEVERITIES.find((words) => startsWith(bytes, from, textTo, words));
    if (severity !== undefined) {
      readComplaint(entry, from + severity.length, peers);
      return;
    }
  }
  if (from < textTo) readByProcess(entry, from, peers);
}

function readByProcess(entry: LogEntry, from: number, peers: PeerNames): void {
  const { bytes, textTo } = entry;
  switch (entry.program.role) {
    case "smtpd":
      readServerLine(entry, from, peers);
      return;
    case "client":
      startsWith(bytes, from, textTo, TO) ? readDeliveryRecord(entry, from, peers) : readClientLine(entry, from, peers);
      return;
    case "queue-manager":
      readQueueManagerLine(entry, from, peers);
      return;
    case "cleanup":
      readCleanupLine(entry, from, peers);
      return;
    case "postscreen":
      readPostscreenLine(entry, from, peers);
      return;
    case "qmqpd":
      readQmqpLine(entry, from, peers);
      return;
    case "agent":
      if (startsWith(bytes, from, textTo, TO)) readDeliveryRecord(entry, from, peers);
      return;
    case "tlsproxy":
      readTlsProxyLine(entry, from, peers);
      return;
    case "postfix":
      if (entry.idTo > 0 && entry.program.tag.endsWith("/pickup")) entry.note = "begun";
      if (entry.idTo > 0 && startsWith(bytes, from, textTo, REMOVED)) entry.note = "removed";
      return;
    case "exim":
    case "sendmail":
    case "unread":
      return;
  }
}

function readCleanupLine(entry: LogEntry, from: number, peers: PeerNames): void {
  const { bytes, textTo } = entry;
  if (startsWith(bytes, from, textTo, MESSAGE_ID)) return;
  if (startsWith(bytes, from, textTo, REMOVED)) entry.note = "removed";
  else {
    const text = postfixText(entry, from);
    readReject(entry, text, from, peers);
    if (entry.event === null) readContentReject(entry, text, from, peers);
  }
}

/** `warning: HOST[IP]: SASL LOGIN authentication failed`, `non-SMTP command from HOST[IP]`, `improper command pipelining after …`. */
function readBot(entry: LogEntry, text: string, from: number, peers: PeerNames): void {
  const login = /^[^\s[]{1,255}\[[^\]]{1,100}\]: SASL [A-Z0-9-]{1,30} authentication failed/.exec(text);
  const scanned = /^(?:non-SMTP command|improper command pipelining after [A-Z-]{1,20}) from /.exec(text);
  if (login === null && scanned === null) return;
  entry.bot = true;
  setPeer(entry, from + (scanned?.[0].length ?? 0), peers);
}

/** @param from behind the severity */
function readComplaint(entry: LogEntry, from: number, peers: PeerNames): void {
  const text = postfixText(entry, from);
  if (entry.program.role === "tlsproxy" && readTlsProxyLine(entry, from, peers)) return;
  if (text.startsWith("TLS library problem: ")) {
    const direction = entry.program.role === "client" ? "outbound" : "inbound";
    setEvent(entry, "tls-failed", from, { direction, stage: "starttls" });
    return;
  }
  const trouble = hostTrouble(text);
  if (trouble === null) {
    if (entry.program.role === "client") readClientLine(entry, from, peers);
    else if (entry.program.role === "smtpd") readBot(entry, text, from, peers);
    return;
  }
  const limit = / limit exceeded: [0-9]{1,12} from /.exec(text.slice(0, 200));
  setTrouble(entry, trouble, from, limit === null ? null : "inbound");
  if (limit !== null) setPeer(entry, from + limit.index + limit[0].length, peers);
  const id = queueIdEnd(entry.bytes, from, entry.textTo);
  if (id > from) {
    entry.idFrom = from;
    entry.idTo = id;
  }
}
