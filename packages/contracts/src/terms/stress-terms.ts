/** Steps of one message under load, in their order. `end-of-data` is the wait for the answer to the final dot. */
export const STRESS_STAGES = ["connect", "greeting", "ehlo", "tls", "auth", "mail", "rcpt", "data", "end-of-data"] as const;
export type StressStage = (typeof STRESS_STAGES)[number];

/** How one message ended: 2xx, 4xx, 5xx, a connection that broke, an answer that never came. */
export const STRESS_OUTCOMES = ["accepted", "deferred", "rejected", "reset", "timedOut"] as const;
export type StressOutcome = (typeof STRESS_OUTCOMES)[number];

/** What gave way first in a run. `unknown`: the target's machine cannot be seen; `none`: nothing gave way. */
export const STRESS_LIMITS = [
  "io",
  "cpu",
  "memory",
  "processes",
  "files",
  "sockets",
  "concurrency",
  "content-filter",
  "dns",
  "path",
  "generator",
  "unknown",
  "none",
] as const;
export type StressLimitKind = (typeof STRESS_LIMITS)[number];

/** Why a run ended before its plan did. */
export const STRESS_STOPS = ["told-off", "errors", "limit", "cancelled", "server-ended"] as const;
export type StressStop = (typeof STRESS_STOPS)[number];
