/** Why messages wait in a mail queue, and the ages that are told apart. */

/** Upper limits of the age classes in minutes, those of Postfix's qshape; one more class holds everything older. */
export const QUEUE_AGES = [5, 10, 20, 40, 80, 160, 320, 640, 1280] as const;

export const QUEUE_REASONS = [
  ...["timeout", "peer-timeout", "lost-connection", "connect-failed", "no-host", "tls-failed"],
  /** The receiving server refused for now. */
  "reply",
  /** Another reason, none that is logged, or more than are told apart. */
  "other",
  /** In delivery, or not tried yet. */
  "untried",
  /** Held by an administrator or a rule: no attempt is made. */
  "held",
] as const;
export type QueueReasonKind = (typeof QUEUE_REASONS)[number];
