/** Lines of Sendmail that report no event and need none: what it writes at its usual log level (9), and the dialogue of higher ones. */
import { latin1 } from "../../bytes/byte-text.ts";
import type { LogEntry } from "../../entries/log-entry.ts";

const ID = /^(?:(?:[0-9A-Za-z]{7,20}|NOQUEUE): ){0,2}/;
const OPENINGS =
  /^(?:from=|to=<?.{0,2000}, stat=queued|STARTTLS=|STARTTLS: |AUTH=|AUTH: |tls_|TLS: |Milter|milter=|starting daemon |restarting |stopping daemon|started as: |alias database |\S{1,255}: [0-9]{1,9} aliases|newaliases|clone |owner=|DSN: |return to sender|sender notify|postmaster notify|forward|ruleset=|discard|connect from |(?:\S{1,255} )?(?:\[[^\]]{1,45}\])?(?: \(may be forged\))?: possible SMTP attack|possible SMTP attack|gethostby|getaddrinfo|My unqualified host name|unable to qualify my own domain|accepting connections|rejecting connections|runqueue|grew WorkList|Maximum |premature EOM|collect: |Authentication-Warning|error: safesasl|header: |Losing |locked|lost lock|SMTP outgoing |SMTP MAIL|SMTP RCPT|SMTP QUIT|--- |<-- |>>> |<<< |truncat|dbm map|unknown configuration line|Warning: |WARNING: |hash map |map |Fixed MIME|did not issue |low on space|user open|makeconnection|hoststat|deferred|Deferred|timeout writing message|lost input channel|timeout waiting for|redirect|removed|quarantine|Quarantine|<[^>]{0,320}>\.\.\. )/;

/** Whether the line is one that has no event to report. Asked of lines without an event only. */
export function isOrdinarySendmailLine({ bytes, textFrom, textTo }: LogEntry): boolean {
  const whole = latin1(bytes, textFrom, Math.min(textTo, textFrom + 2500));
  const text = whole.slice(ID.exec(whole)?.[0].length ?? 0).replace(/^SYSERR\([^)]{1,60}\): /, "");
  return text === "" || OPENINGS.test(text);
}
