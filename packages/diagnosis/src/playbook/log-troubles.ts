/** Remedies for the other troubles that mail logs show: limits on clients, retries, files and processes, filters, queue I/O. */
import { RETRY_DEFAULTS, type RetryCourse, retrySchedule } from "../retry-schedule.ts";
import type { PlaybookEntry } from "./playbook-entry.ts";

const receiver = { audience: "receiver", kind: "fix" } as const;
const sender = { audience: "sender", kind: "fix" } as const;
const postconf = "https://www.postfix.org/postconf.5.html";
const tuning = "https://www.postfix.org/TUNING_README.html";
const CLIENT_LIMITS =
  "postconf -e 'smtpd_client_connection_count_limit = 50' 'smtpd_client_connection_rate_limit = 0' 'smtpd_client_message_rate_limit = 0' 'smtpd_client_recipient_rate_limit = 0' 'smtpd_client_new_tls_session_rate_limit = 0' 'smtpd_client_auth_rate_limit = 0' 'anvil_rate_time_unit = 60s'";

/** In minutes: ranges until the wait no longer grows, then the wait. */
function scheduleText(settings: RetryCourse): string {
  // No longer than the waits of five attempts: each command that has remedies computes it.
  const lifetime = 5 * (settings.maximalBackoff + settings.queueRunDelay);
  const growing = retrySchedule({ ...settings, lifetime }).slice(1, 6);
  const minutes = growing.map(({ earliest, latest }) => `${Math.round(earliest / 60)} to ${Math.round(latest / 60)}`);
  const longest = [settings.maximalBackoff, settings.maximalBackoff + settings.queueRunDelay].map((seconds) => Math.round(seconds / 60));
  return `The attempts begin ${minutes.join(", ")} minutes after the message came, then every ${longest.join(" to ")}.`;
}

