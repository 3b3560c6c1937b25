/** Places that probes run from. */

/** Where a probe runs that names no vantage: the server itself. */
export const LOCAL_VANTAGE = "local";
export const LAB_VANTAGE = "lab";

export const VANTAGE_STATES = ["ready", "starting", "stopped", "unavailable"] as const;
export type VantageState = (typeof VANTAGE_STATES)[number];

/** Whether a fault shows from a vantage: `unclear` where the probe did not get far enough to say. */
export const VANTAGE_FATES = ["fails", "works", "unclear"] as const;
export type VantageFate = (typeof VANTAGE_FATES)[number];

export const VANTAGE_FATE_WORDS: Record<VantageFate, string> = { fails: "fault", works: "no fault", unclear: "not clear" };

/**
 * What failing paths have in common: one link, consecutive links, links in several places, nothing (the paths contradict one fault),
 * or not known.
 */
export const SPAN_OUTCOMES = ["link", "span", "several", "none", "unknown"] as const;
export type SpanOutcome = (typeof SPAN_OUTCOMES)[number];
