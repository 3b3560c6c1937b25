/** How an agent stands: it has not enrolled yet, reports, has not reported for a while, or was sent away. */
export const AGENT_STATES = ["invited", "reporting", "silent", "revoked"] as const;
export type AgentState = (typeof AGENT_STATES)[number];
