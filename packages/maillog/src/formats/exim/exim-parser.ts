/**
 * Lines of Exim's main log (`STAMP [pid] MSGID FLAG …`), also when they come by syslog: arrivals, deliveries, and the failures of
 * both sides (transports/smtp.c, smtp_in.c, receive.c). Message ids are 16 characters long, from 4.97 on 23.
 */
import type { LogTrouble, MailEventKind, MailStage } from "@mxray/contracts";
import { latin1 } from "../../bytes/byte-text.ts";
import { setEvent, setTrouble } from "../../entries/entry-event.ts";
import type { LogEntry } from "../../entries/log-entry.ts";
import type { LogFailure } from "../../entries/log-failure.ts";
import { peerOf } from "../../entries/log-peer-name.ts";
import { hostTrouble } from "../host-trouble.ts";
import { stageOfCommand } from "../smtp-command.ts";

const LONGEST_TEXT = 4000;
const FRONT = /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]{8,12} (?:[+-][0-9]{4} )?)?(?:\[([0-9]{1,10})\] )?/;
const MESSAGE_ID = /^[0-9A-Za-z]{6}-(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|[0-9A-Za-z]{11}-[0-9A-Za-z]{4})(?= |$)/;
/** How lines without a message id begin; what begins otherwise is some other program's log. */
const OPENINGS =
  /^(?:SMTP |H=|no MAIL in |spool directory |log directory |no host name found |no IP address found |Start queue run: |End queue run: |exim |unexpected disconnection |TLS error |TLS session: |rejected |Connection from |refused |ident |cwd=|daemon: |Warning: |SIGHUP |pid [0-9]|[a-z_]{1,40} authenticator |list matching )/;
const ADDRESS = "\\[([0-9A-Fa-f.:]{2,45})\\](?::([0-9]{1,5}))?";
/** `DS` marks a name that DNSSEC secured. */
const HOST = new RegExp(`(?:^|[ =])(?:([^\\s()\\[\\]=]{1,255}) )?(?:DS )?(?:\\([^\\s()]{0,255}\\) )?${ADDRESS}`);
/** `+connection_id` and `+millisec` of log_selector add ` Ci=…` to a line about a connection. */
const CONNECTION_ID = / Ci=[0-9A-Za-z]{1,20}(?=[ ,]|$)/;
const DSN = /(?:^|[^0-9.])[245][0-9]{2}[ -]([245]\.[0-9]{1,3}\.[0-9]{1,3})(?= )/;

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
  if (readCallout(entry, text, from) || readServer(entry, text, from) || readFailedLogin(entry, text)) return true;
  readClient(entry, text, from);
  return true;
}

/**
 * `H=CLIENT … sender verify defer for <…>: Could not complete sender verify callout: HOST [IP] : SMTP timeout after …`: the host
 * that was called out to failed; without one, or where it answered, the client's recipient or sender was refused.
 */
function readCallout(entry: LogEntry, text: string, from: number): boolean {
  const verify = /^H=.{1,600} (sender|recipient) verify (?:defer|fail) for <[^>]{0,400}>(?:: )?/.exec(text);
  if (verify === null) return false;
  const reason = text.slice(verify[0].length);
  const called = reason.replace(/^Could not complete \S{1,20} verify callout(?:: )?/, "");
  const broken = breakageOf(called) ?? (/^\S{1,255} \[[^\]]{1,45}\] ?: /.test(called) ? connectFailure(called) : null);
  const reasonFrom = from + verify[0].length;
  if (broken !== null && broken.failure !== "reply") {
    setEvent(entry, eventOf(broken.failure), reasonFrom, { direction: "outbound" });
    setBreakage(entry, broken);
    setEximPeer(entry, called);
    return true;
  }
  const [stage, command] = verify[1] === "sender" ? (["mail", "MAIL"] as const) : (["rcpt", "RCPT"] as const);
  setEvent(entry, "reject", reasonFrom, { direction: "inbound", stage, command });
  setDsn(entry, reason, reasonFrom);
  setEximPeer(entry, text);
  return true;
}

/** `login_server authenticator failed for HOST [IP]: 535 …`: passwords are guessed. */
function readFailedLogin(entry: LogEntry, text: string): boolean {
  entry.bot = /^[\w-]{1,60} authenticator failed for /.test(text);
  if (entry.bot) setEximPeer(entry, text);
  return entry.bot;
}

