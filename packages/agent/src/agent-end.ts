/** Why an agent cannot go on: one sentence for a person, with the remedy. */
export class AgentEnd extends Error {}
