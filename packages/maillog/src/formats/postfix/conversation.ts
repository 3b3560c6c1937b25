/**
 * How a delivery over SMTP or LMTP broke, from the client's words: the same in a line of their own (a further server will be
 * tried) and inside `status=deferred (…)`. Wordings of Postfix 2.0 to 3.12 (smtp/smtp_trouble.c, smtp_connect.c, smtp_proto.c).
 */
import type { MailStage } from "@mxray/contracts";
import type { LogFailure } from "../../entries/log-failure.ts";
import { repliedCommand, stageOfState } from "./smtp-words.ts";

export interface BrokenConversation {
  readonly failure: LogFailure;
  readonly stage: MailStage;
  /** The command that the peer answered. */
  readonly command: string | null;
  /** Index in the text at which the peer is named; -1 where it is not. */
  readonly peerAt: number;
}

/** Null for what tells of no conversation that broke. */
export function brokenConversation(text: string): BrokenConversation | null {
  switch (text[0]) {
    case "l":
      return between(text, "lost connection with ", "] while ", "lost-connection");
    case "c":
      return between(text, "conversation with ", "] timed out while ", "timeout") ?? brokenConnect(text);
    case "h":
      return quotedReply(text);
    case "S":
      return brokenTls(text) ?? refusedLogin(text);
    case "C":
      return text.startsWith("Cannot start TLS: ") ? tlsFailed(-1) : null;
    case "T":
      return tlsRequired(text);
    default:
      return null;
  }
}

function between(text: string, opening: string, divider: string, failure: LogFailure): BrokenConversation | null {
  if (!text.startsWith(opening)) return null;
  const at = text.indexOf(divider, opening.length);
  if (at === -1) return null;
  return { failure, stage: stageOfState(text.slice(at + divider.length)), command: null, peerAt: opening.length };
}

function brokenConnect(text: string): BrokenConversation | null {
  const opening = "connect to ";
  if (!text.startsWith(opening)) return null;
  const close = text.indexOf("]", opening.length);
  if (close === -1) return null;
  const reason = text.slice(close + 1, close + 100).replace(/^:[0-9]{1,5}(?=:)/, "");
  const found = (failure: LogFailure, stage: MailStage) => ({ failure, stage, command: null, peerAt: opening.length });
  // Up to 2.2 the greeting belonged to the connecting.
  if (reason.startsWith(": read timeout")) return found("timeout", "greeting");
  if (reason.startsWith(": server dropped connection")) return found("lost-connection", "greeting");
  if (reason.startsWith(": server refused to talk to me")) return found("reply", "greeting");
  return reason.startsWith(": ") ? found("connect-failed", "connect") : null;
}

function quotedReply(text: string): BrokenConversation | null {
  if (!text.startsWith("host ")) return null;
  const close = text.indexOf("] ", 5);
  const said = close === -1 ? -1 : close + 1;
  if (said === -1) return null;
  if (text.startsWith(" refused to talk to me: ", said)) return { failure: "reply", stage: "greeting", command: null, peerAt: 5 };
  const words = " said: ";
  if (!text.startsWith(words, said)) return null;
  const asked = text.lastIndexOf(" (in reply to ");
  const { stage, command } = asked === -1 ? { stage: "unknown" as const, command: null } : repliedCommand(text.slice(asked + 14));
  const reply = text.slice(said + words.length, asked === -1 ? text.length : asked);
  return { failure: isTimeoutReply(reply) ? "peer-timeout" : "reply", stage, command, peerAt: 5 };
}

/** `421 4.4.2 mx.example.test Error: timeout exceeded`: the server's timer ran out before the client's. */
function isTimeoutReply(reply: string): boolean {
  return /^421[ -]/.test(reply) && /time(?:d )?-?out/i.test(reply.slice(0, 500));
}

/** `SSL_connect error to HOST[IP]:PORT: Connection timed out`, or with another reason or a number; `Server certificate not …`. */
function brokenTls(text: string): BrokenConversation | null {
  const opening = "SSL_connect error to ";
  if (!text.startsWith(opening)) return /^Server certificate not (?:verified|trusted)/.test(text) ? tlsFailed(-1) : null;
  return { ...tlsFailed(opening.length), failure: /: (?:Connection|Operation) timed out$/.test(text) ? "timeout" : "tls-failed" };
}

/** `SASL authentication failed; server HOST[IP] said: 535 …`, or `cannot authenticate to server HOST[IP]: no mechanism available`. */
function refusedLogin(text: string): BrokenConversation | null {
  const server = /^SASL authentication failed[;:] (?:cannot authenticate to )?server /.exec(text);
  return server === null ? null : { failure: "reply", stage: "auth", command: "AUTH", peerAt: server[0].length };
}

function tlsFailed(peerAt: number): BrokenConversation {
  return { failure: "tls-failed", stage: "starttls", command: null, peerAt };
}

function tlsRequired(text: string): BrokenConversation | null {
  if (!text.startsWith("TLS is required, but ")) return null;
  const at = text.indexOf("host ");
  return tlsFailed(at === -1 ? -1 : at + 5);
}
