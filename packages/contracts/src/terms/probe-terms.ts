/**
 * Probes: stages and how they end, path verdicts, rungs and hops. Like every file of `terms/`: closed unions as plain lists, the
 * words that the command line, the API, the store and the page share, without a schema library, so that a page imports them for
 * nothing.
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
  "pmtud-works": "smaller, and reported",
  "black-hole": "black hole",
  cliff: "stops at a size",
  lossy: "loses packets",
  inconclusive: "not settled",
  "not-tested": "not tested",
};

/** What a probe opens connections to a mail host for, the most important first. */
export const CONNECTION_PURPOSES = ["delivery", "inspection", "direction", "exactness", "hashed-paths"] as const;
export type ConnectionPurpose = (typeof CONNECTION_PURPOSES)[number];

/** What remains unknown where connections run short. */
export const LEFT_OUT_WORDS: Readonly<Record<ConnectionPurpose, string>> = {
  delivery: "the end-of-data test",
  inspection: "whether a firewall drops long commands",
  direction: "further TLS handshakes, which make the verdict on the way back more certain",
  exactness: "further packets to the host, which make the verdict on the way there more certain",
  "hashed-paths": "whether other connections have the same result",
};

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

export const PROBE_STATUSES = ["queued", "running", "done", "cancelled", "failed"] as const;
export type ProbeStatus = (typeof PROBE_STATUSES)[number];
