/** Findings: their codes and severities, the states of their life, and the platforms of their remedies. */

export const CONFIDENCES = ["proven", "likely", "suspected"] as const;
export type Confidence = (typeof CONFIDENCES)[number];

export const SEVERITIES = ["info", "warning", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

export const REMEDY_KINDS = ["workaround", "fix"] as const;
export type RemedyKind = (typeof REMEDY_KINDS)[number];

export const AUDIENCES = ["sender", "receiver", "network"] as const;
export type Audience = (typeof AUDIENCES)[number];

/** Every code with its severity; the order is the order of a listing. */
export const FINDING_SEVERITY = {
  "our-side": "critical",
  "pmtu-black-hole": "critical",
  "pmtu-black-hole-inbound": "critical",
  "pmtu-reduced": "info",
  "size-cliff": "warning",
  "lossy-path": "info",
  "path-differs": "warning",
  "window-scaling": "warning",
  "local-mtu": "warning",
  "host-setting-hides": "info",
  "port-25-blocked": "critical",
  "smtp-fixup": "warning",
  "command-inspection": "warning",
  "dotcrlf-split": "critical",
  "starttls-masked": "warning",
  "no-mail-host": "critical",
  "null-mx": "info",
  "mx-unresolvable": "critical",
  "connect-refused": "critical",
  "connect-timeout": "critical",
  "ipv6-unreachable": "warning",
  "greeting-refused": "warning",
  "greeting-timeout": "warning",
  tarpit: "warning",
  "ehlo-failed": "warning",
  "starttls-failed": "warning",
  "rejected-recipient": "warning",
  "envelope-refused": "info",
  "rate-limited": "info",
  "dropped-in-data": "warning",
  "protocol-error": "warning",
  "log-our-side": "critical",
  "log-outbound-stalls": "critical",
  "log-inbound-stalls": "critical",
  "log-size-correlated": "critical",
  "log-tls-stalls": "critical",
  "log-greeting-stalls": "warning",
  "log-rcpt-stalls": "warning",
  "log-tls-policy": "warning",
  "log-pix-workarounds": "warning",
  "log-deferred-backlog": "warning",
  "log-backoff-settings": "warning",
  "log-client-errors": "warning",
  "log-resources": "warning",
  "log-content-filter": "warning",
  "log-filter": "warning",
  "log-queue-io": "warning",
  "log-ipv6-delay": "info",
  "log-message-size": "info",
  "host-files": "warning",
  "host-processes": "warning",
  "host-sockets": "warning",
  "host-io": "warning",
  "host-memory": "warning",
  "queue-growing": "warning",
  inconclusive: "info",
  healthy: "info",
} as const satisfies Record<string, Severity>;
export type FindingCode = keyof typeof FINDING_SEVERITY;
export const FINDING_CODES = Object.keys(FINDING_SEVERITY) as readonly FindingCode[];

/**
 * What one connection, or one question to a name server, shows: a busy host or a short outage shows the same. It takes two of three
 * rounds of a monitor to open or to close such a finding.
 */
export const RESTS_ON_ONE_CONNECTION: ReadonlySet<FindingCode> = new Set([
  "port-25-blocked",
  "no-mail-host",
  "mx-unresolvable",
  "connect-refused",
  "connect-timeout",
  "ipv6-unreachable",
  "greeting-refused",
  "greeting-timeout",
  "tarpit",
  "ehlo-failed",
  "starttls-failed",
  "rejected-recipient",
  "dropped-in-data",
  "protocol-error",
]);

/** What a fault of this machine or its network makes appear at every target: while it is open, no alert is sent for those. */
export const EXPLAINED_BY_OUR_SIDE: Readonly<Partial<Record<FindingCode, readonly FindingCode[]>>> = {
  "local-mtu": ["pmtu-black-hole", "log-outbound-stalls", "log-size-correlated"],
  "port-25-blocked": ["connect-timeout", "ipv6-unreachable"],
  "log-our-side": ["log-outbound-stalls", "log-tls-stalls", "log-greeting-stalls", "log-rcpt-stalls", "log-size-correlated"],
};

/** 0 for info, 1 for warning, 2 for critical. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** Whether mail to a domain is delivered, as far as one probe can say. */
export const DOMAIN_DELIVERIES = ["yes", "delayed", "partly", "no", "unknown"] as const;
export type DomainDelivery = (typeof DOMAIN_DELIVERIES)[number];

/**
 * The life of a kept finding. Acknowledged: somebody is dealing with it. Dismissed: hidden from the overview, the wall and alerts
 * until it gets worse or another address joins. Fixed: a probe proved it gone, the logs have long been silent about it, or it was
 * withdrawn, since what was measured does not bear it out by the rules of today.
 */
export const FINDING_STATES = ["open", "acknowledged", "dismissed", "fixed"] as const;
export type FindingState = (typeof FINDING_STATES)[number];

/** What happens in that life. */
export const FINDING_CHANGES = ["opened", "acknowledged", "dismissed", "fixed", "withdrawn", "reopened"] as const;
export type FindingChangeKind = (typeof FINDING_CHANGES)[number];

/** The order of a list of findings: the worst, the youngest or the one seen last comes first. */
export const FINDING_SORTS = ["harm", "newest", "last-seen"] as const;
export type FindingSort = (typeof FINDING_SORTS)[number];

/** What a later probe says of an earlier one's findings; `unproven` where it could not test what the finding is about. */
export const FINDING_FATES = ["fixed", "remains", "unproven", "new"] as const;
export type FindingFate = (typeof FINDING_FATES)[number];

export const FATE_WORDS: Readonly<Record<FindingFate, string>> = {
  fixed: "fixed",
  remains: "still there",
  unproven: "not proven gone",
  new: "new",
};

/** What a remedy is typed into. */
export const PLATFORMS = {
  postfix: "Postfix",
  exim: "Exim",
  sendmail: "Sendmail",
  exchange: "Microsoft Exchange",
  windows: "Windows",
  linux: "Linux",
  freebsd: "FreeBSD",
  openbsd: "OpenBSD",
  netbsd: "NetBSD",
  solaris: "Solaris 10 and older",
  illumos: "Solaris 11 and illumos",
  aix: "AIX",
  "hp-ux": "HP-UX",
  macos: "macOS",
  nftables: "nftables",
  iptables: "iptables",
  pf: "pf",
  "cisco-ios": "Cisco IOS",
  "cisco-asa": "Cisco ASA",
  "cisco-pix": "Cisco PIX",
  junos: "Junos",
  mikrotik: "MikroTik RouterOS",
  any: "any",
} as const;
export type Platform = keyof typeof PLATFORMS;
