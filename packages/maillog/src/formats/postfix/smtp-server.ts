/**
 * Lines of Postfix's smtpd: sessions that begin and end, messages taken, and `REASON after WHERE[ (N bytes)] from NAMADDR`
 * (smtpd/smtpd.c), with or without the queue id that 3.10 put in front of it.
 */
import type { MailStage } from "@mxray/contracts";
import { asciiBytes, startsWith } from "../../bytes/byte-text.ts";
import { setEvent, setTrouble } from "../../entries/entry-event.ts";
import type { LogEntry } from "../../entries/log-entry.ts";
import type { PeerNames } from "../../entries/log-peer-name.ts";
import { stageOfCommand } from "../smtp-command.ts";
import { postfixText, setPeer } from "./postfix-text.ts";

const CONNECT = asciiBytes("connect from ");
const DISCONNECT = asciiBytes("disconnect from ");
const CLIENT = asciiBytes("client=");
/** How the other lines begin that tell something: a string is made of them only. */
const TELLING = new Uint8Array(256);
for (const word of ["lost", "timeout", "too many", "SSL_accept", "reject", "milter-reject", "proxy-reject"])
  TELLING[word.charCodeAt(0)] = 1;
const LOSSES = [
  ["lost connection after ", "lost-connection"],
  ["timeout after ", "timeout"],
  ["too many errors after ", "error-limit"],
] as const;

/** @param from behind the queue id, where there is one */
export function readServerLine(entry: LogEntry, from: number, peers: PeerNames): void {
  const { bytes, textTo } = entry;
  if (startsWith(bytes, from, textTo, CONNECT)) {
    entry.event = "connect";
    entry.direction = "inbound";
    entry.peer = peers.read(bytes, from + CONNECT.length, textTo);
  } else if (startsWith(bytes, from, textTo, DISCONNECT)) {
    entry.event = "disconnect";
    entry.direction = "inbound";
    entry.unreadPeerFrom = from + DISCONNECT.length;
    entry.fieldsFrom = entry.unreadPeerFrom;
    entry.fieldsTo = textTo;
  } else if (startsWith(bytes, from, textTo, CLIENT)) {
    entry.note = "accepted";
    entry.peer = peers.read(bytes, from + CLIENT.length, textTo);
  } else if (TELLING[bytes[from] ?? 0] === 1) {
    readServerText(entry, from, peers);
  }
}

function readServerText(entry: LogEntry, from: number, peers: PeerNames): void {
  const text = postfixText(entry, from);
  for (const [words, event] of LOSSES) {
    if (text.startsWith(words)) {
      readLoss(entry, text, from, words.length, event, peers);
      return;
    }
  }
  if (text.startsWith("SSL_accept error from ")) {
    setEvent(entry, "tls-failed", from, { direction: "inbound", stage: "starttls" });
    setPeer(entry, from + "SSL_accept error from ".length, peers);
    return;
  }
  readReject(entry, text, from, peers);
}

function readLoss(
  entry: LogEntry,
  text: string,
  from: number,
  whereFrom: number,
  event: (typeof LOSSES)[number][1],
  peers: PeerNames,
): void {
  const fromAt = text.indexOf(" from ", whereFrom);
  if (fromAt === -1) return;
  const counted = /^([A-Z-]{1,20}) \(([0-9]{1,15}) bytes\)$/.exec(text.slice(whereFrom, fromAt));
  const command = counted?.[1] ?? text.slice(whereFrom, fromAt);
  if (!/^[A-Z-]{1,20}$/.test(command)) return;
  setEvent(entry, event, from, { direction: "inbound", stage: stageOfCommand(command, counted !== null), command });
  if (event === "error-limit") entry.trouble = "too-many-errors";
  // The server waits for the next command only after it answered the message: the client was idle, nothing stalled.
  else if (event !== "timeout" || command !== "END-OF-MESSAGE") entry.failure = event;
  if (counted !== null) entry.received = Number(counted[2]);
  setPeer(entry, from + fromAt + " from ".length, peers);
}

