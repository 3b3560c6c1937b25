/**
 * The names that Postfix's client has for the points of a dialogue, as stages: `while STATE` (smtp/smtp_proto.c of 2.0 to
 * 3.12) and the command whose answer it quotes (`in reply to CMD`).
 */
import type { MailStage } from "@mxray/contracts";

const STATES: readonly (readonly [string, MailStage])[] = [
  ["receiving the initial server greeting", "greeting"],
  ["receiving the initial SMTP greeting", "greeting"],
  ["performing the EHLO handshake", "ehlo"],
  ["performing the HELO handshake", "ehlo"],
  ["performing the LHLO handshake", "ehlo"],
  ["performing the initial protocol handshake", "ehlo"],
  ["sending HELO", "ehlo"],
  ["receiving the STARTTLS response", "starttls"],
  ["sending XFORWARD", "xforward"],
  ["sending MAIL FROM", "mail"],
  ["sending RCPT TO", "rcpt"],
  ["sending DATA command", "data-command"],
  ["sending message body", "body"],
  ["sending end of data", "end-of-data"],
  ["sending final RSET", "rset"],
  ["sending RSET probe", "rset"],
  ["sending QUIT", "quit"],
];

export function stageOfState(text: string): MailStage {
  return STATES.find(([words]) => text.startsWith(words))?.[1] ?? "unknown";
}

const REPLIES: readonly (readonly [string, MailStage, string])[] = [
  ["end of DATA command", "end-of-data", "DATA"],
  ["MAIL FROM command", "mail", "MAIL"],
  ["RCPT TO command", "rcpt", "RCPT"],
  ["DATA command", "data-command", "DATA"],
  ["BDAT command", "body", "BDAT"],
  ["EHLO command", "ehlo", "EHLO"],
  ["HELO command", "ehlo", "HELO"],
  ["LHLO command", "ehlo", "LHLO"],
  ["STARTTLS command", "starttls", "STARTTLS"],
  ["AUTH command", "auth", "AUTH"],
  ["XFORWARD", "xforward", "XFORWARD"],
  ["final RSET command", "rset", "RSET"],
  ["RSET probe", "rset", "RSET"],
  ["QUIT command", "quit", "QUIT"],
];

/** @param text what stands behind "in reply to " */
export function repliedCommand(text: string): { readonly stage: MailStage; readonly command: string | null } {
  const found = REPLIES.find(([words]) => text.startsWith(words));
  return found === undefined ? { stage: "unknown", command: null } : { stage: found[1], command: found[2] };
}
