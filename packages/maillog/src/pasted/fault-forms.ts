/** The words for a delivery that failed, of mail programs and of providers. */
import type { MailStage, PastedFault } from "@mxray/contracts";
import { stageOfState } from "../formats/postfix/smtp-words.ts";

export interface FaultForm {
  readonly words: RegExp;
  readonly failure: PastedFault["failure"];
  /** A function where the words name the stage; null where they name none. */
  readonly stage: MailStage | null | ((named: string) => MailStage | null);
}

/** Sendmail names the phase of its client: `during client DATA 354`. */
const SENDMAIL_PHASES: readonly (readonly [string, MailStage])[] = [
  ["greeting", "greeting"],
  ["EHLO", "ehlo"],
  ["HELO", "ehlo"],
  ["STARTTLS", "starttls"],
  ["AUTH", "auth"],
  ["MAIL", "mail"],
  ["RCPT", "rcpt"],
  ["DATA 354", "data-command"],
  ["DATA status", "end-of-data"],
  ["QUIT", "quit"],
];

function sendmailStage(named: string): MailStage | null {
  return SENDMAIL_PHASES.find(([phase]) => named.startsWith(phase))?.[1] ?? null;
}

function postfixStage(named: string): MailStage | null {
  const stage = stageOfState(named);
  return stage === "unknown" ? null : stage;
}

const SMTP_STAGES: readonly (readonly [RegExp, MailStage])[] = [
  [/in reply to end of DATA/i, "end-of-data"],
  [/\[?(?:end of data|eom|\.)\]?$/i, "end-of-data"],
  [/\bDATA\b/i, "body"],
  [/\bRCPT\b/i, "rcpt"],
  [/\bMAIL\b/i, "mail"],
];

/** What the receiving server says it waited for: the content comes after DATA. */
function waitedStage(named: string): MailStage | null {
  return SMTP_STAGES.find(([words]) => words.test(named))?.[1] ?? null;
}

function form(words: RegExp, failure: FaultForm["failure"], stage: FaultForm["stage"]): FaultForm {
  return { words, failure, stage };
}

/** The first that fits counts: the more exact words come first. */
export const FAULT_FORMS: readonly FaultForm[] = [
  // Exim.
  form(/SMTP timeout after (?:pipelined )?(?:sending data block|DATA block)/i, "timeout", "body"),
  form(/SMTP timeout after (?:pipelined )?end of data/i, "timeout", "end-of-data"),
  form(/SMTP timeout after (?:pipelined )?initial connection/i, "timeout", "greeting"),
  form(/SMTP timeout after (?:pipelined )?(?:EHLO|HELO)/i, "timeout", "ehlo"),
  form(/SMTP timeout after (?:pipelined )?RCPT/i, "timeout", "rcpt"),
  form(/SMTP timeout after (?:pipelined )?MAIL/i, "timeout", "mail"),
  form(/SMTP timeout after (?:pipelined )?DATA/i, "timeout", "data-command"),
  form(/closed connection in response to (?:pipelined )?(?:end of data|sending data block)/i, "lost-connection", "end-of-data"),
  form(/closed connection in response to/i, "lost-connection", null),
  form(/\(gnutls_handshake\): timed out|TLS session: .{0,80}timed out/i, "timeout", "starttls"),
  form(/TLS session is required|failure while setting up TLS|TLS session: /i, "tls-failed", "starttls"),
  // Sendmail.
  form(/timeout writing message to/i, "timeout", "body"),
  form(
    /(?:timeout waiting for input from .{1,255}|timed out) during client ([A-Za-z]{2,10}(?: (?:354|status))?)/i,
    "timeout",
    sendmailStage,
  ),
  form(/timeout waiting for input from (?!client)/i, "timeout", null),
  form(/reply: read error from/i, "lost-connection", null),
  // Postfix, where its words are pasted without the name of the host.
  form(/timed out while ([a-z]+ [A-Za-z ]{2,40})/, "timeout", postfixStage),
  form(/lost connection while ([a-z]+ [A-Za-z ]{2,40})/, "lost-connection", postfixStage),
  form(/lost connection with \S{1,255} while ([a-z]+ [A-Za-z ]{2,40})/, "lost-connection", postfixStage),
  // qmail.
  form(/but connection died\. Possible duplicate/i, "lost-connection", "end-of-data"),
  form(/but connection died/i, "lost-connection", null),
  form(/wasn't able to establish an SMTP connection/i, "connect-failed", "connect"),
  // The receiving server's own time-out: it says so in a reply, and its sender had it bounced.
  form(
    /4[0-9]{2}:?[ -](?:4\.4\.[12] )?.{0,120}?(?:timeout exceeded|command timeout|data timeout|incoming data timeout|timeout while waiting|timeout waiting for|read timeout|idle too long|timeout - closing|timed out waiting for|time-?out[ ,.-]{1,3}closing)(.{0,60})/i,
    "peer-timeout",
    waitedStage,
  ),
  // Microsoft 365 and Exchange: a reason of their own beside the code.
  form(/Connection dropped due to Timed?Out/i, "timeout", null),
  form(/4\.4\.316|5\.4\.316|\b10061\b|actively refused/i, "connect-failed", "connect"),
  form(/4\.4\.317|Cannot connect to remote server|\b10060\b/i, "connect-failed", "connect"),
  form(/4\.7\.32[0-5]|Certificate validation failed|TLS negotiation failed|Must issue a STARTTLS/i, "tls-failed", "starttls"),
  form(/TLS is required, but was not offered|Server certificate not (?:trusted|verified)|Cannot start TLS/i, "tls-failed", "starttls"),
  form(/Connection dropped due to (?:ConnectionReset|SocketError)|4\.4\.2 Connection dropped/i, "lost-connection", null),
  // Gmail and other providers.
  form(
    /did not accept our requests to connect|unable to connect|couldn't connect|could not connect|No route to host|Network is unreachable/i,
    "connect-failed",
    "connect",
  ),
  form(/Connect(?:ing)? to .{1,300}?: (?:connection )?timed out/i, "connect-failed", "connect"),
  form(/Connection refused/i, "connect-failed", "connect"),
  form(
    /Host or domain name not found|domain (?:name )?(?:.{1,255} )?(?:couldn't be found|not found|does not exist)|No MX or A records|couldn't find any host named|Unrouteable address|Host unknown|NonExistentDomain|nonexistent domain|Unable to lookup DNS|host name lookup failure|host map: lookup \(.{1,255}\): deferred/i,
    "no-host",
    null,
  ),
  form(/(?:Connection|Operation) timed out with|Connection timed out/i, "timeout", null),
  form(/(?:connection|conversation|server|request).{0,60}(?:timed out|timeout)|\btimed out\b|Timeout exceeded/i, "timeout", null),
  form(/lost connection|connection (?:was )?(?:reset|dropped|closed|lost)|reset by peer|broken pipe/i, "lost-connection", null),
  // The sending server itself.
  form(
    /loops back to myself|mail transport unavailable|unknown mail transport error|unknown user: |local configuration error/i,
    "unknown",
    null,
  ),
];

/** The reason that a text gives where it gives no other. */
export const EXPIRED =
  /Message expired|delivery time expired|retry time(?:out)? (?:not reached|exceeded)|could not be delivered for [0-9]{1,3} (?:days?|hours?)|unable to deliver in [0-9]{1,6} minutes/i;
