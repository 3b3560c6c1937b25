export { AgentEnd } from "./agent-end.ts";
export { checkKeeping, readIdentity, writeIdentity } from "./agent-identity.ts";
export { isLog, NO_POLICY, readPolicy } from "./agent-policy.ts";
export { enrol } from "./enrolment.ts";
export { runAgent } from "./run-agent.ts";
export { ServerConnection } from "./server-connection.ts";
