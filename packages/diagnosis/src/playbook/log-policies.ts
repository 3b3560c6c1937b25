/** Remedies for what only a log shows: long recipient lists, TLS that is required and fails, size limits. */
import type { PlaybookEntry } from "./playbook-entry.ts";

const LOOKS = "# Read-only; nothing to undo.";
const postconf = "https://www.postfix.org/postconf.5.html";
const eximManual = "https://www.exim.org/exim-html-current/doc/html/spec_html";
const sendmailManual = "https://www.sendmail.org/~ca/email/doc8.12/op.html";
const sender = { audience: "sender", kind: "workaround" } as const;
const receiver = { audience: "receiver", kind: "fix" } as const;

const recipientEntries: readonly PlaybookEntry[] = [
  {
    ...sender,
    id: "postfix-recipient-limit",
    platform: "postfix",
    codes: ["log-rcpt-stalls"],
    mildness: 3,
    title: "Postfix: reduce the recipients per delivery",
    steps: "postconf -e 'smtp_destination_recipient_limit = 20'\npostfix reload\npostqueue -f",
    undo: "postconf -X smtp_destination_recipient_limit\npostfix reload",
    check: "grep -F '[{{mail-host-address}}]' /var/log/mail.log | grep -c 'sending RCPT TO'\n# The count no longer grows.",
    sideEffects: "Applies to all destinations. A message with many recipients needs more deliveries; the default is 50.",
    reference: `${postconf}#default_destination_recipient_limit`,
  },
  {
    ...sender,
    id: "postfix-no-pipelining",
    platform: "postfix",
    codes: ["log-rcpt-stalls"],
    mildness: 2,
    title: "Postfix: disable pipelining to this host",
    steps:
      "echo '{{peer-prefix}} pipelining' >> /etc/postfix/no_pipelining.cidr\npostconf -e 'smtp_discard_ehlo_keyword_address_maps = cidr:/etc/postfix/no_pipelining.cidr'\npostfix reload",
    undo: "postconf -X smtp_discard_ehlo_keyword_address_maps\nrm /etc/postfix/no_pipelining.cidr\npostfix reload",
    check: "postqueue -f\ntail -f /var/log/mail.log | grep --line-buffered -F '[{{mail-host-address}}]'",
    sideEffects: "Each recipient costs a round trip. If the map is already set, add the line to that map instead.",
    reference: `${postconf}#smtp_discard_ehlo_keyword_address_maps`,
  },
  {
    ...sender,
    id: "exim-recipient-limit",
    platform: "exim",
    codes: ["log-rcpt-stalls"],
    mildness: 3,
    title: "Exim: reduce the recipients per delivery",
    steps: "# In the smtp transport:\nmax_rcpt = 20\n# then\nkill -HUP $(cat /run/exim4/exim.pid)",
    undo: "# Remove the line and send Exim a HUP.",
    check: "exim -qf\ngrep -c 'SMTP timeout after pipelined RCPT\\|SMTP timeout after RCPT' /var/log/exim4/mainlog",
    sideEffects: "Applies to all destinations of that transport; the default is 100.",
    reference: `${eximManual}/ch-the_smtp_transport.html`,
  },
  {
    ...sender,
    id: "sendmail-recipient-limit",
    platform: "sendmail",
    codes: ["log-rcpt-stalls"],
    mildness: 3,
    title: "Sendmail: reduce the recipients per delivery",
    steps: "# In sendmail.mc:\ndefine(`SMTP_MAILER_MAXRCPTS', `20')dnl\n# then:\nmake -C /etc/mail && service sendmail restart",
    undo: "# Remove the line from sendmail.mc, then: make -C /etc/mail && service sendmail restart",
    check: "sendmail -v -qR{{domain}}",
    sideEffects: "Applies to all destinations; the default is 100.",
    reference: sendmailManual,
  },
];

