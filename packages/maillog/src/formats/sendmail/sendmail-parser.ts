/**
 * Lines of Sendmail: messages taken (`from=`), deliveries (`to=… stat=`), and the failures of both sides (sendmail/collect.c,
 * srvrsmtp.c, usersmtp.c, deliver.c). A failed attempt is told twice: by the line that says where it broke and by the delivery.
 */
import type { MailEventKind, MailStage } from "@mxray/contracts";
import { latin1 } from "../../bytes/byte-text.ts";
import { setEvent, setTrouble } from "../../entries/entry-event.ts";
import type { LogEntry } from "../../entries/log-entry.ts";
import type { LogFailure } from "../../entries/log-failure.ts";
import { type NamedPeer, peerOf } from "../../entries/log-peer-name.ts";
import { hostTrouble } from "../host-trouble.ts";
import { stageOfCommand } from "../smtp-command.ts";

const LONGEST_TEXT = 4000;
const QUEUE_ID = /^([0-9A-Za-z]{7,20}): /;
const HOST = /(?:^|[ ,=])(?:([^\s[\],=]{1,255}?)\.? )?(?:\([^\s()]{0,255}\) )?\[(?:IPv6:)?([0-9A-Fa-f.:]{2,45})\]/;

export function parseSendmail(entry: LogEntry): void {
  let text = latin1(entry.bytes, entry.textFrom, Math.min(entry.textTo, entry.textFrom + LONGEST_TEXT));
  let from = entry.textFrom;
  const id = QUEUE_ID.exec(text.slice(0, 24));
  if (id !== null) {
    const length = (id[1] ?? "").length;
    if (id[1] !== "NOQUEUE") {
      entry.idFrom = from;
      entry.idTo = from + length;
    }
    text = text.slice(length + 2);
    from += length + 2;
  }
  if (text.startsWith("from=")) readSender(entry, text, from);
  else if (text.startsWith("to=")) readDelivery(entry, text, from);
  else if (text.startsWith("done; ")) entry.note = "removed";
  else readFailure(entry, text, from);
}

function readSender(entry: LogEntry, text: string, from: number): void {
  const size = /, size=([0-9]{1,15})(?:,|$)/.exec(text);
  if (size === null) return;
  setEvent(entry, "queue-active", entry.textTo, { direction: null });
  entry.note = "accepted";
  entry.size = Number(size[1]);
  entry.recipients = Number(/, nrcpts=([0-9]{1,9})(?:,|$)/.exec(text)?.[1] ?? -1);
  entry.senderFrom = from + "from=".length;
  entry.senderTo = entry.senderFrom + addressLength(text, "from=".length);
  const relay = text.lastIndexOf(", relay=");
  if (relay !== -1) entry.peer = hostIn(text.slice(relay + ", relay=".length));
}

