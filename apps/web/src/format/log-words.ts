/** The closed unions of mail logs, in words for people. */
import {
  type Direction,
  type LogOutcome,
  type LogSourceState,
  type MailEvent,
  type MailEventKind,
  type MailStage,
  type Peer,
  SMTP_PORT,
} from "@mxray/contracts";
import { formatCount } from "./numbers.ts";
import type { Tone } from "./words.ts";

export const LOG_OUTCOME_WORDS: Record<LogOutcome, string> = {
  sent: "delivered",
  deferred: "deferred",
  bounced: "bounced",
  expired: "expired",
  stalled: "stalled",
};

export const DIRECTION_WORDS: Record<Direction, string> = { outbound: "outbound", inbound: "inbound" };

export const MAIL_STAGE_WORDS: Record<MailStage, string> = {
  connect: "connect",
  greeting: "greeting",
  ehlo: "EHLO",
  starttls: "STARTTLS",
  auth: "AUTH",
  xforward: "XFORWARD",
  mail: "MAIL FROM",
  rcpt: "RCPT TO",
  "data-command": "DATA command",
  body: "message body",
  "end-of-data": "end of data",
  rset: "RSET",
  noop: "NOOP",
  vrfy: "VRFY",
  etrn: "ETRN",
  help: "HELP",
  xclient: "XCLIENT",
  quit: "QUIT",
  unknown: "unknown command",
};

const MAIL_EVENT_WORDS: Record<MailEventKind, string> = {
  "lost-connection": "connection lost",
  timeout: "timed out",
  delivery: "delivery",
  "queue-active": "in the queue",
  connect: "connected",
  disconnect: "disconnected",
  "pix-workarounds": "PIX workarounds",
  "connect-failed": "no connection",
  "client-limit": "client limit",
  "error-limit": "too many errors",
  resource: "resources",
  "content-filter": "content filter",
  "queue-io": "queue files",
  reject: "rejected",
  "tls-failed": "TLS failed",
};

/** What a line tells, in a word or two. */
export function eventWords({ event, status }: Pick<MailEvent, "event" | "status">): string {
  return status === null ? MAIL_EVENT_WORDS[event] : status === "sent" ? "delivered" : status;
}

/** What else a line says, in a few words each. */
export function factsOf({ direction, stage, size, bytes, dsn, queueId }: MailEvent): string[] {
  return [
    direction === null ? null : DIRECTION_WORDS[direction],
    stage === null ? null : MAIL_STAGE_WORDS[stage],
    size === null ? null : `message of ${formatCount(size)} bytes`,
    bytes === null ? null : `${formatCount(bytes)} bytes received`,
    dsn,
    queueId,
  ].filter((fact) => fact !== null);
}

export function eventTone({ event, status, stage }: Pick<MailEvent, "event" | "status" | "stage">): Tone {
  if (status === "sent") return "ok";
  if (event === "lost-connection" || event === "timeout") return "bad";
  if (event === "delivery") return stage === null ? "warn" : "bad";
  return event === "connect" || event === "disconnect" || event === "queue-active" ? "info" : "warn";
}

export const SOURCE_STATE_WORDS: Record<LogSourceState, string> = {
  following: "up to date",
  "catching-up": "catching up",
  waiting: "waiting",
  failed: "failed",
};

export const SOURCE_STATE_TONES: Record<LogSourceState, Tone> = {
  following: "ok",
  "catching-up": "info",
  waiting: "warn",
  failed: "bad",
};

/** `mx1.example.com [192.0.2.1]`, or what of it is known; with the port where that is not 25. */
export function peerWords({ name, address, port = null }: Pick<Peer, "name" | "address"> & Partial<Pick<Peer, "port">>): string {
  const end = port === null || port === SMTP_PORT ? "" : `, port ${port}`;
  if (name === null || name === address) return `${address ?? "unknown"}${end}`;
  return `${address === null ? name : `${name} [${address}]`}${end}`;
}
