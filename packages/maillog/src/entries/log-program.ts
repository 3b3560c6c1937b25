/**
 * Which program wrote a line, from its syslog tag: the mail program it belongs to and its part in it. A Postfix process is the
 * last component of the tag (postfix/smtp, postfix-out/smtp, postfix/submission/smtpd); what is in front is the instance.
 */
import type { MailEvent } from "@mxray/contracts";

/** What of a program's lines is looked at. */
type ProgramRole =
  | "smtpd"
  /** smtp and lmtp: deliver over a connection. */
  | "client"
  | "queue-manager"
  | "cleanup"
  | "postscreen"
  | "qmqpd"
  | "tlsproxy"
  /** local, virtual, pipe, error and the like: deliver, but over no connection. */
  | "agent"
  /** All other parts of Postfix: only the troubles that any process may meet. */
  | "postfix"
  | "exim"
  | "sendmail"
  /** A mail server's whose lines mxray does not read. */
  | "unread";

export interface LogProgram {
  /** As logged, such as postfix/smtp. */
  readonly tag: string;
  /** Without meaning for role `unread`. */
  readonly mta: MailEvent["mta"];
  readonly role: ProgramRole;
}

const POSTFIX_ROLES: Readonly<Record<string, ProgramRole>> = {
  smtpd: "smtpd",
  smtp: "client",
  lmtp: "client",
  qmgr: "queue-manager",
  nqmgr: "queue-manager",
  oqmgr: "queue-manager",
  cleanup: "cleanup",
  postscreen: "postscreen",
  qmqpd: "qmqpd",
  tlsproxy: "tlsproxy",
  local: "agent",
  virtual: "agent",
  pipe: "agent",
  error: "agent",
  retry: "agent",
  discard: "agent",
};

const OTHER_POSTFIX = new Set(
  (
    "anvil bounce defer trace dnsblog flush master pickup postlogd proxymap proxywrite scache showq spawn tlsmgr " +
    "trivial-rewrite rewrite verify postfix-script postdrop sendmail postqueue postsuper postmap postalias postkick postlog " +
    "postfix postmulti postconf postfix-wrapper postfix-tls-script"
  ).split(" "),
);

/** Sendmail's -L option and its packages choose the rest of the tag. */
const SENDMAIL = /^(?:sm-[a-z][a-z0-9-]{0,40}|sendmail(?:-[a-z0-9-]{1,40})?)$/i;
const EXIM = new Set(["exim", "exim4", "Exim"]);

/** OpenSMTPD, qmail, Courier and smaller ones. */
const UNREAD =
  /^(?:smtpd|qmail(?:-[a-z]{1,20})?|courier(?:d|e?smtpd?|local|filter)?|[Hh]araka|maddy|stalwart(?:-mail)?|nullmailer(?:-[a-z]{1,20})?|dma|sSMTP|ssmtp|msmtp|masqmail)$/;

/** Null for a program that is none of a mail server's that are known here. */
export function logProgramOf(tag: string): LogProgram | null {
  if (tag.includes(":")) return null;
  const slash = tag.lastIndexOf("/");
  if (slash === -1) {
    if (SENDMAIL.test(tag)) return { tag, mta: "sendmail", role: "sendmail" };
    if (EXIM.has(tag)) return { tag, mta: "exim", role: "exim" };
    return UNREAD.test(tag) ? { tag, mta: "postfix", role: "unread" } : null;
  }
  const process = tag.slice(slash + 1);
  const role = Object.hasOwn(POSTFIX_ROLES, process) ? POSTFIX_ROLES[process] : undefined;
  if (role !== undefined) return { tag, mta: "postfix", role };
  return OTHER_POSTFIX.has(process) || tag.startsWith("postfix") ? { tag, mta: "postfix", role: "postfix" } : null;
}
