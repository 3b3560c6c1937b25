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

/** What each says of the target, after its name and a colon. */
export const STRESS_LIMIT_TITLES: Readonly<Record<StressLimitKind, string>> = {
  io: "its disk gave way first",
  cpu: "its CPU gave way first",
  memory: "its memory gave way first",
  processes: "it ran out of processes for connections first",
  files: "it ran out of open files first",
  sockets: "its queue of new connections overflowed first",
  concurrency: "it limits what one client may do",
  "content-filter": "its content filter is what messages wait for",
  dns: "each connection waits for something before the greeting, most often DNS",
  path: "the network path lost packets",
  generator: "the generator was the bottleneck; nothing is said about the target",
  unknown: "it has a limit, and what it is cannot be seen from here",
  none: "it kept up with the load",
};

/** Why a run ended before its plan did. */
export const STRESS_STOPS = ["told-off", "errors", "limit", "cancelled", "server-ended"] as const;
export type StressStop = (typeof STRESS_STOPS)[number];

/** How a kept run is doing. `cut`: the server ended during it; what was measured until then is kept. */
export const STRESS_STATES = ["running", "done", "failed", "cut"] as const;
export type StressState = (typeof STRESS_STATES)[number];

/** What a run does, in this order. */
export const STRESS_STEPS = ["alone", "calibration", "load"] as const;
export type StressStep = (typeof STRESS_STEPS)[number];
