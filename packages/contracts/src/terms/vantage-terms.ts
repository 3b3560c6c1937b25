/** Places that probes run from. */

/** Where a probe runs that names no vantage: the server itself. */
export const LOCAL_VANTAGE = "local";

export const VANTAGE_STATES = ["ready", "starting", "stopped", "unavailable"] as const;
export type VantageState = (typeof VANTAGE_STATES)[number];
