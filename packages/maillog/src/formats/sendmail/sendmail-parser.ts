/**
 * Lines of Sendmail: messages taken (`from=`), deliveries (`to=… stat=`), and the failures of both sides (sendmail/collect.c,
 * srvrsmtp.c, usersmtp.c, deliver.c). A failed attempt is told twice: by the line that says where it broke and by the delivery.
 */
import type { DeliveryStatus, MailEventKind, MailStage } from "@mxray/contracts";
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
  // Without a recipient there was no message: the client left before it named one, or each was refused.
  if (size === null || / nrcpts=0(?:,|$)/.test(text)) return;
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
  entry.status = statusOf(stat);
  entry.recipientFrom = from + "to=".length;
  entry.recipientTo = entry.recipientFrom + addressLength(text, "to=".length);
  const dsn = /, dsn=([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:,|$)/.exec(text);
  if (dsn !== null) {
    entry.dsnFrom = from + dsn.index + ", dsn=".length;
    entry.dsnTo = entry.dsnFrom + (dsn[1] ?? "").length;
  }
  entry.delay = secondsOf(/, delay=([0-9+:]{5,16})(?:,|$)/.exec(text)?.[1]);
  const relay = /, relay=([^,]{1,600})(?:,|$)/.exec(text);
  if (relay !== null) entry.peer = hostIn(relay[1] ?? "") ?? bareName(relay[1] ?? "");
  if (entry.peer !== null || /, mailer=(?:e?smtp|smtp8|dsmtp|relay)(?:,|$)/.test(text)) entry.direction = "outbound";
  if (entry.status !== "sent") readStat(entry, stat, secondsOf(/, xdelay=([0-9+:]{5,16})(?:,|$)/.exec(text)?.[1]));
}

function statusOf(stat: string): DeliveryStatus {
  if (stat.startsWith("Sent")) return "sent";
  if (stat.startsWith("Deferred")) return "deferred";
  return /^Message could not be delivered for /.test(stat) ? "expired" : "bounced";
}

/** `00:15:04`, `5+00:00:10` with days; -1 for anything else. */
function secondsOf(text = ""): number {
  const match = /^(?:([0-9]{1,4})\+)?([0-9]{2,4}):([0-9]{2}):([0-9]{2})$/.exec(text);
  if (match === null) return -1;
  const [, days = "0", hours = "0", minutes = "0", seconds = "0"] = match;
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}

/**
 * Seconds. No system waits this long for a connection (Linux about 127 s per address). A later time-out that no line before it
 * explains is the kernel's, which gives up bytes that were never acknowledged after about 924 s: content, for commands are short.
 */
const NO_CONNECT_LASTS = 600;

/**
 * An earlier line says where the dialogue broke, and the correlator joins the two.
 *
 * @param attempt seconds that this attempt took; -1 where unknown
 */
function readStat(entry: LogEntry, stat: string, attempt: number): void {
  const set = (failure: LogFailure, stage: MailStage) => {
    entry.failure = failure;
    entry.stage = stage;
  };
  if (/timeout writing message to /.test(stat)) set("timeout", "body");
  else if (/(?:Connection|Operation) timed out with /.test(stat))
    attempt >= NO_CONNECT_LASTS ? set("timeout", "body") : set("connect-failed", "connect");
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

/** ETIMEDOUT, 110 on Linux and 60 on BSD, is a time-out whatever the reason says. */
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
  {
    pattern: /collect: premature EOM(?:: Connection reset by )?/,
    event: "lost-connection",
    direction: "inbound",
    stage: "body",
    command: "DATA",
  },
  { pattern: /did not issue MAIL\/EXPN\/VRFY\/ETRN during /, event: "disconnect", direction: "inbound", stage: "connect", command: null },
  { pattern: /putbody: write error/, event: "lost-connection", direction: "outbound", stage: "body", command: "DATA" },
  {
    pattern: /STARTTLS=server, error: accept failed.{0,60}(?:reason=timeout|errno=(?:110|60)\b)/,
    event: "timeout",
    direction: "inbound",
    stage: "starttls",
    command: "STARTTLS",
  },
  {
    pattern: /STARTTLS=client, error: connect failed.{0,60}(?:reason=timeout|errno=(?:110|60)\b)/,
    event: "timeout",
    direction: "outbound",
    stage: "starttls",
    command: "STARTTLS",
  },
  { pattern: /STARTTLS=server, error: accept failed/, event: "tls-failed", direction: "inbound", stage: "starttls", command: null },
  { pattern: /STARTTLS=client, error: connect failed/, event: "tls-failed", direction: "outbound", stage: "starttls", command: null },
  // A ruleset refuses what STARTTLS led to: of a server that this host sends to, or of a client.
  {
    pattern: /^ruleset=tls_(?:server|rcpt), (?=.{0,1500} reject=).{0,600}?relay=/,
    event: "tls-failed",
    direction: "outbound",
    stage: "starttls",
    command: null,
  },
  {
    pattern: /^ruleset=tls_client, (?=.{0,1500} reject=).{0,600}?relay=/,
    event: "tls-failed",
    direction: "inbound",
    stage: "starttls",
    command: null,
  },
  {
    pattern: /^rejecting commands from .{1,400} due to pre-greeting traffic/,
    event: "reject",
    direction: "inbound",
    stage: "greeting",
    command: null,
  },
  {
    pattern: /^<?[^\s<>]{1,320}>?\.\.\. (?:User unknown|Mailbox|No such user)/,
    event: "reject",
    direction: "inbound",
    stage: "rcpt",
    command: "RCPT",
  },
];

