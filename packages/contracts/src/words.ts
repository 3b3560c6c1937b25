/**
 * The closed unions of mxray, as plain lists: the words that the command line, the API, the store and the page share.
 * No schema library here, so that a page can import them for nothing.
 */

export const STAGES = [
  "resolve",
  "connect",
  "greeting",
  "ehlo",
  "noop-ladder",
  "envelope",
  "data-ladder",
  "starttls",
  "end-of-data",
  "quit",
] as const;
export type Stage = (typeof STAGES)[number];

/** The stages as people call them. */
export const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  resolve: "Look up",
  connect: "Connect",
  greeting: "Greeting",
  ehlo: "EHLO",
  "noop-ladder": "NOOP ladder",
  envelope: "Envelope",
  "data-ladder": "DATA ladder",
  starttls: "STARTTLS",
  "end-of-data": "End of data",
  quit: "QUIT",
};

export const STAGE_OUTCOMES = ["ok", "failed", "stalled", "refused", "skipped", "not-tested"] as const;
export type StageOutcome = (typeof STAGE_OUTCOMES)[number];

export const OUTCOME_WORDS: Readonly<Record<StageOutcome, string>> = {
  ok: "ok",
  failed: "failed",
  stalled: "hung",
  refused: "refused",
  skipped: "skipped",
  "not-tested": "not tested",
};

/** Why a stage ended as it did, for rules; `reason` says the same to a person. */
export const STAGE_CAUSES = [
  /** Nothing came back in time. */
  "timeout",
  /** The connection was refused (RST to our SYN). */
  "refused",
  /** No route, host or network unreachable, administratively prohibited. */
  "unreachable",
  "reset",
  /** The peer closed in an orderly way (FIN) where an answer was due. */
  "closed",
  /** A negative SMTP reply; see `reply`. */
  "reply",
  /** What came was no SMTP. */
  "protocol",
  /** The peer sent more than the cap allows. */
  "too-long",
  /** The peer sends so slowly that the stage was given up (a tarpit). */
  "slow",
  "tls",
  /** STARTTLS or ESMTP was not offered. */
  "not-offered",
  "lookup",
  /** The address is not one that this server may probe. */
  "policy",
  "deadline",
  "cancelled",
  /** An earlier stage did not succeed. */
  "needs",
  /** Not asked for. */
  "not-wanted",
  /** Our own machine could not (no file descriptors, no route, no such capability). */
  "local",
] as const;
export type StageCause = (typeof STAGE_CAUSES)[number];

export const GREETING_MASKS = ["none", "pix", "full", "partial"] as const;
export type GreetingMask = (typeof GREETING_MASKS)[number];

export const RESOLUTION_KINDS = ["mx", "implicit-mx", "null-mx", "address", "none"] as const;
export type ResolutionKind = (typeof RESOLUTION_KINDS)[number];

/** What the DNS said when a look-up gave nothing. */
export const LOOKUP_FAILURES = ["no-such-name", "no-data", "timeout", "server-failure", "refused", "bad-name"] as const;
export type LookupFailure = (typeof LOOKUP_FAILURES)[number];

export const PATH_VERDICTS = ["clear", "pmtud-works", "black-hole", "cliff", "lossy", "inconclusive", "not-tested"] as const;
export type PathVerdictKind = (typeof PATH_VERDICTS)[number];

export const PATH_VERDICT_WORDS: Readonly<Record<PathVerdictKind, string>> = {
  clear: "clear",
  "pmtud-works": "smaller, and told so",
  "black-hole": "black hole",
  cliff: "stops at a size",
  lossy: "loses packets",
  inconclusive: "not settled",
  "not-tested": "not tested",
};

export const CONFIDENCES = ["proven", "likely", "suspected"] as const;
export type Confidence = (typeof CONFIDENCES)[number];

export const RUNG_OUTCOMES = ["acked", "stalled", "released", "resized", "reset", "closed", "rejected"] as const;
export type RungOutcome = (typeof RUNG_OUTCOMES)[number];

export const END_OF_DATA_OUTCOMES = ["ok", "stalled", "rejected", "closed", "not-tested"] as const;
export type EndOfDataOutcome = (typeof END_OF_DATA_OUTCOMES)[number];

