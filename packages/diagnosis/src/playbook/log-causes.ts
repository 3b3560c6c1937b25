/** More of what stands behind troubles in a mail log: faults of processes and ports, filters before the queue, other programs' retries. */
import type { PlaybookEntry } from "./playbook-entry.ts";

const receiver = { audience: "receiver", kind: "fix" } as const;
const postconf = "https://www.postfix.org/postconf.5.html";

export const logCauseEntries: readonly PlaybookEntry[] = [
  {
    ...receiver,
    id: "postfix-junk-command-limit",
    platform: "postfix",
    codes: ["log-client-errors"],
    mildness: 3,
    title: "Postfix: limit commands without mail per client",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Postfix fills it in, under stress
    steps: "postconf -e 'smtpd_junk_command_limit = ${stress?{1}:{100}}'\npostfix reload",
    undo: "postconf -X smtpd_junk_command_limit\npostfix reload",
    check: "grep -c 'too many errors after' /var/log/mail.log",
    sideEffects:
      "This is the default: NOOP, RSET, VRFY and ETRN beyond 100 count as errors, beyond one when the server is under stress. Raise it for a monitor or a program that keeps connections open.",
    reference: `${postconf}#smtpd_junk_command_limit`,
  },
  {
    ...receiver,
    id: "postfix-child-faults-look",
    platform: "postfix",
    codes: ["log-resources"],
    mildness: 1,
    title: "Postfix: find out why its programs end or do not start",
    steps:
      "grep -h -B5 'exit status\\|killed by signal\\|throttling' /var/log/mail.log | grep 'fatal:\\|panic:\\|warning:' | tail\npostfix check\nulimit -u\nsystemctl status postfix | grep -i tasks",
    undo: "# Only looks; nothing to undo.",
    check: "grep -c 'throttling' /var/log/mail.log\n# The count no longer grows.",
    sideEffects:
      "The cause is in a `fatal:` line just above, such as a map that is missing; `fork:` means that the system has no process left.",
    reference: "https://www.postfix.org/DEBUG_README.html",
  },
  {
    ...receiver,
    id: "linux-local-ports",
    platform: "linux",
    codes: ["log-resources", "host-sockets"],
    mildness: 4,
    title: "Linux: add local ports for outgoing connections",
    steps:
      "ss -s\nsysctl net.ipv4.ip_local_port_range\nsysctl -w net.ipv4.ip_local_port_range='10240 65535'\necho 'net.ipv4.ip_local_port_range = 10240 65535' > /etc/sysctl.d/60-local-ports.conf",
    undo: "rm /etc/sysctl.d/60-local-ports.conf\nsysctl -w net.ipv4.ip_local_port_range='32768 60999'",
    check: "grep -c 'Cannot assign requested address' /var/log/mail.log",
    sideEffects:
      "Services that listen on ports above 10240 must be kept free by net.ipv4.ip_local_reserved_ports. It holds for IPv6 as well.",
    reference: "https://docs.kernel.org/networking/ip-sysctl.html",
  },
  {
    ...receiver,
    id: "postfix-input-services",
    platform: "postfix",
    codes: ["log-filter"],
    mildness: 1,
    title: "Postfix: check the services that smtpd queries",
    steps:
      "postconf smtpd_milters non_smtpd_milters smtpd_proxy_filter smtpd_recipient_restrictions smtpd_end_of_data_restrictions\npostconf -Mf | grep -A2 -E 'policy|spf|postgrey'\nss -lxtnp | grep -E 'opendkim|opendmarc|rspamd|amavis|policyd|postgrey|:1002[0-9]'",
    undo: "# Read-only; nothing to undo.",
    check: "grep -cE 'problem talking to server|connect to Milter|watchdog timeout' /var/log/mail.log",
    sideEffects: "",
    reference: "https://www.postfix.org/SMTPD_POLICY_README.html",
  },
  {
    ...receiver,
    id: "postfix-input-default",
    platform: "postfix",
    codes: ["log-filter"],
    kind: "workaround",
    mildness: 3,
    title: "Postfix: accept mail while a milter or policy server is down",
    steps:
      "postconf -e 'milter_default_action = accept' 'smtpd_policy_service_default_action = DUNNO' 'smtpd_policy_service_timeout = 30s'\npostfix reload",
    undo: "postconf -X milter_default_action smtpd_policy_service_default_action smtpd_policy_service_timeout\npostfix reload",
    check: "grep -c 'problem talking to server' /var/log/mail.log",
    sideEffects:
      "Mail that arrives while the service is down is not checked by it. The defaults are `tempfail`, `451 4.3.5 Server configuration problem` and 100 s.",
    reference: `${postconf}#milter_default_action`,
  },
  {
    ...receiver,
    id: "sendmail-milter-default",
    platform: "sendmail",
    codes: ["log-filter"],
    kind: "workaround",
    mildness: 3,
    title: "Sendmail: accept mail while a milter is down",
    steps:
      "# sendmail.mc: F=T defers mail while the filter is down, F= (empty) accepts it unfiltered\nINPUT_MAIL_FILTER(`NAME', `S=local:/run/NAME.sock, F=, T=S:30s;R:2m;E:5m')dnl\n# then:\nmake -C /etc/mail && service sendmail restart",
    undo: "# Restore the line in sendmail.mc, then: make -C /etc/mail && service sendmail restart",
    check: "grep -c 'Milter (' /var/log/mail.log",
    sideEffects: "Mail that arrives while the filter is down is not checked by it.",
    reference: "https://www.sendmail.org/~gshapiro/8.10.Training/milterconfig.html",
  },
  {
    ...receiver,
    id: "exim-scanner-defer",
    platform: "exim",
    codes: ["log-filter"],
    kind: "workaround",
    mildness: 3,
    title: "Exim: accept mail while a scanner is down",
    steps:
      "# In the DATA ACL: /defer_ok lets mail pass while the scanner does not answer\n  malware = */defer_ok\n  spam = nobody:true/defer_ok",
    undo: "# Take /defer_ok out again, then reload Exim.",
    check: "grep -c 'acl condition' /var/log/exim4/mainlog",
    sideEffects: "Mail that arrives while the scanner is down is not scanned.",
    reference: "https://www.exim.org/exim-html-current/doc/html/spec_html/ch-content_scanning_at_acl_time.html",
  },
  {
    ...receiver,
    id: "postfix-proxy-filter-timeout",
    platform: "postfix",
    codes: ["log-filter"],
    kind: "workaround",
    mildness: 3,
    title: "Postfix: wait longer for a filter before the queue",
    steps: "postconf smtpd_proxy_filter\npostconf -e 'smtpd_proxy_timeout = 300s' 'smtpd_proxy_options = speed_adjust'\npostfix reload",
    undo: "postconf -X smtpd_proxy_timeout smtpd_proxy_options\npostfix reload",
    check: "grep -c 'timeout talking to proxy\\|lost connection with proxy' /var/log/mail.log",
    sideEffects:
      "The default is 100 s. The sender waits as long for its answer, and its own limit is ten minutes; `speed_adjust` takes the whole message first, so that a slow sender does not hold a filter process.",
    reference: `${postconf}#smtpd_proxy_timeout`,
  },
  {
    ...receiver,
    id: "postfix-corrupt-look",
    platform: "postfix",
    codes: ["log-queue-io"],
    mildness: 1,
    title: "Postfix: inspect corrupt queue files, and find the service that does not answer",
    steps:
      "find $(postconf -h queue_directory)/corrupt -type f -ls | tail\npostfix check\npostfix status\ngrep -h 'problem talking to service\\|saving corrupt file\\|queue file size limit' /var/log/mail.log | tail",
    undo: "# Only looks; nothing to undo.",
    check: "grep -c 'saving corrupt file\\|problem talking to service' /var/log/mail.log\n# The count no longer grows.",
    sideEffects:
      "Corrupt files come from a full or failing disk, or a file system that was restored. Where the size limit is named, message_size_limit has to fit the mail.",
    reference: "https://www.postfix.org/QSHAPE_README.html",
  },
  {
    id: "exim-retry-rule",
    platform: "exim",
    audience: "sender",
    kind: "fix",
    codes: ["log-backoff-settings", "log-deferred-backlog"],
    mildness: 3,
    title: "Exim: adjust the retry schedule",
    steps:
      "# In the retry section of the configuration:\n* * F,2h,15m; G,16h,1h,1.5; F,4d,6h\n# then\nkill -HUP $(cat /run/exim4/exim.pid)",
    undo: "# Put the earlier rule back and send Exim a HUP.",
    check: "exinext {{domain}}",
    sideEffects:
      "This is the usual rule: every 15 minutes for 2 hours, then waits from 1 hour growing by half each time until 16 hours have passed, then every 6 hours up to 4 days. Nothing is tried more often than the queue runner comes by (-q30m).",
    reference: "https://www.exim.org/exim-html-current/doc/html/spec_html/ch-retry_configuration.html",
  },
];
