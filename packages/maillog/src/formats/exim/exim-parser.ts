/**
 * Lines of Exim's main log (`STAMP [pid] MSGID FLAG …`), also when they come by syslog: arrivals, deliveries, and the failures of
 * both sides (transports/smtp.c, smtp_in.c, receive.c). Message ids are 16 characters long, from 4.97 on 23.
 */
import type { MailEventKind, MailStage } from "@mxray/contracts";
import { latin1 } from "../../bytes/byte-text.ts";
import { setEvent, setTrouble } from "../../entries/entry-event.ts";
import type { LogEntry } from "../../entries/log-entry.ts";
import type { LogFailure } from "../../entries/log-failure.ts";
import { peerOf } from "../../entries/log-peer-name.ts";
import { hostTrouble } from "../host-trouble.ts";

const LONGEST_TEXT = 4000;
const FRONT = /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]{8,12} (?:[+-][0-9]{4} )?)?(?:\[([0-9]{1,10})\] )?/;
const MESSAGE_ID = /^[0-9A-Za-z]{6}-(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|[0-9A-Za-z]{11}-[0-9A-Za-z]{4})(?= |$)/;
/** How lines without a message id begin; what begins otherwise is some other program's log. */
const OPENINGS =
  /^(?:SMTP |H=|no host name found |no IP address found |Start queue run: |End queue run: |exim |unexpected disconnection |TLS error |TLS session: |rejected |Connection from |refused |ident |cwd=|daemon: |Warning: |SIGHUP |pid [0-9]|[a-z_]{1,40} authenticator |list matching )/;
const ADDRESS = "\\[([0-9A-Fa-f.:]{2,45})\\](?::([0-9]{1,5}))?";
const HOST = new RegExp(`(?:^|[ =])(?:([^\\s()\\[\\]=]{1,255}) )?(?:\\([^\\s()]{0,255}\\) )?${ADDRESS}`);

interface Breakage {
  readonly failure: LogFailure;
  readonly stage: MailStage;
  readonly command: string | null;
  readonly bytes: number;
}

/** @returns whether it is a line of Exim's */
export function parseExim(entry: LogEntry): boolean {
  const whole = latin1(entry.bytes, entry.textFrom, Math.min(entry.textTo, entry.textFrom + LONGEST_TEXT));
  const [front, pid] = FRONT.exec(whole) ?? [""];
  if (pid !== undefined) entry.pid = Number(pid);
  let at = front.length;
  const id = MESSAGE_ID.exec(whole.slice(at, at + 24))?.[0];
  if (id !== undefined) {
    entry.idFrom = entry.textFrom + at;
    entry.idTo = entry.idFrom + id.length;
    at += id.length + 1;
  } else if (entry.host.number === 0 && !OPENINGS.test(whole.slice(at, at + 60))) {
    return false;
  }
  const text = whole.slice(at);
  const from = entry.textFrom + at;
  if (id !== undefined && readFlag(entry, text, from)) return true;
  if (!readServer(entry, text, from)) readClient(entry, text, from);
  return true;
}

function readFlag(entry: LogEntry, text: string, from: number): boolean {
  const flag = text.slice(0, 2);
  switch (flag) {
    case "<=": {
      setEvent(entry, "queue-active", entry.textTo, { direction: null });
      entry.note = "accepted";
      setEximPeer(entry, text);
      entry.size = Number(/ S=([0-9]{1,15})(?: |$)/.exec(text)?.[1] ?? -1);
      setSpan(entry, "sender", from + 3, /^\S{0,400}/.exec(text.slice(3))?.[0].length ?? 0);
      return true;
    }
    case "=>":
    case "->":
    case ">>":
    case "*>":
      readDelivery(entry, text, from, "sent");
      return true;
    case "**":
      readDelivery(entry, text, from, "bounced");
      return true;
    case "==":
      readDelivery(entry, text, from, "deferred");
      return true;
    case "Co":
      if (text.startsWith("Completed")) entry.note = "removed";
      return true;
    default:
      return false;
  }
}

