/** Mail logs: what their lines report, and the states of logs that are followed. */

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

/** Mail programs whose logs are read. */
export const MTAS = ["postfix", "exim", "sendmail"] as const;

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

/** What lines say of a peer besides stalls: how attempts failed before a message was under way, and what is refused by a rule. */
export const PEER_SIGNS = [
  /** No answer to the first packet. */
  "connect-timeout",
  /** Refused, or no route. */
  "connect-failed",
  /** TLS is required here, and the host offers none or refuses to start it. */
  "tls-not-offered",
  /** The host takes mail over TLS only, and this server did not start it. */
  "tls-demanded",
  /** TLS is required here, and the host's certificate does not pass. */
  "tls-untrusted",
  /** A message above a size limit. */
  "too-big",
  /** What only bots do: they talk before the greeting, are on a block list, hang up in postscreen's tests, guess passwords, scan. */
  "bot",
  /** A client's session that was lost before MAIL, within 30 seconds and after more. */
  "short-session",
  "slow-session",
] as const;
export type PeerSign = (typeof PEER_SIGNS)[number];

/** How far a followed log is: it was read to its end, a backlog is being read, there is nothing to read, or it went wrong. */
export const LOG_SOURCE_STATES = ["following", "catching-up", "waiting", "failed"] as const;
export type LogSourceState = (typeof LOG_SOURCE_STATES)[number];

/** Whether an outbound peer that stalls is probed: never, when a person says so, or by itself. */
export const LOG_PROBING = ["off", "ask", "on"] as const;
export type LogProbing = (typeof LOG_PROBING)[number];