/** What became of the two messages of a delivery test. */
export const END_OF_DATA_WORDS: Readonly<Record<EndOfDataOutcome, string>> = {
  ok: "accepted",
  stalled: "not answered",
  rejected: "refused",
  closed: "connection closed",
  "not-tested": "not tried",
};

export const HOP_ANSWERS = ["reply", "silent", "frag-needed"] as const;
export type HopAnswer = (typeof HOP_ANSWERS)[number];

export const SEVERITIES = ["info", "warning", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

export const REMEDY_KINDS = ["workaround", "fix"] as const;
export type RemedyKind = (typeof REMEDY_KINDS)[number];

export const AUDIENCES = ["sender", "receiver", "network"] as const;
export type Audience = (typeof AUDIENCES)[number];

/** Every code with its severity (contract.md); the order is the order of a listing. */
export const FINDING_SEVERITY = {
  "pmtu-black-hole": "critical",
  "pmtu-black-hole-inbound": "critical",
  "pmtu-reduced": "info",
  "size-cliff": "warning",
  "lossy-path": "info",
  "local-mtu": "warning",
  "port-25-blocked": "critical",
  "smtp-fixup": "warning",
  "dotcrlf-split": "critical",
  "starttls-masked": "warning",
  "no-mail-host": "critical",
  "null-mx": "info",
  "mx-unresolvable": "critical",
  "connect-refused": "critical",
  "connect-timeout": "critical",
  "greeting-refused": "warning",
  "greeting-timeout": "warning",
  tarpit: "warning",
  "ehlo-failed": "warning",
  "starttls-failed": "warning",
  "envelope-refused": "info",
  "rate-limited": "info",
  "dropped-in-data": "warning",
  "protocol-error": "warning",
  "log-outbound-stalls": "critical",
  "log-inbound-stalls": "critical",
  "log-size-correlated": "critical",
  "log-pix-workarounds": "warning",
  "log-deferred-backlog": "warning",
  "log-backoff-settings": "warning",
  "log-client-errors": "warning",
  "log-resources": "warning",
  "log-content-filter": "warning",
  "log-filter": "warning",
  "log-queue-io": "warning",
  inconclusive: "info",
  healthy: "info",
} as const satisfies Record<string, Severity>;
export type FindingCode = keyof typeof FINDING_SEVERITY;
export const FINDING_CODES = Object.keys(FINDING_SEVERITY) as readonly FindingCode[];

/** 0 for info, 1 for warning, 2 for critical. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** The life of a kept finding: somebody knows of it once it is acknowledged; it is fixed when a probe or a long silence of the logs says so. */
export const FINDING_STATES = ["open", "acknowledged", "fixed"] as const;
export type FindingState = (typeof FINDING_STATES)[number];

/** What happens in that life. */
export const FINDING_CHANGES = ["opened", "acknowledged", "fixed", "reopened"] as const;
export type FindingChangeKind = (typeof FINDING_CHANGES)[number];

/** The order of a list of findings: the worst, the youngest or the one seen last comes first. */
export const FINDING_SORTS = ["harm", "newest", "last-seen"] as const;
export type FindingSort = (typeof FINDING_SORTS)[number];

/** Whether anything that is not fixed is known of a peer. */
export const PEER_TROUBLES = ["some", "none"] as const;
export type PeerTrouble = (typeof PEER_TROUBLES)[number];

/** The order of a list of peers: the most harmed, those with the most mail, or those seen last come first; or by name. */
export const PEER_SORTS = ["harm", "mail", "seen", "name"] as const;
export type PeerSort = (typeof PEER_SORTS)[number];

/** Days whose mail is counted in a list of peers. */
export const PEER_MAIL_DAYS = 7;

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

export const PROBE_STATUSES = ["queued", "running", "done", "cancelled", "failed"] as const;
export type ProbeStatus = (typeof PROBE_STATUSES)[number];

/** Places that probes run from. */
export const VANTAGE_NAMES = ["local", "lab"] as const;
export type VantageName = (typeof VANTAGE_NAMES)[number];

/** What is seen from there is made for learning, and says nothing about anybody's mail. */
export function isPractice({ name }: { readonly name: string }): boolean {
  return name === ("lab" satisfies VantageName);
}

export const VANTAGE_STATES = ["ready", "starting", "stopped", "unavailable"] as const;
export type VantageState = (typeof VANTAGE_STATES)[number];

export const MAIL_EVENTS = [
  "lost-connection",
  "timeout",
  "delivery",
  "queue-active",
  "connect",
  "disconnect",
  "pix-workarounds",
  "connect-failed",
  "client-limit",
  "error-limit",
  "resource",
  "content-filter",
  "queue-io",
  "reject",
  "tls-failed",
] as const;
export type MailEventKind = (typeof MAIL_EVENTS)[number];

export const MAIL_STAGES = [
  "connect",
  "greeting",
  "ehlo",
  "starttls",
  "auth",
  "xforward",
  "mail",
  "rcpt",
  "data-command",
  "body",
  "end-of-data",
  "rset",
  "noop",
  "vrfy",
  "etrn",
  "help",
  "xclient",
  "quit",
  "unknown",
] as const;
export type MailStage = (typeof MAIL_STAGES)[number];

export const DELIVERY_STATUSES = ["sent", "deferred", "bounced", "expired"] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

export const DIRECTIONS = ["inbound", "outbound"] as const;
export type Direction = (typeof DIRECTIONS)[number];

/**
 * What kind of trouble a line of a server's own operation tells, with the event that it is logged as. From Postfix: anvil's
 * limits, `too many errors`, master and fork, the proxy and transports to a local filter, queue files.
 */
export const LOG_TROUBLES = {
  "connection-count": "client-limit",
  "connection-rate": "client-limit",
  "message-rate": "client-limit",
  "recipient-rate": "client-limit",
  "tls-rate": "client-limit",
  "auth-rate": "client-limit",
  /** postscreen: too many connections, all server ports busy. */
  "server-busy": "client-limit",
  /** The server refuses or delays connections because of its load. */
  load: "client-limit",
  "too-many-errors": "error-limit",
  /** A service reached its process limit. */
  "process-limit": "resource",
  "open-files": "resource",
  /** fork failed. */
  processes: "resource",
  /** No port or socket buffer left. */
  sockets: "resource",
  memory: "resource",
  /** A child died, or master throttles a command that does not start. */
  "child-fault": "resource",
  "filter-unreachable": "content-filter",
  "filter-lost": "content-filter",
  "filter-timeout": "content-filter",
  "filter-rejected": "content-filter",
  /** What a server asks while it receives a message: a filter before the queue, a milter, a policy server, a scanner. */
  "input-filter-unreachable": "content-filter",
  "input-filter-lost": "content-filter",
  "input-filter-timeout": "content-filter",
  "input-filter-rejected": "content-filter",
  /** A lookup table (LDAP, SQL, a file) that does not answer. */
  "lookup-table": "content-filter",
  /** A process that did not finish one request in its whole time limit. */
  watchdog: "content-filter",
  "no-space": "queue-io",
  /** Less free than Postfix wants before it takes mail. */
  "low-space": "queue-io",
  "write-error": "queue-io",
  "file-size-limit": "queue-io",
  /** The file system's clock and the machine's disagree. */
  clock: "queue-io",
  "corrupt-file": "queue-io",
  /** `problem talking to service`. */
  service: "queue-io",
} as const satisfies Record<string, MailEventKind>;
export type LogTrouble = keyof typeof LOG_TROUBLES;

/** By which way a peer is reached: what never leaves this machine meets no path MTU. */
export const PEER_REACHES = ["network", "loopback", "unix-socket"] as const;
export type PeerReach = (typeof PEER_REACHES)[number];

/** How far a followed log is: it was read to its end, a backlog is being read, there is nothing to read, or it went wrong. */
export const LOG_SOURCE_STATES = ["following", "catching-up", "waiting", "failed"] as const;
export type LogSourceState = (typeof LOG_SOURCE_STATES)[number];

/** Whether an outbound peer that stalls is probed: never, when a person says so, or by itself. */
export const LOG_PROBING = ["off", "ask", "on"] as const;
export type LogProbing = (typeof LOG_PROBING)[number];

/** What one tile of the wall screen stands for: a mail host, the domain that was probed, or a kind of trouble. */
export const WALL_GROUPINGS = ["host", "domain", "kind"] as const;
export type WallGrouping = (typeof WALL_GROUPINGS)[number];

export const WALL_CHANGES = ["opened", "fixed"] as const;
export type WallChangeKind = (typeof WALL_CHANGES)[number];