function setDsn(entry: LogEntry, text: string, from: number): void {
  const match = DSN.exec(text.slice(0, 1000));
  if (match === null) return;
  entry.dsnTo = from + match.index + match[0].length;
  entry.dsnFrom = entry.dsnTo - (match[1] ?? "").length;
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
  else setDsn(entry, text, from);
  // No attempt took place.
  entry.copy = text.includes("): retry time not reached");
  entry.status = status === "bounced" && / retry timeout exceeded$/.test(text) ? "expired" : status;
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
  const broken = breakageOf(text) ?? (/^H=|^[^\s[\]]{1,255} \[/.test(text) ? connectFailure(text) : null);
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
  return tlsBreakage(text);
}

/** GnuTLS and OpenSSL have words of their own; a handshake that timed out waited for packets. */
function tlsBreakage(text: string): Breakage | null {
  const tls =
    /TLS (?:session|error)\b.{0,200}(?:failure|\(SSL_connect\)|\(gnutls_handshake\)|tls lib connect|timed? ?out)/.test(text) ||
    /a TLS session is required, but |\(gnutls_handshake\)|tls lib connect|TLS-on-connect/.test(text);
  if (!tls) return null;
  const failure = /timed? ?out/i.test(text) ? "timeout" : "tls-failed";
  return { failure, stage: "starttls", command: null, bytes: -1 };
}

function connectFailure(text: string): Breakage | null {
  return /\](?::[0-9]{1,5})? ?:? (?:Connection (?:timed out|refused)|No route to host|Network is unreachable|Host is unreachable)/.test(
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
  ["TLS-on-connect", "starttls", null],
];

function clientCommand(text: string): { stage: MailStage; command: string | null } {
  const found = CLIENT_COMMANDS.find(([words]) => text.startsWith(words));
  return found === undefined ? { stage: "unknown", command: null } : { stage: found[1], command: found[2] };
}

interface ServerLine {
  readonly pattern: RegExp;
  readonly event: MailEventKind;
  readonly stage: MailStage | null;
  readonly command?: string;
  readonly trouble?: LogTrouble;
}

const SERVER_LINES: readonly ServerLine[] = [
  { pattern: /^SMTP data timeout \(message abandoned\) on (?:TLS )?connection from /, event: "timeout", stage: "body", command: "DATA" },
  { pattern: /^SMTP command timeout on (?:TLS )?connection from /, event: "timeout", stage: "unknown" },
  { pattern: /^SMTP connection from .{1,600} lost while reading message data/, event: "lost-connection", stage: "body", command: "DATA" },
  { pattern: /^unexpected disconnection while reading SMTP command from /, event: "lost-connection", stage: "unknown" },
  { pattern: /^SMTP connection lost after final dot/, event: "lost-connection", stage: "end-of-data", command: "DATA" },
  { pattern: /^SMTP connection from .{1,600} lost(?: |$)/, event: "lost-connection", stage: "unknown" },
  { pattern: /^SMTP connection from .{1,600} closed by /, event: "disconnect", stage: null },
  { pattern: /^no MAIL in SMTP connection from /, event: "disconnect", stage: "connect" },
  { pattern: /^SMTP connection from .{1,600}\(TCP\/IP connection count/, event: "connect", stage: null },
  { pattern: /^TLS error on connection from .{1,900}timed? ?out/, event: "timeout", stage: "starttls" },
  { pattern: /^TLS error on connection from /, event: "tls-failed", stage: "starttls" },
  { pattern: /^H=.{1,600} incomplete transaction \((?:connection lost|RSET|QUIT)\)/, event: "disconnect", stage: "rcpt" },
  { pattern: /^H=.{1,600} dropped by '/, event: "reject", stage: "connect" },
  { pattern: /^SMTP protocol synchroni[sz]ation error /, event: "reject", stage: "unknown" },
  { pattern: /^SMTP call from .{1,600} dropped: too many /, event: "error-limit", stage: null, trouble: "too-many-errors" },
  { pattern: /^Connection from .{1,600} refused: load average/, event: "client-limit", stage: "connect", trouble: "load" },
  {
    pattern: /^Connection from .{1,600} refused: too many connections/,
    event: "client-limit",
    stage: "connect",
    trouble: "connection-count",
  },
  { pattern: /^refused connection from |^Connection from .{1,600} refused/, event: "reject", stage: "connect" },
];
/** `rejected MAIL FROM:<…>`, `H=… rejected RCPT <…>`, `… rejected after DATA`, `rejected from <…> …: message too big`. */
const REJECTED =
  /(?:^|^H=.{1,600} )(?:temporarily )?rejected (?:(MAIL|RCPT|EHLO|HELO|DATA|AUTH|VRFY|EXPN|connection|after DATA|by local_scan|from) ?)/;

function readServer(entry: LogEntry, text: string, from: number): boolean {
  if (readRejection(entry, text, from)) return true;
  const plain = text.replace(CONNECTION_ID, "");
  const line = SERVER_LINES.find(({ pattern }) => pattern.test(plain));
  if (line === undefined) return false;
  const { event, stage, command = null, trouble = null } = line;
  setEvent(entry, event, from, { direction: "inbound", ...(stage === null ? {} : { stage }), command });
  if (event === "timeout" || event === "lost-connection" || event === "tls-failed") entry.failure = event;
  if (/greeting/.test(plain.slice(0, 120)) && event === "reject") {
    entry.stage = "greeting";
    // It talks before the greeting.
    entry.bot = true;
  }
  entry.trouble = trouble;
  setEximPeer(entry, plain);
  return true;
}

function readRejection(entry: LogEntry, text: string, from: number): boolean {
  const match = REJECTED.exec(text);
  if (match === null) return false;
  const what = match[1] ?? "";
  const command = what === "connection" ? null : what === "from" || /^(?:after|by) /.test(what) ? "DATA" : what;
  const stage = command === "DATA" && what !== "DATA" ? "end-of-data" : command === null ? "connect" : stageOfCommand(command);
  setEvent(entry, "reject", from, { direction: "inbound", stage, command });
  setDsn(entry, text, from);
  setEximPeer(entry, text);
  return true;
}

function setEximPeer(entry: LogEntry, text: string): void {
  const match = HOST.exec(text.slice(0, 1500).replace(CONNECTION_ID, ""));
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