function readFailure(entry: LogEntry, text: string, from: number): void {
  const waiting = /timeout waiting for input from (.{1,400}) during (client|server) ([A-Za-z]{1,12}(?: [A-Za-z0-9]{1,8})?)/.exec(text);
  if (waiting !== null) {
    readWaiting(entry, from, waiting);
    return;
  }
  const lost = /^lost input channel from (.{1,400}) to \S{1,100} after ([A-Za-z]{1,12})/.exec(text);
  if (lost !== null) {
    const state = (lost[2] ?? "").toUpperCase();
    // Before the first command.
    const command = state === "STARTUP" ? "CONNECT" : state;
    const stage = command === "DATA" ? "body" : stageOfCommand(command);
    setEvent(entry, "lost-connection", from, { direction: "inbound", stage, command });
    entry.failure = "lost-connection";
    entry.peer = hostIn(lost[1] ?? "");
    return;
  }
  if (/^ruleset=check_|^Milter: /.test(text) && readReject(entry, text, from)) return;
  if (/^rejecting connections on daemon \S{1,100}: load average: /.test(text)) {
    setTrouble(entry, "load", from, "inbound");
    return;
  }
  const failure = FAILURES.find(({ pattern }) => pattern.test(text));
  if (failure !== undefined) {
    const { event, direction, stage, command, pattern } = failure;
    setEvent(entry, event, from, { direction, stage, command });
    // Before the greeting only bots talk.
    entry.bot = direction === "inbound" && stage === "greeting";
    if (event === "timeout" || event === "lost-connection" || event === "tls-failed") entry.failure = event;
    entry.peer = hostIn(text) ?? namedIn(text, pattern);
    return;
  }
  const trouble = hostTrouble(text);
  if (trouble !== null) setTrouble(entry, trouble, from);
  else if (GUESSES.test(text)) {
    entry.bot = true;
    entry.peer = hostIn(text);
  }
}

/** Passwords are guessed: `HOST [IP]: possible SMTP attack: command=AUTH, count=3`, `AUTH failure (LOGIN): …, relay=HOST [IP]`. */
const GUESSES = /: possible SMTP attack: command=AUTH|^AUTH failure \([A-Z0-9-]{1,20}\): /;

/** The ruleset that refused, and where in the dialogue it is asked. */
const RULESETS: Readonly<Record<string, readonly [MailStage, string | null]>> = {
  check_relay: ["connect", null],
  check_mail: ["mail", "MAIL"],
  check_rcpt: ["rcpt", "RCPT"],
  check_data: ["data-command", "DATA"],
  check_eom: ["end-of-data", "DATA"],
  check_etrn: ["unknown", "ETRN"],
  check_vrfy: ["unknown", "VRFY"],
  check_expn: ["unknown", "EXPN"],
};

/** `ruleset=check_rcpt, …, relay=HOST, reject=550 5.7.1 …`, `Milter: to=<…>, reject=451 4.3.2 …`. */
function readReject(entry: LogEntry, text: string, from: number): boolean {
  const match =
    /(?:^ruleset=(check_[a-z]{1,10}),|^Milter: (to|from|data|connect)).{0,2000}? reject=((?:[45][0-9]{2} )?(?:([45]\.[0-9]{1,3}\.[0-9]{1,3}) )?)/.exec(
      text,
    );
  if (match === null) return false;
  const [whole, ruleset = "", milter = "", reply = "", dsn] = match;
  const stages: Readonly<Record<string, readonly [MailStage, string | null]>> = {
    to: ["rcpt", "RCPT"],
    from: ["mail", "MAIL"],
    data: ["end-of-data", "DATA"],
    connect: ["connect", null],
  };
  const [stage, command] = RULESETS[ruleset] ?? stages[milter] ?? (["unknown", null] as const);
  const limit = /(connection rate|too many open connections|connection limit)/i.exec(text.slice(whole.length, whole.length + 200))?.[1];
  if (limit === undefined) setEvent(entry, "reject", from, { direction: "inbound", stage, command });
  else setTrouble(entry, /rate/i.test(limit) ? "connection-rate" : "connection-count", from, "inbound");
  entry.stage = stage;
  const relay = text.lastIndexOf(", relay=");
  if (relay !== -1) entry.peer = hostIn(text.slice(relay + ", relay=".length)) ?? bareName(text.slice(relay + ", relay=".length));
  if (dsn !== undefined) {
    entry.dsnTo = from + whole.length - 1;
    entry.dsnFrom = entry.dsnTo - dsn.length;
  }
  entry.reasonFrom = from + whole.length - reply.length;
  return true;
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
