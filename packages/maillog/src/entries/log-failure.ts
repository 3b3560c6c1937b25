/** How an attempt to deliver broke, where it did. */
export type LogFailure =
  | "lost-connection"
  | "timeout"
  /** The peer gave up waiting: 421 … timeout exceeded in place of its answer. */
  | "peer-timeout"
  | "connect-failed"
  | "tls-failed"
  /** The peer answered, and not with yes. */
  | "reply";
