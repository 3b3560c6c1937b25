/** How an agent becomes one: it trades the one-time token that the page shows for a secret of its own. */
import type { AgentSecret } from "@mxray/contracts";
import type { ServerConnection } from "./server-connection.ts";

/** @throws AgentEnd where the token is not accepted */
export async function enrol(connection: ServerConnection, token: string, signal: AbortSignal): Promise<AgentSecret> {
  return (await connection.ask("/agent/v1/enrol", { token }, signal)) as AgentSecret;
}
