/** Lines of Exim's main log that report no event and need none (`log_selector`, ACLs' `logwrite` and `warn`, the daemon's own). */
import { latin1 } from "../../bytes/byte-text.ts";
import type { LogEntry } from "../../entries/log-entry.ts";

const FRONT =
  /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]{8,12} (?:[+-][0-9]{4} )?)?(?:\[[0-9]{1,10}\] )?(?:[0-9A-Za-z]{6}-(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|[0-9A-Za-z]{11}-[0-9A-Za-z]{4})(?: |$))?/;
const OPENINGS =
  /^(?:Start queue run|End queue run|exim \S{1,20} daemon |exim user |SIGHUP |SIGTERM |SIGINT |pid [0-9]|daemon: |cwd=|ident |no host name found |no IP address found |SMTP connection from |SMTP connection identification |list matching |lookup of host |DNS list lookup |DKIM: |DMARC |SPF|PDKIM: |ARC|PRDR|CHUNKING|TLS session |Warning: |Message is frozen|Frozen|Unfrozen|frozen |no immediate delivery|no recipients|cancelled by|removed by|root |created |deferred |delivery to |retry time not reached|Spool file |queued by ACL|Sender identification|original recipients|SA: |spam|clam|malware|virus|Completed|error ignored|errors |error message |return path |log string overflow|Failed to find|LDAP|MySQL|remote host used IP|host lookup |\(=|2-minute|\*\*\* Frozen|discarded|redirect|sender verify |Renamed |undeliverable|<= |=> |-> |>> |\*> |\*\* |== |\+\+\+ )/i;
const FORMS =
  /^(?:H=\S.{0,600} Warning: |H=\S.{0,600} (?:F=<[^>]{0,400}> )?(?:temporarily )?(?:discarded|accepted|deferred)|H=.{1,600} (?:sender|recipient) verify |[A-Z]{4} (?:failed|\S{1,320}) |(?:VRFY|EXPN|ETRN) )/;

/** Whether the line is one that has no event to report. Asked of lines without an event only. */
export function isOrdinaryEximLine({ bytes, textFrom, textTo }: LogEntry): boolean {
  const whole = latin1(bytes, textFrom, Math.min(textTo, textFrom + 1500));
  const text = whole.slice(FRONT.exec(whole)?.[0].length ?? 0);
  return text === "" || OPENINGS.test(text) || FORMS.test(text);
}
