/** Parts of the server's own work, as /readyz, pages and metrics name them. */
export const SERVER_WORKS = [
  "store",
  "statistics",
  "logs",
  "log-findings",
  "our-side",
  "host",
  "housekeeping",
  "erasing",
  "probes",
  "probe-results",
  "watches",
  "alerts",
] as const;
export type ServerWork = (typeof SERVER_WORKS)[number];