const tlsEntries: readonly PlaybookEntry[] = [
  {
    ...sender,
    kind: "fix",
    id: "postfix-tls-policy-look",
    platform: "postfix",
    codes: ["log-tls-policy"],
    mildness: 1,
    title: "Postfix: find out why TLS is required for this host and what it offers",
    steps:
      "postconf smtp_tls_security_level smtp_tls_policy_maps smtp_tls_CAfile smtp_tls_CApath smtp_dns_support_level\nposttls-finger -c -l may '[{{mail-host-name}}]:{{port}}'",
    undo: LOOKS,
    check: "posttls-finger -c -l verify '[{{mail-host-name}}]:{{port}}'\n# Ends with a trusted or verified TLS connection.",
    sideEffects: "posttls-finger shows the EHLO reply: XXXXXXXA in place of STARTTLS means that a firewall masks it.",
    reference: "https://www.postfix.org/TLS_README.html",
  },
  {
    ...sender,
    kind: "fix",
    id: "exim-tls-policy-look",
    platform: "exim",
    codes: ["log-tls-policy"],
    mildness: 1,
    title: "Exim: find out why TLS is required for this host and what it offers",
    steps:
      "exim -bP transports | grep -E '_transport|hosts_require_tls|hosts_require_dane|tls_verify|tls_try_verify'\nprintf 'QUIT\\r\\n' | openssl s_client -starttls smtp -connect {{mail-host-name}}:{{port}} -brief",
    undo: LOOKS,
    check: "exim -qf\ngrep -c 'a TLS session is required' /var/log/exim4/mainlog\n# The count no longer grows.",
    sideEffects: "",
    reference: `${eximManual}/ch-encrypted_smtp_connections_using_tlsssl.html`,
  },
  {
    ...sender,
    kind: "fix",
    id: "sendmail-tls-policy-look",
    platform: "sendmail",
    codes: ["log-tls-policy"],
    mildness: 1,
    title: "Sendmail: find out why TLS is required for this host and what it offers",
    steps:
      "grep -iE '^(TLS_Srv|TLS_Rcpt|Try_TLS):' /etc/mail/access\nprintf 'QUIT\\r\\n' | openssl s_client -starttls smtp -connect {{mail-host-name}}:{{port}} -brief",
    undo: LOOKS,
    check: "sendmail -v -qR{{domain}}",
    sideEffects: "",
    reference: "https://www.sendmail.org/~ca/email/starttls.html",
  },
];

const sizeEntries: readonly PlaybookEntry[] = [
  {
    ...sender,
    id: "send-a-link",
    platform: "any",
    codes: ["log-message-size"],
    mildness: 1,
    title: "Send a link instead of the file, or split the file",
    steps:
      "# Base64 makes an attachment 37 % larger: a limit of 10 MB takes files of up to 7 MB.\n# The EHLO reply of the host shows its limit in bytes (SIZE): probe {{mail-host-name}} to see it.",
    undo: LOOKS,
    check: "The message is delivered.",
    sideEffects: "",
    reference: "https://www.rfc-editor.org/rfc/rfc1870",
  },
  {
    ...receiver,
    id: "postfix-message-size-limit",
    platform: "postfix",
    codes: ["log-message-size"],
    mildness: 3,
    title: "Postfix: accept larger messages",
    steps:
      "postconf message_size_limit mailbox_size_limit queue_minfree\npostconf -e 'message_size_limit = 52428800' 'mailbox_size_limit = 0'\npostfix reload",
    undo: "postconf -X message_size_limit mailbox_size_limit\npostfix reload",
    check: "printf 'EHLO localhost\\r\\nQUIT\\r\\n' | nc 127.0.0.1 25 | grep SIZE",
    sideEffects: "The default is 10,240,000 bytes. The queue needs 1.5 times the limit of free space, and scanners must take the size too.",
    reference: `${postconf}#message_size_limit`,
  },
  {
    ...receiver,
    id: "exim-message-size-limit",
    platform: "exim",
    codes: ["log-message-size"],
    mildness: 1,
    title: "Exim: check and raise the size limit",
    steps:
      "exim -bP message_size_limit\n# To change it, set message_size_limit in the main section of the configuration, then:\nkill -HUP $(cat /run/exim4/exim.pid)",
    undo: "# Restore the earlier value and send Exim a HUP.",
    check: "printf 'EHLO localhost\\r\\nQUIT\\r\\n' | nc 127.0.0.1 25 | grep SIZE",
    sideEffects: "The default is 50 MB. Transports can have a limit of their own.",
    reference: `${eximManual}/ch-main_configuration.html`,
  },
  {
    ...receiver,
    id: "sendmail-message-size-limit",
    platform: "sendmail",
    codes: ["log-message-size"],
    mildness: 3,
    title: "Sendmail: accept larger messages",
    steps:
      "grep -E '^O MaxMessageSize' /etc/mail/sendmail.cf\n# In sendmail.mc:\ndefine(`confMAX_MESSAGE_SIZE', `52428800')dnl\n# then:\nmake -C /etc/mail && service sendmail restart",
    undo: "# Restore the earlier value in sendmail.mc, then: make -C /etc/mail && service sendmail restart",
    check: "printf 'EHLO localhost\\r\\nQUIT\\r\\n' | nc 127.0.0.1 25 | grep SIZE",
    sideEffects: "Without the setting there is no limit.",
    reference: sendmailManual,
  },
];

export const logPolicyEntries: readonly PlaybookEntry[] = [...recipientEntries, ...tlsEntries, ...sizeEntries];