function readDelivery(entry: LogEntry, text: string, from: number, status: "sent" | "bounced" | "deferred"): void {
  const recipient = /^\S{0,400}/.exec(text.slice(3))?.[0].length ?? 0;
  setSpan(entry, "recipient", from + 3, recipient);
  setEvent(entry, "delivery", from + reasonAt(text, 3 + recipient), { direction: null });
  if (status === "sent") setConfirmation(entry, text, from);
  // No attempt took place.
  entry.copy = text.includes("): retry time not reached");
  entry.status = status;
  setEximPeer(entry, text.slice(3 + recipient));
  if (entry.peer !== null) entry.direction = "outbound";
  if (status === "sent") return;
  const broken = breakageOf(text.slice(3 + recipient)) ?? connectFailure(text);
  if (broken !== null) setBreakage(entry, broken);
}

/** `C="250 OK"`: what the server said. */
function setConfirmation(entry: LogEntry, text: string, from: number): void {
  const opening = text.indexOf(' C="');
  const reason = opening === -1 ? text.length : opening + ' C="'.length;
  entry.reasonFrom = from + reason;
  entry.reasonTo = from + Math.max(reason, text.indexOf('"', reason));
}

/** Behind `defer (110): ` or, for a failure, behind the first `: `. */
function reasonAt(text: string, from: number): number {
  const defer = / defer \(-?[0-9]{1,6}\): /.exec(text);
  if (defer !== null) return defer.index + defer[0].length;
  const colon = text.indexOf(": ", from);
  return colon === -1 ? from : colon + 2;
}

function readClient(entry: LogEntry, text: string, from: number): void {
  const broken = breakageOf(text) ?? (text.startsWith("H=") ? connectFailure(text) : null);
  if (broken !== null) {
    setEvent(entry, eventOf(broken.failure), from, { direction: "outbound" });
    setBreakage(entry, broken);
    setEximPeer(entry, text);
    return;
  }
  const trouble = hostTrouble(text);
  if (trouble !== null) setTrouble(entry, trouble, from);
}

function eventOf(failure: LogFailure): MailEventKind {
  switch (failure) {
    case "lost-connection":
    case "timeout":
    case "connect-failed":
    case "tls-failed":
      return failure;
    case "peer-timeout":
      return "timeout";
    case "reply":
      return "reject";
  }
}

function setBreakage(entry: LogEntry, { failure, stage, command, bytes }: Breakage): void {
  entry.failure = failure;
  entry.stage = stage;
  entry.command = command;
  entry.received = bytes;
}