export const logTroubleEntries: readonly PlaybookEntry[] = [
  {
    ...receiver,
    id: "postfix-error-limits",
    platform: "postfix",
    codes: ["log-client-errors"],
    mildness: 3,
    title: "Postfix: adjust when clients that make errors are slowed down or disconnected",
    steps:
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Postfix fills it in, under stress
      "postconf -e 'smtpd_error_sleep_time = 1s' 'smtpd_soft_error_limit = 10' 'smtpd_hard_error_limit = ${stress?{1}:{20}}'\npostfix reload",
    undo: "postconf -X smtpd_error_sleep_time smtpd_soft_error_limit smtpd_hard_error_limit\npostfix reload",
    check: "grep -c 'too many errors' /var/log/mail.log",
    sideEffects:
      "These are the defaults: from the 10th error on each reply waits a second, at the 20th the client is sent away (at the first when the server is under stress). Raise them only for clients whose errors you know.",
    reference: `${postconf}#smtpd_hard_error_limit`,
  },
  {
    ...receiver,
    id: "postfix-client-limits",
    platform: "postfix",
    codes: ["log-client-errors", "host-processes", "host-sockets"],
    mildness: 3,
    title: "Postfix: adjust the connection limit per client and its exceptions",
    steps: {
      4: `${CLIENT_LIMITS}\npostconf -e 'smtpd_client_event_limit_exceptions = $mynetworks {{sender-address}}'\npostfix reload`,
      // An IPv6 address stands in brackets there.
      6: `${CLIENT_LIMITS}\npostconf -e 'smtpd_client_event_limit_exceptions = $mynetworks [{{sender-address}}]'\npostfix reload`,
    },
    undo: "postconf -X smtpd_client_connection_count_limit smtpd_client_connection_rate_limit smtpd_client_message_rate_limit smtpd_client_recipient_rate_limit smtpd_client_new_tls_session_rate_limit smtpd_client_auth_rate_limit anvil_rate_time_unit smtpd_client_event_limit_exceptions\npostfix reload",
    check: "grep 'limit exceeded' /var/log/mail.log | tail",
    sideEffects:
      "The numbers are the defaults: 50 connections at a time, no limit on rates (0), counted per 60 s. A client that is exempt may take all server processes. `statistics: max connection rate` every ten minutes is a report, no error.",
    reference: `${postconf}#smtpd_client_connection_count_limit`,
  },
  {
    ...sender,
    id: "postfix-retry-schedule",
    platform: "postfix",
    codes: ["log-backoff-settings", "log-deferred-backlog"],
    mildness: 3,
    title: "Postfix: adjust the retry schedule",
    steps: "postconf -e 'minimal_backoff_time = 300s' 'maximal_backoff_time = 4000s' 'queue_run_delay = 300s'\npostfix reload",
    undo: "postconf -X minimal_backoff_time maximal_backoff_time queue_run_delay\npostfix reload",
    check: `grep {{queue-id}} /var/log/mail.log\n# ${scheduleText(RETRY_DEFAULTS)}`,
    sideEffects:
      "These are the defaults. The wait is the message's age, at least the minimum and at most the maximum, counted from the end of an attempt; the next scan of the deferred queue (queue_run_delay; 1000 s before 2.4) then takes it. The minimum is also how long a dead destination is skipped. Shorter times load the queue and annoy the destination; longer ones delay mail after a short trouble.",
    reference: `${postconf}#minimal_backoff_time`,
  },
  {
    ...sender,
    id: "postfix-backlog-look",
    platform: "postfix",
    codes: ["log-deferred-backlog"],
    mildness: 1,
    title: "Postfix: list the destinations of waiting mail",
    steps: "qshape deferred\npostqueue -j | head",
    undo: "# Only looks; nothing to undo.",
    check: "postqueue -f, once the cause is fixed; the numbers of `qshape deferred` fall.",
    sideEffects: "",
    reference: "https://www.postfix.org/QSHAPE_README.html",
  },
  {
    ...receiver,
    id: "postfix-process-limit",
    platform: "postfix",
    codes: ["log-resources", "host-processes"],
    mildness: 3,
    title: "Postfix: raise the process limit",
    steps: "postconf -e 'default_process_limit = 200'\npostfix reload",
    undo: "postconf -X default_process_limit\npostfix reload",
    check: "grep 'process limit' /var/log/mail.log | tail",
    sideEffects:
      "The default is 100. Each process takes memory and open files; the system's limits must allow for them. First see whether slow look-ups or filters keep the processes busy.",
    reference: "https://www.postfix.org/STRESS_README.html",
  },
  {
    ...receiver,
    id: "linux-files-processes",
    platform: "linux",
    codes: ["log-resources"],
    mildness: 4,
    title: "Linux: raise the limits on open files and processes",
    steps:
      "# Never lower what is larger already: look first.\nsysctl fs.file-max kernel.threads-max net.core.somaxconn\nsysctl -w net.core.somaxconn=4096\necho 'net.core.somaxconn = 4096' > /etc/sysctl.d/60-mail-server.conf\nmkdir -p /etc/systemd/system/postfix.service.d\nprintf '[Service]\\nLimitNOFILE=65536\\n' > /etc/systemd/system/postfix.service.d/limits.conf\nsystemctl daemon-reload\nsystemctl restart postfix",
    undo: "rm /etc/sysctl.d/60-mail-server.conf /etc/systemd/system/postfix.service.d/limits.conf\nsystemctl daemon-reload\nsystemctl restart postfix",
    check: "cat /proc/sys/fs/file-nr\ngrep -c 'Too many open files' /var/log/mail.log",
    sideEffects:
      "Needs memory in proportion. Postfix's own advice is at least 16384 for fs.file-max and 2048 for kernel.threads-max, floors from long ago; net.core.somaxconn defaults to 4096 from Linux 5.4 on (128 before). Up to Debian 12 the unit is called postfix@.",
    reference: tuning,
  },
  {
    ...receiver,
    id: "freebsd-files-processes",
    platform: "freebsd",
    codes: ["log-resources", "host-files", "host-processes", "host-sockets"],
    mildness: 4,
    title: "FreeBSD: raise the limits on open files, processes and sockets",
    steps:
      '# /boot/loader.conf (read at start):\nkern.maxproc="2048"\nkern.ipc.maxsockets="5000"\nkern.ipc.nmbclusters="65536"\n# /etc/sysctl.conf (or at once with sysctl):\nkern.maxfiles=16384\nkern.maxfilesperproc=16384\nkern.ipc.soacceptqueue=1024',
    undo: "# Take the lines out again and restart.",
    check: "sysctl kern.maxfiles kern.openfiles kern.maxfilesperproc kern.maxproc kern.ipc.soacceptqueue",
    sideEffects:
      "These are floors from long ago: never lower what is larger already. Which of the two files a setting belongs to depends on the release; kern.ipc.soacceptqueue was called kern.ipc.somaxconn.",
    reference: tuning,
  },
  {
    ...receiver,
    id: "solaris-files",
    platform: "solaris",
    codes: ["log-resources", "host-files"],
    mildness: 4,
    title: "Solaris: raise the open-file limit",
    steps: "* /etc/system (read at start):\nset rlim_fd_max = 4096\nset rlim_fd_cur = 1024",
    undo: "* Take the lines out of /etc/system again and restart.",
    check: "ulimit -n",
    sideEffects: "",
    reference: tuning,
  },
  {
    ...receiver,
    id: "content-filter-look",
    platform: "postfix",
    codes: ["log-content-filter"],
    mildness: 1,
    title: "Check that the content filter runs and listens",
    steps:
      "postconf content_filter smtpd_proxy_filter mailbox_transport\nss -ltnxp | grep -E '10024|10025|10026|lmtp|dspam'\njournalctl -n 50 -u dspam -u amavis -u rspamd",
    undo: "# Only looks; nothing to undo.",
    check: "printf 'LHLO localhost\\r\\nQUIT\\r\\n' | nc 127.0.0.1 10024\n# It answers with 220 and 250.",
    sideEffects: "",
    reference: "https://www.postfix.org/FILTER_README.html",
  },
  {
    ...receiver,
    id: "content-filter-reinjection",
    platform: "postfix",
    codes: ["log-content-filter"],
    mildness: 3,
    title: "Postfix: add a service for mail that returns from the filter (port 10026)",
    steps:
      "postconf -M '127.0.0.1:10026/inet=127.0.0.1:10026 inet n - n - 10 smtpd'\npostconf -P '127.0.0.1:10026/inet/content_filter=' '127.0.0.1:10026/inet/smtpd_proxy_filter=' '127.0.0.1:10026/inet/receive_override_options=no_unknown_recipient_checks,no_header_body_checks,no_milters' '127.0.0.1:10026/inet/mynetworks=127.0.0.0/8' '127.0.0.1:10026/inet/smtpd_client_restrictions=' '127.0.0.1:10026/inet/smtpd_relay_restrictions=' '127.0.0.1:10026/inet/smtpd_recipient_restrictions=permit_mynetworks,reject' '127.0.0.1:10026/inet/smtpd_authorized_xforward_hosts=127.0.0.0/8'\npostfix reload",
    undo: "postconf -MX 127.0.0.1:10026/inet\npostfix reload",
    check: "ss -ltn 'sport = :10026'",
    sideEffects:
      "Without the empty content_filter and smtpd_proxy_filter the mail would go round in circles. The filter must send to port 10026.",
    reference: "https://www.postfix.org/FILTER_README.html",
  },
  {
    ...receiver,
    id: "content-filter-timeouts",
    platform: "postfix",
    codes: ["log-content-filter"],
    kind: "workaround",
    mildness: 3,
    title: "Postfix: wait longer for a slow filter over LMTP",
    steps: "postconf -e 'lmtp_data_done_timeout = 1200s' 'lmtp_destination_concurrency_limit = 5'\npostfix reload",
    undo: "postconf -X lmtp_data_done_timeout lmtp_destination_concurrency_limit\npostfix reload",
    check: "grep 'postfix/lmtp' /var/log/mail.log | grep -c 'end of data'",
    sideEffects:
      "The defaults are 600 s and 20. A filter that answers after the time-out (dspam in training does) leaves the same message delivered and queued: duplicates.",
    reference: `${postconf}#lmtp_data_done_timeout`,
  },
  {
    ...receiver,
    id: "queue-disk",
    platform: "postfix",
    codes: ["log-queue-io"],
    mildness: 1,
    title: "Check the queue's disk: space, inodes, errors",
    steps:
      "df -h $(postconf -h queue_directory)\ndf -i $(postconf -h queue_directory)\npostconf queue_minfree message_size_limit\ndmesg | grep -i 'i/o error' | tail",
    undo: "# Only looks; nothing to undo.",
    check: "grep -c 'No space left\\|queue file write error\\|not enough free space' /var/log/mail.log",
    sideEffects: "Postfix wants 1.5 times message_size_limit to be free before it takes mail.",
    reference: tuning,
  },
  {
    ...receiver,
    id: "queue-clock",
    platform: "postfix",
    codes: ["log-queue-io"],
    mildness: 2,
    title: "Synchronise the clocks of the queue's file system and the machine",
    steps:
      "timedatectl status\ntouch $(postconf -h queue_directory)/clock && stat -c %y $(postconf -h queue_directory)/clock && date && rm $(postconf -h queue_directory)/clock",
    undo: "# Only looks; nothing to undo.",
    check: "grep -c 'file system clock' /var/log/mail.log",
    sideEffects: "",
    reference: tuning,
  },
];
