/**
 * Troubles of a mail host itself, from the words of its warnings and errors: limits on clients, files and processes, content
 * filters in front of the queue, the queue's file system. The words are those of Postfix (anvil's limits in smtpd/smtpd.c,
 * master/master_spawn.c, smtpd/smtpd_proxy.c, milter/milter8.c, global/mail_queue.c, cleanup) and of the C library's errors.
 */
import type { LogTrouble } from "@mxray/contracts";

/** Each with words that the message holds; the first that fits counts. */
const WORDS: readonly (readonly [LogTrouble, string])[] = [
  ["connection-count", "Connection concurrency limit exceeded: "],
  ["connection-rate", "Connection rate limit exceeded: "],
  ["message-rate", "Message delivery request rate limit exceeded: "],
  ["recipient-rate", "Recipient address rate limit exceeded: "],
  ["tls-rate", "New TLS session rate limit exceeded: "],
  ["auth-rate", "AUTH command rate limit exceeded: "],
  ["process-limit", " has reached its process limit "],
  // postscreen: no smtpd takes the connection.
  ["process-limit", "timeout sending connection to service "],
  ["process-limit", "cannot connect to service private/smtpd"],
  ["open-files", ": Too many open files"],
  ["input-filter-unreachable", "connect to proxy filter "],
  ["input-filter-unreachable", "connect to proxy service "],
  ["input-filter-lost", "lost connection with proxy "],
  ["input-filter-timeout", "timeout talking to proxy "],
  ["watchdog", "watchdog timeout"],
  ["lookup-table", "lookup error for "],
  ["lookup-table", " lookup error"],
  ["lookup-table", "table lookup problem"],
  ["lookup-table", "Unable to contact LDAP server"],
  ["lookup-table", "dict_ldap_"],
  ["lookup-table", "connect to mysql server "],
  ["lookup-table", "mysql query failed"],
  ["lookup-table", "connect to pgsql server "],
  ["lookup-table", "pgsql query failed"],
  ["low-space", "not enough free space in mail queue"],
  ["low-space", "low on space ("],
  ["low-space", "spool directory space check failed"],
  ["low-space", "log directory space check failed"],
  ["no-space", "No space left on device"],
  ["no-space", "Disk quota exceeded"],
  ["file-size-limit", "queue file size limit exceeded"],
  ["write-error", "queue file write error"],
  ["write-error", "Read-only file system"],
  ["write-error", "Input/output error"],
  ["clock", "file system clock is "],
  ["corrupt-file", "saving corrupt file "],
  ["child-fault", ": bad command startup -- throttling"],
  ["processes", " -- throttling"],
  ["processes", "fork: "],
  ["memory", "Cannot allocate memory"],
  ["memory", "insufficient memory"],
  ["sockets", "No buffer space available"],
  ["sockets", "Cannot assign requested address"],
  ["service", "problem talking to service "],
];

/** @param text the message, behind its severity */
export function hostTrouble(text: string): LogTrouble | null {
  for (const [trouble, words] of WORDS) if (text.includes(words)) return trouble;
  if (/^(?:[A-Za-z0-9]{6,24}: )?proxy \S{1,200} rejected "/.test(text)) return "input-filter-rejected";
  if (/^process \S{1,500} pid [0-9]{1,10} (?:exit status|killed by signal) /.test(text)) return "child-fault";
  return milterTrouble(text) ?? serviceTrouble(text);
}

function milterTrouble(text: string): LogTrouble | null {
  if (text.startsWith("connect to Milter service ")) return "input-filter-unreachable";
  if (text.startsWith("milter ") && /: can't (?:read|write) /.test(text))
    return text.includes("timed out") ? "input-filter-timeout" : "input-filter-lost";
  // Sendmail: `Milter (opendkim): timeout before data read`, `… error connecting to filter: …`, `… to error state`.
  const sendmail = /^Milter \([^)]{1,100}\): (.{1,200})/.exec(text)?.[1];
  if (sendmail === undefined) return null;
  if (sendmail.startsWith("timeout ") || /timed out/.test(sendmail)) return "input-filter-timeout";
  if (/^(?:error connecting to filter|connect: |local socket name .{1,150} unsafe)/.test(sendmail)) return "input-filter-unreachable";
  return /^(?:(?:read|write|select) returned|.{0,40}(?:read|write)\()|^to error state/.test(sendmail) ? "input-filter-lost" : null;
}

/**
 * Services that a server asks while it receives: `problem talking to server private/policy: …`, `connect to 127.0.0.1:10023: …`,
 * `connect #1 to subsystem private/…: …` (util/attr_clnt.c, util/auto_clnt.c, smtpd/smtpd_check.c); Exim's scanners.
 */
function serviceTrouble(text: string): LogTrouble | null {
  const silent = SILENT_SERVICE.exec(text)?.[1];
  if (silent !== undefined) return POSTFIX_SERVICES.test(silent) ? "service" : "input-filter-timeout";
  const asked =
    /^(?:problem talking to server|connect to|connect #[0-9]{1,4} to subsystem) \S{1,200}?(?:: (.{1,200}))?$/.exec(text) ??
    /^(?:malware|spam) acl condition: (.{1,300})/.exec(text);
  if (asked === null) return null;
  const reason = asked[1] ?? "";
  if (/timed? ?out/i.test(reason)) return "input-filter-timeout";
  return /lost connection|closed|reset|end-of-file|[Ss]uccess/.test(reason) ? "input-filter-lost" : "input-filter-unreachable";
}

/** `timeout on private/policy-spf while reading input attribute name`: a server of Postfix's own, or one that it asks. */
const SILENT_SERVICE = /^timeout on (\S{1,200}) while (?:reading|sending|writing) /;
const POSTFIX_SERVICES = /(?:anvil|bounce|cleanup|defer|flush|proxymap|proxywrite|rewrite|scache|tlsmgr|tlsproxy|trace|verify)$/;

/** Who is behind it where it is no client: the service that is full, the filter, the service that does not answer. */
export function troubleCulprit(text: string): string | null {
  const match =
    /service "([^"]{1,100})" \(/.exec(text) ??
    /(?:proxy filter|proxy service|with proxy|talking to proxy|Milter service|^milter|talking to server|^connect to(?! (?:proxy|Milter))|to subsystem|^timeout on|(?:mysql|pgsql) server|(?:connection|connect) to service) ([^\s,;]{1,100}[^\s,:;])/.exec(
      text,
    ) ??
    /^Milter \(([^)]{1,100})\)/.exec(text) ??
    /^((?:malware|spam) acl condition: [^\s:,]{1,60})/.exec(text) ??
    /problem talking to service ([^\s:]{1,100})/.exec(text) ??
    /process (\S{1,200}) pid /.exec(text) ??
    /^(\S{1,200}): bad command startup/.exec(text);
  return match?.[1] ?? null;
}
