/** How much log statistics keep of what a log says. */
/** The most entries that a list holds. */
export const LOG_CAPS = {
  /** Peers; where there are more, those with the most stalls are kept, then those with the most deliveries. */
  peers: 2000,
  /** Lines kept as examples of one kind: the first ones. */
  examples: 3,
  /** UTF-16 code units of an example. */
  exampleText: 300,
  /** Different byte counts at a loss, per peer: the most frequent. */
  receivedBytes: 64,
  /** Clients, services or programs behind one kind of trouble: the most frequent. */
  culprits: 10,
  /** Programs whose lines were not understood: those with the most. */
  programs: 10,
  /** Destinations of the backlog: those with the most waiting messages. */
  destinations: 20,
  /** Different PIX word lists per peer. */
  pixWords: 8,
  /** Findings in a scan's document: more than anybody reads, and few enough to keep it small. */
  findings: 200,
} as const;

/** Waits of a message that are told apart: the default schedule reaches its longest wait after the fifth attempt. */
export const RETRY_WAITS = 8;