/** `reject: RCPT from NAMADDR: 554 5.7.1 …`, and the same by a milter. Also of postscreen and cleanup. */
export function readReject(entry: LogEntry, text: string, from: number, peers: PeerNames): void {
  const match = /^(?:milter-)?reject: ([A-Z-]{1,20}) from /.exec(text);
  if (match === null) {
    readProxyReject(entry, text, from);
    return;
  }
  const [opening, command = ""] = match;
  setPeer(entry, from + opening.length, peers);
  const end = text.indexOf("]", opening.length);
  const reason = end === -1 ? -1 : text.indexOf(": ", end);
  const reasonFrom = from + (reason === -1 ? opening.length : reason + 2);
  const reply = text.slice(reasonFrom - from, reasonFrom - from + 200);
  if (/^45[12] 4\.3\.[01] .{0,40}queue file write error/.test(reply)) {
    setTrouble(entry, "write-error", reasonFrom, "inbound");
    return;
  }
  setReject(entry, reasonFrom, reply, command);
}

/** `proxy-reject: END-OF-MESSAGE: 554 5.7.0 …; from=…`: a filter before the queue refused. It names no client. */
function readProxyReject(entry: LogEntry, text: string, from: number): void {
  const match = /^proxy-reject: ([A-Z-]{1,20}): /.exec(text);
  if (match === null) return;
  const [opening, command = ""] = match;
  const reply = text.slice(opening.length, opening.length + 200);
  if (/^4[0-9]{2} 4\.3\.[01] .{0,40}queue file write error/.test(reply)) {
    setTrouble(entry, "input-filter-lost", from + opening.length, "inbound");
    entry.stage = stageOfCommand(command);
    entry.command = command;
  } else setReject(entry, from + opening.length, reply, command);
}

/** `reject: header Subject: … from HOST[IP]; from=<…> …: 5.7.1 TEXT` of cleanup: the content did not pass its checks. */
export function readContentReject(entry: LogEntry, text: string, from: number, peers: PeerNames): void {
  const match =
    /^(?:milter-)?reject: (?:header|body|mime-header|nested-header|content) .{0,3000}? from ([^\s[]{1,255}\[[^\]]{1,100}\]); /.exec(text);
  if (match === null) return;
  setPeer(entry, from + match[0].length - "; ".length - (match[1] ?? "").length, peers);
  const reason = /: ([245]\.[0-9]{1,3}\.[0-9]{1,3}) /.exec(text.slice(match[0].length));
  const reasonFrom = from + (reason === null ? match[0].length : match[0].length + reason.index + 2);
  setReject(entry, reasonFrom, text.slice(reasonFrom - from, reasonFrom - from + 200), "DATA", "body");
}

function setReject(entry: LogEntry, reasonFrom: number, reply: string, command: string, stage: MailStage = stageOfCommand(command)): void {
  setEvent(entry, "reject", reasonFrom, { direction: "inbound", stage, command });
  const dsn = /^(?:[45][0-9]{2} )?([45]\.[0-9]{1,3}\.[0-9]{1,3})(?: |$)/.exec(reply);
  if (dsn === null) return;
  entry.dsnFrom = reasonFrom + dsn[0].trimEnd().length - (dsn[1] ?? "").length;
  entry.dsnTo = entry.dsnFrom + (dsn[1] ?? "").length;
}

/** `NAMADDR: lost connection|read/write timeout while WHERE` of qmqpd (qmqpd/qmqpd.c). */
export function readQmqpLine(entry: LogEntry, from: number, peers: PeerNames): void {
  const text = postfixText(entry, from);
  const loss = /: (lost connection|read\/write timeout) while /.exec(text.slice(0, 600));
  if (loss !== null) {
    const event = loss[1] === "lost connection" ? "lost-connection" : "timeout";
    setEvent(entry, event, from + loss.index + 2, { direction: "inbound", stage: "unknown" });
    entry.failure = event;
    setPeer(entry, from, peers);
  } else {
    readServerLine(entry, from, peers);
  }
}
