/** What the users of Exim and Sendmail do about troubles that a log shows: their own commands for what Postfix has entries for. */
import type { PlaybookEntry } from "./playbook-entry.ts";

const LOOKS = "# Read-only; nothing to undo.";
const eximManual = "https://www.exim.org/exim-html-current/doc/html/spec_html";
const sendmailManual = "https://www.sendmail.org/~ca/email/doc8.12/op.html";

type Look = Pick<PlaybookEntry, "id" | "codes" | "title" | "steps" | "check" | "reference"> &
  Partial<Pick<PlaybookEntry, "audience" | "sideEffects">>;

const exim: readonly Look[] = [
  {
    id: "exim-backlog-look",
    codes: ["log-deferred-backlog", "log-our-side"],
    audience: "sender",
    title: "Exim: list the destinations of waiting messages",
    steps: "exim -bpc\nexim -bp | exiqsumm\nexinext {{domain}}",
    check: "exim -qf\nexim -bpc\n# After the cause is fixed, the count falls.",
    reference: `${eximManual}/ch-exim_utilities.html`,
  },
  {
    id: "exim-receive-look",
    codes: ["log-inbound-stalls"],
    audience: "receiver",
    title: "Exim: check how long scanners and timeouts delay a message during reception",
    steps:
      "exim -bP smtp_receive_timeout av_scanner spamd_address\ngrep -E 'SMTP data timeout|lost while reading message data|acl condition' /var/log/exim4/mainlog | tail",
    check: "grep -c 'SMTP data timeout' /var/log/exim4/mainlog\n# The count no longer grows.",
    reference: `${eximManual}/ch-content_scanning_at_acl_time.html`,
  },
  {
    id: "exim-limits-look",
    codes: ["log-client-errors", "log-resources"],
    title: "Exim: check the limits on connections, errors and load",
    steps:
      "exim -bP smtp_accept_max smtp_accept_max_per_host smtp_accept_max_nonmail smtp_max_unknown_commands smtp_load_reserve queue_only_load\n# To change one, set it in the main section of the configuration, then:\nkill -HUP $(cat /run/exim4/exim.pid)",
    check: "grep -cE 'too many connections|too many unrecognized|load average' /var/log/exim4/mainlog",
    reference: `${eximManual}/ch-main_configuration.html`,
    sideEffects: "Defaults: 20 connections in all, no limit for one host, 10 commands without a message, 3 unknown commands.",
  },
  {
    id: "exim-spool-look",
    codes: ["log-queue-io"],
    title: "Exim: check space and inodes of the spool",
    steps:
      "df -h $(exim -bP spool_directory | cut -d= -f2)\ndf -i $(exim -bP spool_directory | cut -d= -f2)\nexim -bP check_spool_space check_spool_inodes",
    check: "grep -c 'space check failed' /var/log/exim4/mainlog",
    reference: `${eximManual}/ch-main_configuration.html`,
  },
  {
    id: "exim-filter-look",
    codes: ["log-content-filter"],
    title: "Exim: check the filter and the transport that reaches it",
    steps: "exim -bP transport_list\nexim -bp | exiqsumm\nss -ltnxp | grep -E '10024|10025|lmtp|spamd|clamd'",
    check: "exim -qf\nexim -bpc",
    reference: `${eximManual}/ch-the_smtp_transport.html`,
  },
];

const sendmail: readonly Look[] = [
  {
    id: "sendmail-backlog-look",
    codes: ["log-deferred-backlog", "log-our-side"],
    audience: "sender",
    title: "Sendmail: list the destinations of waiting messages",
    steps: "mailq | tail\nmailq -v | grep -oE '\\([^)]*\\)' | sort | uniq -c | sort -rn | head\nhoststat",
    check: "sendmail -v -q\nmailq | tail -1\n# After the cause is fixed, the count falls.",
    reference: sendmailManual,
  },
  {
    id: "sendmail-receive-look",
    codes: ["log-inbound-stalls"],
    audience: "receiver",
    title: "Sendmail: check how long milters and timeouts delay a message during reception",
    steps: "grep -E '^(X|O (InputMailFilters|Timeout|Milter))' /etc/mail/sendmail.cf\ngrep -hE 'collect:|milter' /var/log/mail.log | tail",
    check: "grep -c 'collect: ' /var/log/mail.log\n# The count no longer grows.",
    reference: sendmailManual,
  },
  {
    id: "sendmail-limits-look",
    codes: ["log-client-errors", "log-resources"],
    title: "Sendmail: check the limits on connections, errors and load",
    steps:
      "grep -E '^O (ConnectionRateThrottle|MaxDaemonChildren|BadRcptThrottle|MaxRecipientsPerMessage|QueueLA|RefuseLA|DelayLA)' /etc/mail/sendmail.cf\ngrep -E '^(ClientRate|ClientConn):' /etc/mail/access\n# To exempt a client (FEATURE ratecontrol, conncontrol): ClientRate:ADDRESS 0 in /etc/mail/access, then\nmakemap hash /etc/mail/access < /etc/mail/access",
    check: "grep -cE 'Connection rate limit|Too many open connections|rejecting connections|Possible SMTP' /var/log/mail.log",
    reference: sendmailManual,
    sideEffects: "In the access map, 0 means no limit.",
  },
  {
    id: "sendmail-queue-look",
    codes: ["log-queue-io"],
    title: "Sendmail: check space and inodes of the queue",
    steps: "df -h /var/spool/mqueue\ndf -i /var/spool/mqueue\ngrep -E '^O (MinFreeBlocks|QueueDirectory)' /etc/mail/sendmail.cf",
    check: "grep -cE 'low on space|cannot create|No space left' /var/log/mail.log",
    reference: sendmailManual,
  },
  {
    id: "sendmail-filter-look",
    codes: ["log-content-filter"],
    title: "Sendmail: check the filter and the mailer that reaches it",
    steps: "grep -E '^M' /etc/mail/sendmail.cf\nss -ltnxp | grep -E '10024|10025|lmtp|procmail|clamav'",
    check: "sendmail -v -q\nmailq | tail -1",
    reference: sendmailManual,
  },
];

const entries = (platform: "exim" | "sendmail", looks: readonly Look[]): PlaybookEntry[] =>
  looks.map(({ audience = "receiver", sideEffects = "", ...look }) => ({
    ...look,
    platform,
    audience,
    kind: "fix",
    mildness: 1,
    undo: LOOKS,
    sideEffects,
  }));

export const logProgramEntries: readonly PlaybookEntry[] = [...entries("exim", exim), ...entries("sendmail", sendmail)];