function breakageOf(text: string): Breakage | null {
  const timeout = /SMTP timeout after (?:pipelined )?([^:(]{1,80}?)(?: \(([0-9]{1,15}) bytes written\))?(?:: |:<|$)/.exec(text);
  if (timeout !== null) return { failure: "timeout", ...clientCommand(timeout[1] ?? ""), bytes: Number(timeout[2] ?? -1) };
  const closed = /closed connection in response to (?:pipelined )?([^:(]{1,80})/.exec(text);
  if (closed !== null) return { failure: "lost-connection", ...clientCommand(closed[1] ?? ""), bytes: -1 };
  const error = /SMTP error from remote mail server after (?:pipelined )?([^:(]{1,80})/.exec(text);
  if (error !== null) {
    const reply = text.slice(error.index + error[0].length);
    const failure = /(?:^|: )421[ -].{0,200}time(?:d )?-?out/i.test(reply.slice(0, 400)) ? "peer-timeout" : "reply";
    return { failure, ...clientCommand(error[1] ?? ""), bytes: -1 };
  }
  if (text.includes("failed to write a data block")) return { failure: "lost-connection", stage: "body", command: "DATA", bytes: -1 };
  if (/TLS (?:session|error)\b.{0,100}(?:failure|\(SSL_connect\))/.test(text))
    return { failure: "tls-failed", stage: "starttls", command: null, bytes: -1 };
  return null;
}

function connectFailure(text: string): Breakage | null {
  return /\](?::[0-9]{1,5})?:? (?:Connection (?:timed out|refused)|No route to host|Network is unreachable|Host is unreachable)/.test(
    text,
  ) || /defer \([0-9]{1,5}\): (?:Connection (?:timed out|refused)|No route to host|Network is unreachable)/.test(text)
    ? { failure: "connect-failed", stage: "connect", command: null, bytes: -1 }
    : null;
}

const CLIENT_COMMANDS: readonly (readonly [string, MailStage, string | null])[] = [
  ["initial connection", "greeting", null],
  ["EHLO", "ehlo", "EHLO"],
  ["HELO", "ehlo", "HELO"],
  ["LHLO", "ehlo", "LHLO"],
  ["STARTTLS", "starttls", "STARTTLS"],
  ["AUTH", "auth", "AUTH"],
  ["MAIL FROM", "mail", "MAIL"],
  ["RCPT TO", "rcpt", "RCPT"],
  ["sending data block", "body", "DATA"],
  ["end of data", "end-of-data", "DATA"],
  ["DATA", "data-command", "DATA"],
  ["BDAT", "body", "BDAT"],
  ["RSET", "rset", "RSET"],
  ["QUIT", "quit", "QUIT"],
];

function clientCommand(text: string): { stage: MailStage; command: string | null } {
  const found = CLIENT_COMMANDS.find(([words]) => text.startsWith(words));
  return found === undefined ? { stage: "unknown", command: null } : { stage: found[1], command: found[2] };
}

const SERVER_LINES: readonly (readonly [RegExp, MailEventKind, MailStage | null, string | null])[] = [
  [/^SMTP data timeout \(message abandoned\) on (?:TLS )?connection from /, "timeout", "body", "DATA"],
  [/^SMTP command timeout on (?:TLS )?connection from /, "timeout", "unknown", null],
  [/^SMTP connection from .{1,600} lost while reading message data/, "lost-connection", "body", "DATA"],
  [/^unexpected disconnection while reading SMTP command from /, "lost-connection", "unknown", null],
  [/^SMTP connection lost after final dot/, "lost-connection", "end-of-data", "DATA"],
  [/^SMTP connection from .{1,600} lost(?: |$)/, "lost-connection", "unknown", null],
  [/^SMTP connection from .{1,600} closed by /, "disconnect", null, null],
  [/^SMTP connection from .{1,600}\(TCP\/IP connection count/, "connect", null, null],
  [/^TLS error on connection from /, "tls-failed", "starttls", null],
  [/^H=.{1,600} rejected (?:MAIL|RCPT|EHLO|HELO|DATA|connection|after DATA)/, "reject", null, null],
  [/^SMTP call from .{1,600} dropped: too many /, "error-limit", null, null],
  [/^Connection from .{1,600} refused: too many connections/, "client-limit", null, null],
];

function readServer(entry: LogEntry, text: string, from: number): boolean {
  const line = SERVER_LINES.find(([pattern]) => pattern.test(text));
  if (line === undefined) return false;
  const [, event, stage, command] = line;
  setEvent(entry, event, from, { direction: "inbound", ...(stage === null ? {} : { stage }), command });
  if (event === "timeout" || event === "lost-connection" || event === "tls-failed") entry.failure = event;
  if (event === "error-limit") entry.trouble = "too-many-errors";
  if (event === "client-limit") entry.trouble = "connection-count";
  setEximPeer(entry, text);
  return true;
}

function setEximPeer(entry: LogEntry, text: string): void {
  const match = HOST.exec(text.slice(0, 1500));
  if (match === null) return;
  const [, name = "", address = "", port] = match;
  // "connection from [192.0.2.1]": the word in front is no name.
  entry.peer = peerOf(/^(?:from|on|host|with|to)$/.test(name) ? "" : name, address, port === undefined ? null : Number(port));
}

function setSpan(entry: LogEntry, which: "sender" | "recipient", from: number, length: number): void {
  if (which === "sender") {
    entry.senderFrom = from;
    entry.senderTo = from + length;
  } else {
    entry.recipientFrom = from;
    entry.recipientTo = from + length;
  }
}
