/** SMTP commands as servers log them (`after WHERE`), as stages of a session. */
import type { MailStage } from "@mxray/contracts";

const COMMANDS: Readonly<Record<string, MailStage>> = {
  CONNECT: "connect",
  HELO: "ehlo",
  EHLO: "ehlo",
  LHLO: "ehlo",
  STARTTLS: "starttls",
  AUTH: "auth",
  MAIL: "mail",
  RCPT: "rcpt",
  DATA: "data-command",
  BDAT: "data-command",
  "END-OF-MESSAGE": "end-of-data",
  RSET: "rset",
  NOOP: "noop",
  VRFY: "vrfy",
  ETRN: "etrn",
  QUIT: "quit",
  XCLIENT: "xclient",
  XFORWARD: "xforward",
  HELP: "help",
};

/** @param counted bytes of content were counted, so content was under way */
export function stageOfCommand(command: string, counted = false): MailStage {
  if (counted) return "body";
  return (Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined) ?? "unknown";
}
