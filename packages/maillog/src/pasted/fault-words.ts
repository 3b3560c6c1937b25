/**
 * How a delivery failed, from the words that mail programs and providers put into bounces, delay notices and queue listings.
 * Nothing is inferred beyond the words: no peer, status code or stage that the text does not name.
 */
import { type MailStage, type PastedFault, type Peer, printable } from "@mxray/contracts";
import { brokenConversation } from "../formats/postfix/conversation.ts";

export type FaultWords = Pick<PastedFault, "peer" | "failure" | "stage" | "dsn" | "reason">;

type Form = readonly [words: RegExp, failure: PastedFault["failure"], stage: MailStage | null];

const CONVERSATION =
  /(?:conversation with|lost connection with|connect to|host|SSL_connect error to) [A-Za-z0-9._-]{1,255}\[[0-9A-Fa-f:.]{2,45}\][^<>]{1,400}/;

/** The first that fits counts: the more exact words come first. */
const FORMS: readonly Form[] = [
  // Exim.
  [/SMTP timeout after (?:pipelined )?(?:sending data block|DATA block)/i, "timeout", "body"],
  [/SMTP timeout after (?:pipelined )?end of data/i, "timeout", "end-of-data"],
  [/SMTP timeout after (?:pipelined )?initial connection/i, "timeout", "greeting"],
  [/SMTP timeout after (?:pipelined )?(?:EHLO|HELO)/i, "timeout", "ehlo"],
  [/SMTP timeout after (?:pipelined )?RCPT/i, "timeout", "rcpt"],
  [/SMTP timeout after (?:pipelined )?MAIL/i, "timeout", "mail"],
  [/SMTP timeout after (?:pipelined )?DATA/i, "timeout", "data-command"],
  [/closed connection in response to (?:pipelined )?(?:end of data|sending data block)/i, "lost-connection", "end-of-data"],
  [/closed connection in response to/i, "lost-connection", null],
  [/\(gnutls_handshake\): timed out|TLS session: .{0,80}timed out/i, "timeout", "starttls"],
  [/TLS session is required|failure while setting up TLS|TLS session: /i, "tls-failed", "starttls"],
  // Sendmail.
  [/timeout writing message to/i, "timeout", "body"],
  [/timeout waiting for input from .{1,255} during client DATA status/i, "timeout", "end-of-data"],
  [/timeout waiting for input from .{1,255} during client greeting/i, "timeout", "greeting"],
  [/timeout waiting for input from/i, "timeout", null],
  [/reply: read error from/i, "lost-connection", null],
  // Microsoft 365 and Exchange: a reason of their own beside the code.
  [/4\.4\.316|5\.4\.316|\b10061\b|actively refused/i, "connect-failed", "connect"],
  [/4\.4\.317|Cannot connect to remote server|\b10060\b/i, "connect-failed", "connect"],
  [/4\.7\.320|4\.7\.32[1-5]|Certificate validation failed|TLS negotiation failed|Must issue a STARTTLS/i, "tls-failed", "starttls"],
  [/Connection dropped due to (?:ConnectionReset|SocketError)|4\.4\.2 Connection dropped/i, "lost-connection", null],
  // Gmail and other providers.
  [
    /did not accept our requests to connect|unable to connect|couldn't connect|could not connect|No route to host|Network is unreachable/i,
    "connect-failed",
    "connect",
  ],
  [/Connection refused/i, "connect-failed", "connect"],
  [/(?:Connection|Operation) timed out with|Connection timed out/i, "timeout", null],
  [/timed out while sending message body|timed out while sending (?:the )?message/i, "timeout", "body"],
  [/timed out while sending end of data/i, "timeout", "end-of-data"],
  [/(?:connection|conversation|server|request).{0,60}(?:timed out|timeout)|\btimed out\b|Timeout exceeded/i, "timeout", null],
  [/lost connection|connection (?:was )?(?:reset|dropped|closed|lost)|reset by peer|broken pipe/i, "lost-connection", null],
];
const REPLY = /(?:^|[\s"'<;:])([45][0-9]{2})[ -]([45]\.[0-9]{1,3}\.[0-9]{1,3})\b.{0,200}/;
/** Exchange wraps the reply of the other side into one of its own. */
const QUOTED_REPLY = /responded with: "[45][0-9]{2} ([45]\.[0-9]{1,3}\.[0-9]{1,3}) /;
/** Where the fields of a delivery report begin. */
const FIELDS = / (?:Final-Recipient|Original-Recipient|Reporting-MTA|Remote-MTA|Diagnostic-Code|Action|Status|Received):/;
const DSN_FIELD = /\bStatus: ([245]\.[0-9]{1,3}\.[0-9]{1,3})/i;

/** @param text one text, with white space as one blank @returns null where it reports no failure */
export function faultOfWords(text: string): FaultWords | null {
  const dsn = DSN_FIELD.exec(text)?.[1] ?? QUOTED_REPLY.exec(text)?.[1] ?? REPLY.exec(text)?.[2] ?? null;
  const peer = peerIn(text);
  const conversation = CONVERSATION.exec(text)?.[0];
  const broken = conversation === undefined ? null : brokenConversation(conversation);
  if (broken !== null && conversation !== undefined) {
    const failure = broken.failure === "peer-timeout" ? "timeout" : broken.failure;
    return { peer, failure, stage: broken.stage === "unknown" ? null : broken.stage, dsn, reason: wordsFrom(conversation, 0, 300) };
  }
  for (const [words, failure, stage] of FORMS) {
    const match = words.exec(text);
    if (match !== null) return { peer, failure, stage, dsn, reason: wordsFrom(text, match.index) };
  }
  const reply = REPLY.exec(text);
  return reply === null ? null : { peer, failure: "reply", stage: null, dsn, reason: wordsFrom(text, reply.index) };
}

const PEERS: readonly RegExp[] = [
  /\b([A-Za-z0-9_-][A-Za-z0-9._-]{0,253}) ?\[([0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{2,40})\](?::([0-9]{1,5}))?/,
  /Remote-MTA: dns; ?([A-Za-z0-9._-]{1,255})(?: \(([0-9A-Fa-f.:]{2,45})[,)])?()/i,
  /\[(?:\([0-9]{1,3}\) )?([A-Za-z0-9._-]{1,255}\.) ([0-9A-Fa-f.:]{2,45}): ()/,
  /while talking to ([A-Za-z0-9._-]{3,255}?)[.:]{1,2}(?: |$)()()/,
  /(?:timed out with|read error from|reset by|refused by|writing message to|input from) ([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+){1,8})()()/,
];

function peerIn(text: string): Peer | null {
  for (const form of PEERS) {
    const match = form.exec(text);
    if (match === null) continue;
    const [, name = "", address = "", port = ""] = match;
    return { name: name.replace(/\.$/, "") || null, address: address || null, port: port === "" ? null : Number(port) };
  }
  return null;
}

/** The words from a place on, to the end of their sentence or line. */
function wordsFrom(text: string, at: number, cap = 200): string {
  const words = text.slice(at, at + cap).split(FIELDS, 1)[0] ?? "";
  const end = /[.;)] (?=[A-Z-])/.exec(words)?.index ?? words.length;
  return printable(words.slice(0, end).trim(), 300);
}
