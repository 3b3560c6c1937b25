/** What to do about a mail host that refuses, hangs or cannot be found: mostly looking in the right place. */
import type { Audience, FindingCode, Platform, RemedyKind } from "@mxray/contracts";
import type { FamilyText, PlaybookEntry } from "./playbook-entry.ts";

interface Advice {
  readonly id: string;
  readonly codes: readonly FindingCode[];
  readonly audience: Audience;
  readonly kind?: RemedyKind;
  readonly platform?: Platform;
  readonly mildness?: PlaybookEntry["mildness"];
  readonly title: string;
  readonly steps: FamilyText;
  readonly undo?: string;
  readonly check: FamilyText;
  readonly sideEffects?: string;
  readonly reference: string;
}

const RFC5321 = "https://www.rfc-editor.org/rfc/rfc5321";
const again = "Probe again: the finding is gone.";

const advice: readonly Advice[] = [
  {
    id: "ask-for-port-25",
    codes: ["port-25-blocked"],
    audience: "network",
    title: "Ask the provider to open outgoing port 25",
    steps:
      "Ask the operator of the hop that is named above (often the provider, or the cloud's account settings) to let TCP to port 25 out of {{sender-address}}.",
    check: "nc -vz {{mail-host-address}} 25\n# It connects.",
    reference: "https://www.rfc-editor.org/rfc/rfc5068",
  },
  {
    id: "our-side-look",
    codes: ["our-side"],
    audience: "sender",
    title: "Check this machine, its firewall and its provider first",
    steps:
      "# What this machine and the first routers do to mail:\nip route get {{mail-host-address}}\nnft list ruleset\niptables -S\n# The same from another network shows whether it is this one:\nmxray probe {{domain}}",
    check: "Probe several targets again: the finding is gone.",
    reference: "https://www.rfc-editor.org/rfc/rfc5068",
  },
  {
    id: "postfix-relay-587",
    codes: ["port-25-blocked"],
    audience: "sender",
    kind: "workaround",
    platform: "postfix",
    mildness: 3,
    title: "Postfix: send through a relay on port 587",
    steps:
      "postconf -e 'relayhost = [{{relay-host}}]:587' 'smtp_sasl_auth_enable = yes' 'smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd' 'smtp_tls_security_level = encrypt' 'smtp_sasl_tls_security_options = noanonymous'\necho '[{{relay-host}}]:587 {{user}}:{{password}}' > /etc/postfix/sasl_passwd\nchmod 600 /etc/postfix/sasl_passwd\npostmap /etc/postfix/sasl_passwd\npostfix reload",
    undo: "postconf -X relayhost smtp_sasl_auth_enable smtp_sasl_password_maps smtp_tls_security_level smtp_sasl_tls_security_options\npostfix reload",
    check: "A mail to anywhere leaves with relay={{relay-host}} and status=sent.",
    sideEffects:
      "All mail goes by way of the relay, within its limits. Keep the values that `postconf -n` shows before: undoing takes them away.",
    reference: "https://www.postfix.org/SASL_README.html",
  },
  {
    id: "connect-receiver-look",
    codes: ["connect-refused", "connect-timeout"],
    audience: "receiver",
    title: "Check that the mail server listens and its firewall accepts port 25",
    steps: "ss -ltnp 'sport = :{{port}}'\nnft list ruleset | grep -n {{port}}\niptables -S | grep {{port}}",
    check: "From outside: nc -vz {{mail-host-address}} {{port}}",
    reference: RFC5321,
  },
  {
    id: "connect-sender-wait",
    codes: ["connect-refused", "connect-timeout", "greeting-timeout", "tarpit", "greeting-refused", "no-mail-host", "mx-unresolvable"],
    audience: "sender",
    kind: "workaround",
    platform: "postfix",
    title: "Postfix: retry deferred mail after the fix",
    steps: "postqueue -p | grep -c {{mail-host-name}}\npostqueue -f",
    undo: "# Nothing to undo.",
    check: "postqueue -p",
    reference: "https://www.postfix.org/postqueue.1.html",
  },
  {
    id: "dns-publish-mail-host",
    codes: ["no-mail-host", "mx-unresolvable"],
    audience: "receiver",
    title: "Publish a mail host in the DNS, with an address",
    steps: {
      4: "; in the domain's zone\n@   IN MX 10 mx1\nmx1 IN A    {{mail-host-address}}",
      6: "; in the domain's zone\n@   IN MX 10 mx1\nmx1 IN AAAA {{mail-host-address}}",
    },
    check: { 4: "dig +short MX {{domain}}\ndig +short A mx1.{{domain}}", 6: "dig +short MX {{domain}}\ndig +short AAAA mx1.{{domain}}" },
    sideEffects: "A wrong answer may stay in caches for as long as its TTL says.",
    reference: `${RFC5321}#section-5.1`,
  },
  {
    id: "dns-mend-servers",
    codes: ["mx-unresolvable"],
    audience: "receiver",
    title: "Fix the domain's name servers",
    steps: "dig +trace MX {{domain}}\n# then each of its name servers:\ndig +norecurse MX {{domain}} @{{name-server}}",
    check: "All of them answer, with the same records; a DNSSEC check (delv MX {{domain}}) is positive or there is no DNSSEC.",
    reference: "https://www.rfc-editor.org/rfc/rfc8499",
  },
  {
    id: "null-mx-means-no-mail",
    codes: ["null-mx"],
    audience: "sender",
    title: "Nothing to fix: the domain accepts no mail",
    steps: "Its only MX record is '.', by which a domain says that it takes no mail. Send to another address; do not try again.",
    check: "dig +short MX {{domain}}\n# 0 .",
    reference: "https://www.rfc-editor.org/rfc/rfc7505",
  },
  {
    id: "greeting-receiver-look",
    codes: ["greeting-timeout", "tarpit", "ehlo-failed", "protocol-error"],
    audience: "receiver",
    title: "Find out why the mail server is slow to answer",
    steps:
      "# Look-ups before the greeting are the usual reason: reverse DNS, blocklists that are gone.\ntime dig -x {{sender-address}}\npostconf smtpd_client_restrictions postscreen_dnsbl_sites\n# Or all its processes are busy:\ngrep -h 'reached its process limit' /var/log/mail.log",
    check: again,
    reference: "https://www.postfix.org/STRESS_README.html",
  },
  {
    id: "greeting-refusal-ask",
    codes: ["greeting-refused", "rejected-recipient", "ehlo-failed"],
    audience: "receiver",
    title: "Find out why this sender is rejected",
    steps:
      "grep -h 'reject: CONNECT\\|refused' /var/log/mail.log | tail\n# Blocklists, access maps, postscreen's deny lists, connection limits.",
    check: again,
    reference: RFC5321,
  },
  {
    id: "greeting-refusal-delist",
    codes: ["greeting-refused", "rejected-recipient", "rate-limited"],
    audience: "sender",
    title: "Check whether your address is on a block list or sends too fast",
    steps: "# The reply above usually names the list. Have reverse DNS and the EHLO name in order:\ndig +short -x {{sender-address}}",
    check: again,
    reference: RFC5321,
  },
  {
    id: "postfix-slow-down",
    codes: ["rate-limited"],
    audience: "sender",
    kind: "workaround",
    platform: "postfix",
    mildness: 2,
    title: "Postfix: limit parallel connections to this destination",
    steps:
      "postconf -M 'slow/unix=slow unix - - n - 1 smtp'\npostconf -e 'slow_destination_concurrency_limit = 2' 'slow_destination_rate_delay = 1s' 'transport_maps = hash:/etc/postfix/transport'\necho '{{domain}} slow:' >> /etc/postfix/transport\npostmap /etc/postfix/transport\npostfix reload",
    undo: "postconf -MX slow/unix\npostconf -X slow_destination_concurrency_limit slow_destination_rate_delay transport_maps\npostfix reload",
    check: "grep 'postfix/slow' /var/log/mail.log | tail",
    sideEffects: "Much mail to that domain takes longer. Where transport_maps is set already, add the line to that map instead.",
    reference: "https://www.postfix.org/QSHAPE_README.html",
  },
  {
    id: "starttls-receiver-look",
    codes: ["starttls-failed"],
    audience: "receiver",
    title: "Find out why TLS fails at the mail host",
    steps: "openssl s_client -starttls smtp -connect {{mail-host-name}}:{{port}} -servername {{mail-host-name}} < /dev/null",
    check: again,
    reference: "https://www.rfc-editor.org/rfc/rfc3207",
  },
  {
    id: "postfix-no-tls-to-host",
    codes: ["starttls-failed"],
    audience: "sender",
    kind: "workaround",
    platform: "postfix",
    mildness: 2,
    title: "Postfix: disable TLS to this host until this is fixed",
    steps:
      "postconf -e 'smtp_tls_policy_maps = hash:/etc/postfix/tls_policy'\necho '[{{mail-host-name}}] none' >> /etc/postfix/tls_policy\npostmap /etc/postfix/tls_policy\npostfix reload",
    undo: "postconf -X smtp_tls_policy_maps\npostfix reload",
    check: "A mail there leaves with status=sent.",
    sideEffects:
      "Mail to this host travels in clear. Where smtp_tls_policy_maps is set already, add the line to that map instead. The map is searched by next hop: use the domain where the domain is the next hop.",
    reference: "https://www.postfix.org/TLS_README.html#client_tls_policy",
  },
  {
    id: "envelope-try-recipient",
    codes: ["envelope-refused"],
    audience: "sender",
    title: "Probe again with a recipient that exists",
    steps: "mxray probe --rcpt {{recipient}} {{domain}}",
    check: "The stages envelope and data-ladder are ok. Nothing is delivered.",
    reference: `${RFC5321}#section-4.5.1`,
  },
  {
    id: "data-dropped-look",
    codes: ["dropped-in-data", "size-cliff"],
    audience: "receiver",
    title: "Find out what ends the session during the message",
    steps:
      "# In the mail server's log, at the time of the probe:\ngrep -h 'after DATA' /var/log/mail.log | tail\n# Then what stands in front of it: a proxy, a content filter, an inspecting firewall.\npostconf smtpd_proxy_filter message_size_limit",
    check: again,
    reference: "https://www.postfix.org/SMTPD_PROXY_README.html",
  },
  {
    id: "window-scaling-look",
    codes: ["size-cliff"],
    audience: "network",
    title: "Look for a device that mishandles TCP window scaling or buffers 64 kB",
    steps:
      "tcpdump -ni {{interface}} -w cliff.pcap host {{mail-host-address}} and port {{port}}\n# On both sides of each firewall or proxy: where does the window stay closed, or the wscale option disappear?",
    check: again,
    reference: "https://www.rfc-editor.org/rfc/rfc7323",
  },
  {
    id: "compare-member-links",
    codes: ["path-differs"],
    audience: "network",
    title: "Compare the member links of bundles and equal-cost routes",
    steps:
      "# On each router of the path that has several next hops to {{mail-host-address}}:\nip route get {{mail-host-address}}\nip -d link show\n# Every member must carry the same MTU, and report packets that are too big. From outside, other source ports take other members:\nnping --tcp -p {{port}} -g 1024-1040 --df --data-length 1400 {{mail-host-address}}",
    check: again,
    reference: "https://www.rfc-editor.org/rfc/rfc2992",
  },
  {
    id: "loss-find-link",
    codes: ["lossy-path"],
    audience: "network",
    title: "Find the link that loses packets",
    steps: "mtr -n -c 200 --tcp --port {{port}} {{mail-host-address}}",
    check: "No loss from the first hop on that is still there at the last.",
    reference: "https://www.rfc-editor.org/rfc/rfc7680",
  },
  {
    id: "postfix-dotcrlf-filter-look",
    platform: "postfix",
    codes: ["log-outbound-stalls", "log-inbound-stalls"],
    audience: "receiver",
    title: "Rule out a slow content filter before the queue",
    steps:
      "postconf smtpd_proxy_filter smtpd_milters milter_content_timeout\ngrep -h 'milter\\|proxy' /var/log/mail.log | grep -i 'timeout\\|warning' | tail",
    check: "A mail of some kB gets its 250 within a few seconds.",
    reference: "https://www.postfix.org/MILTER_README.html",
  },
];

export const mailHostEntries: readonly PlaybookEntry[] = advice.map(
  ({ kind = "fix", platform = "any", mildness = 1, undo = "# Only looks; nothing to undo.", sideEffects = "", ...rest }) => ({
    ...rest,
    kind,
    platform,
    mildness,
    undo,
    sideEffects,
  }),
);
