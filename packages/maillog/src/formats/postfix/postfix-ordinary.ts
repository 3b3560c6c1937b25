/**
 * Lines of Postfix that report no event and need none: what each program writes in normal operation, and warnings that do not
 * concern whether mail gets through. A line that is neither here nor an event is one that mxray does not understand.
 */

import { ByteOpenings } from "../../bytes/byte-openings.ts";
import { asciiBytes, SPACE, startsWith } from "../../bytes/byte-text.ts";
import type { LogEntry } from "../../entries/log-entry.ts";
import { isNoQueue } from "../../entries/queue-id.ts";
import { postfixText } from "./postfix-text.ts";

const WARNING = asciiBytes("warning: ");
const NOQUEUE_LENGTH = "NOQUEUE: ".length;

/** Of any program, behind the queue id. */
const OPENINGS = new ByteOpenings([
  // cleanup, pickup, qmgr, bounce, records of address verification
  ...[
    "message-id=",
    "resent-message-id=",
    "uid=",
    "skipped, still being delivered",
    "sender non-delivery ",
    "sender delay ",
    "sender delivery status ",
    "postmaster ",
    "bcc: ",
  ],
  // header_checks, access tables, milters
  ...["info: ", "warn: ", "reject_warning: ", "prepend: ", "replace: ", "redirect: ", "filter: ", "discard: ", "hold: ", "strip: "],
  ...[
    "delay: ",
    "permit: ",
    "whitelisted: ",
    "proxy-accept: ",
    "milter-hold: ",
    "milter-discard: ",
    "milter-quarantine: ",
    "milter-warn: ",
  ],
  // TLS
  ...["Anonymous TLS connection ", "Untrusted TLS connection ", "Trusted TLS connection ", "Verified TLS connection ", "TLS SNI "],
  ...["setting up TLS connection ", "initializing the ", "SSL_accept:", "SSL_connect:", "Verified: ", "Unverified: ", "Peer verification"],
  ...["Peer certificate ", "Server certificate ", "Host offered STARTTLS", "verify error:", "Issued session ticket", "starting TLS engine"],
  ...["looking up session ", "save session ", "new session ", "remove session ", "reloaded session ", "Reusing old session", "tlsproxy_"],
  ...["certificate verification ", "subject_CN=", "fingerprint=", "delivering to ", "DSN support disabled"],
  // smtpd, postscreen, dnsblog, anvil, scache, verify
  ...["discarding EHLO keywords: ", "setting smtp", "PASS ", "ALLOWLISTED ", "WHITELISTED ", "DENYLISTED ", "BLACKLISTED "],
  ...["ALLOWLIST VETO ", "WHITELIST VETO ", "entering STRESS mode", "leaving STRESS mode", "addr ", "statistics: ", "cache "],
  ...["improper command pipelining ", "non-SMTP command ", "BARE LINEFEED ", "disconnect: "],
  // qmgr, master, postfix-script, tables
  ...["table ", "lookup table ", "daemon started", "reload ", "terminating ", "starting the Postfix", "stopping the Postfix"],
  ...["refreshing the Postfix", "the Postfix mail system", "waiting for the Postfix", "terminating Postfix", "aborting the Postfix"],
  ...["flushing ", "postlogd ", "logrotate", "name service error", "rotating ", "Deleted: ", "Requeued: ", "Released "],
  ...["Placed on hold", "Expired: ", "removed", "requeued", "released from hold", "placed on hold", "released on ", "renamed to "],
  // debug output of -v and debug_peer_list
  ...["> ", "< ", "connection established", "connection closed", "master_notify", "idle timeout", "rewrite stream"],
]);

/** Behind `warning: `. */
const WARNINGS = new ByteOpenings([
  ...["hostname ", "numeric ", "malformed domain name ", "Illegal address syntax ", "valid_hostname: ", "valid_ipv4_hostaddr: "],
  ...["valid_hostliteral: ", "valid_ipv6_hostaddr: ", "no MX host for ", "unable to look up ", "database ", "run-time library "],
  ...["mail for ", "you may need to ", "please avoid ", "this may ", "this will ", "to avoid this condition", "to stop this "],
  ...["do not list ", "not owned by ", "not set-gid ", "symlink ", "group or other writable", "/etc/", "/usr/", "/var/", "header "],
  ...[
    "SASL authentication ",
    "SASL: ",
    "SASL per-",
    "xsasl_",
    "dict_",
    "dnsblog",
    "dnsblog_",
    "psc_",
    "getting ",
    "Recipient address ",
    "restriction ",
    "access table ",
    "milter ",
    "premature end-of-input ",
    "network_biopair",
    "smtp_",
    "smtpd_",
    "tls_",
    "mailer loop",
  ],
  ...["Mail system is down", "uid=", "non-SMTP command ", "duplicate ", "connect #"],
  ...["DNSSEC validation ", "DNS ", "TLS policy ", "TLSA ", "cipher ", "undefined ", "unused parameter", "reverting ", "support for "],
  ...["the Postfix ", "Postfix ", "preceding ", "relayhost ", "ignoring ", "skipping ", "process id "],
]);

/** Behind `warning: `, where what it is about comes first: a client, a host, a file, a queue file. */
const WARNING_FORMS =
  /^(?:[^\s[]{1,255}\[[^\]]{1,100}\](?::[0-9]{1,5})?: (?:hostname |address not listed |SASL |TLS |sent |offered )|[0-9A-Fa-f.:]{3,45}: (?:hostname |address not listed )|host [^\s[]{1,255}\[[^\]]{1,100}\](?::[0-9]{1,5})? (?:greeted me |replied to )|[^\s[]{1,255}\[[^\]]{1,100}\] sent |\S{1,255}: (?:RBL lookup error|unused parameter|not owned by|is older than )|[0-9A-Za-z]{6,24}: (?:skipping further |defer service |queue file |milter ))/;
/** Of a function, or about the connection to a host. */
const DEBUG = /^(?:[^\s[]{1,255}\[[^\]]{1,100}\](?::[0-9]{1,5})?: |[a-z][a-z0-9]*_[a-z0-9_]{1,60}(?:: |$))/;
/** Address verification, which delivers nothing. */
const VERIFICATION = /^to=<.{0,2000}, status=(?:undeliverable|deliverable)\b/;
/** Servers of others that Postfix starts and that take its name. */
const POLICY_SERVER = /polic|spf|grey/i;

/** Whether the line is one that has no event to report. Asked of lines without an event only. */
export function isOrdinaryPostfixLine(entry: LogEntry): boolean {
  const { bytes, textTo } = entry;
  const from = messageFrom(entry);
  if (from >= textTo) return true;
  if (OPENINGS.begin(bytes, from, textTo)) return true;
  if (startsWith(bytes, from, textTo, WARNING)) {
    const about = from + WARNING.length;
    return WARNINGS.begin(bytes, about, textTo) || WARNING_FORMS.test(postfixText(entry, about).slice(0, 400));
  }
  if (entry.program.role === "postfix" && POLICY_SERVER.test(entry.program.tag)) return true;
  const text = postfixText(entry, from);
  return DEBUG.test(text) || VERIFICATION.test(text);
}

function messageFrom({ bytes, textFrom, textTo, idTo }: LogEntry): number {
  if (idTo > textFrom) return bytes[idTo + 1] === SPACE ? idTo + 2 : idTo + 1;
  return isNoQueue(bytes, textFrom, textTo) ? textFrom + NOQUEUE_LENGTH : textFrom;
}