function readDelivery(entry: LogEntry, text: string, from: number): void {
  const at = text.lastIndexOf(", stat=");
  if (at === -1) return;
  const stat = text.slice(at + ", stat=".length);
  // Not tried yet.
  if (stat === "queued") return;
  setEvent(entry, "delivery", from + at + ", stat=".length, { direction: null });
  entry.status = stat.startsWith("Sent") ? "sent" : stat.startsWith("Deferred") ? "deferred" : "bounced";
  entry.recipientFrom = from + "to=".length;
  entry.recipientTo = entry.recipientFrom + addressLength(text, "to=".length);
  const dsn = /, dsn=([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:,|$)/.exec(text);
  if (dsn !== null) {
    entry.dsnFrom = from + dsn.index + ", dsn=".length;
    entry.dsnTo = entry.dsnFrom + (dsn[1] ?? "").length;
  }
  const delay = /, delay=(?:([0-9]{1,4})\+)?([0-9]{2,4}):([0-9]{2}):([0-9]{2})(?:,|$)/.exec(text);
  if (delay !== null) {
    const [, days = "0", hours = "0", minutes = "0", seconds = "0"] = delay;
    entry.delay = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
  }
  const relay = /, relay=([^,]{1,600})(?:,|$)/.exec(text);
  if (relay !== null) entry.peer = hostIn(relay[1] ?? "");
  if (entry.peer !== null || /, mailer=(?:e?smtp|smtp8|dsmtp|relay)(?:,|$)/.test(text)) entry.direction = "outbound";
  if (entry.status !== "sent") readStat(entry, stat);
}

/** Where the dialogue broke stands in a line before; the correlator puts it in, so that this one need not guess. */
function readStat(entry: LogEntry, stat: string): void {
  const set = (failure: LogFailure, stage: MailStage) => {
    entry.failure = failure;
    entry.stage = stage;
  };
  if (/(?:Connection|Operation) timed out with /.test(stat)) set("connect-failed", "connect");
  else if (/Connection refused by |No route to host|Network is unreachable|Host is down/.test(stat)) set("connect-failed", "connect");
  else if (/Connection reset by |Broken pipe|Connection lost/.test(stat)) set("lost-connection", "unknown");
  else if (/^Deferred: 421 .{0,200}time(?:d )?-?out/i.test(stat)) set("peer-timeout", "unknown");
  else if (/^Deferred: [45][0-9]{2} /.test(stat)) set("reply", "unknown");
}

const PHASES: readonly (readonly [string, MailStage, string | null])[] = [
  ["client greeting", "greeting", null],
  ["client EHLO", "ehlo", "EHLO"],
  ["client HELO", "ehlo", "HELO"],
  ["client MAIL", "mail", "MAIL"],
  ["client RCPT", "rcpt", "RCPT"],
  ["client DATA 354", "data-command", "DATA"],
  ["client DATA status", "end-of-data", "DATA"],
  ["client RSET", "rset", "RSET"],
  ["client QUIT", "quit", "QUIT"],
  ["client STARTTLS", "starttls", "STARTTLS"],
];

interface FailureLine {
  readonly pattern: RegExp;
  readonly event: MailEventKind;
  readonly direction: "inbound" | "outbound";
  readonly stage: MailStage;
  readonly command: string | null;
}

const FAILURES: readonly FailureLine[] = [
  { pattern: /timeout writing message to /, event: "timeout", direction: "outbound", stage: "body", command: "DATA" },
  { pattern: /reply: read error from /, event: "lost-connection", direction: "outbound", stage: "unknown", command: null },
  { pattern: /collect: read timeout on connection from /, event: "timeout", direction: "inbound", stage: "body", command: "DATA" },
  {
    pattern: /collect: (?:unexpected close|I\/O error) on connection from /,
    event: "lost-connection",
    direction: "inbound",
    stage: "body",
    command: "DATA",
  },
  { pattern: /collect: premature EOM/, event: "lost-connection", direction: "inbound", stage: "body", command: "DATA" },
  { pattern: /did not issue MAIL\/EXPN\/VRFY\/ETRN during /, event: "disconnect", direction: "inbound", stage: "connect", command: null },
  { pattern: /STARTTLS=server, error: accept failed/, event: "tls-failed", direction: "inbound", stage: "starttls", command: null },
  { pattern: /STARTTLS=client, error: connect failed/, event: "tls-failed", direction: "outbound", stage: "starttls", command: null },
  { pattern: /^ruleset=check_[a-z]{1,10},.{0,2000} reject=/, event: "reject", direction: "inbound", stage: "unknown", command: null },
];

function readFailure(entry: LogEntry, text: string, from: number): void {
  const waiting = /timeout waiting for input from (.{1,400}) during (client|server) ([A-Za-z]{1,12}(?: [A-Za-z0-9]{1,8})?)/.exec(text);
  if (waiting !== null) {
    readWaiting(entry, from, waiting);
    return;
  }
  const lost = /^lost input channel from (.{1,400}) to \S{1,100} after ([A-Za-z]{1,12})/.exec(text);
  if (lost !== null) {
    const command = (lost[2] ?? "").toUpperCase();
    const stage = command === "DATA" ? "body" : stageOfCommand(command);
    setEvent(entry, "lost-connection", from, { direction: "inbound", stage, command });
    entry.failure = "lost-connection";
    entry.peer = hostIn(lost[1] ?? "");
    return;
  }
  const failure = FAILURES.find(({ pattern }) => pattern.test(text));
  if (failure !== undefined) {
    const { event, direction, stage, command, pattern } = failure;
    setEvent(entry, event, from, { direction, stage, command });
    if (event === "timeout" || event === "lost-connection" || event === "tls-failed") entry.failure = event;
    entry.peer = hostIn(text) ?? namedIn(text, pattern);
    return;
  }
  const trouble = hostTrouble(text);
  if (trouble !== null) setTrouble(entry, trouble, from);
}

function readWaiting(entry: LogEntry, from: number, [, host = "", side = "", phase = ""]: RegExpExecArray): void {
  const known = PHASES.find(([words]) => `${side} ${phase}`.startsWith(words));
  const direction = side === "client" ? "outbound" : "inbound";
  setEvent(entry, "timeout", from, { direction, stage: known?.[1] ?? "unknown", command: known?.[2] ?? null });
  entry.failure = "timeout";
  entry.peer = hostIn(host) ?? bareName(host);
}

/** `host. [192.0.2.1]`, `[192.0.2.1]`, `host [192.0.2.1] (may be forged)`; null where there is no address. */
function hostIn(text: string): NamedPeer | null {
  const match = HOST.exec(text.slice(0, 1500));
  if (match === null) return null;
  const name = match[1] ?? "";
  return peerOf(/^(?:from|to|with|by)$/.test(name) ? "" : name, match[2] ?? "", null);
}

function namedIn(text: string, pattern: RegExp): NamedPeer | null {
  const match = pattern.exec(text);
  return match === null ? null : bareName(/^[^\s,:;]{1,255}/.exec(text.slice(match.index + match[0].length))?.[0] ?? "");
}

function bareName(text: string): NamedPeer | null {
  const name = text.replace(/\.$/, "");
  return /^[0-9A-Za-z_-]{1,63}(?:\.[0-9A-Za-z_-]{1,63}){1,8}$/.test(name) ? peerOf(name, "", null) : null;
}

function addressLength(text: string, from: number): number {
  const end = text.indexOf(", ", from);
  return Math.min(400, (end === -1 ? text.length : end) - from);
}
