/** An agent proves who it is by its secret, and is turned away where it was revoked or is of another version. */
import type { Store, StoredAgent } from "@mxray/store";
import type { FastifyRequest } from "fastify";
import { Refusal } from "../refusal.ts";
import { bearerTokenOf } from "./bearer-token.ts";
import { hashSecret } from "./secret.ts";

/** Found by scanners of secrets. */
export const ENROLMENT_PREFIX = "mxenrol_";
export const SECRET_PREFIX = "mxagent_";

/** What an agent says with each request: its version. */
export const VERSION_HEADER = "mxray-version";

/** @throws Refusal `invalid-token`, `agent-revoked`, `version-mismatch` */
export async function agentOf(store: Pick<Store, "agents">, request: FastifyRequest, version: string): Promise<StoredAgent> {
  const secret = bearerTokenOf(request);
  const agent = secret === null ? null : await store.agents.bySecretHash(hashSecret(secret));
  if (agent === null) {
    throw new Refusal(
      "invalid-token",
      "This server does not know this agent; make a new token for it on the page Settings → Agents, and enrol again.",
    );
  }
  if (agent.revokedAt !== null)
    throw new Refusal("agent-revoked", `The agent '${agent.name}' was revoked on ${agent.revokedAt.slice(0, 10)}.`);
  checkVersion(request, version);
  return agent;
}

/**
 * A server takes agents of its own minor version and of the one before.
 *
 * @throws Refusal `version-mismatch`
 */
export function checkVersion({ headers }: FastifyRequest, version: string): void {
  const theirs = headers[VERSION_HEADER];
  const agent = minorOf(typeof theirs === "string" ? theirs : "");
  const server = minorOf(version);
  if (
    agent !== null &&
    server !== null &&
    agent.major === server.major &&
    (agent.minor === server.minor || agent.minor === server.minor - 1)
  )
    return;
  const said = agent === null ? "of no version that it names" : `of version ${agent.major}.${agent.minor}`;
  const remedy =
    agent !== null && server !== null && newer(agent, server) ? "Upgrade the server first" : "Upgrade mxray on the agent's machine";
  throw new Refusal("version-mismatch", `This server is mxray ${version} and cannot work with an agent ${said}. ${remedy}.`);
}

interface Minor {
  readonly major: number;
  readonly minor: number;
}

function minorOf(version: string): Minor | null {
  const [, major, minor] = /^(\d{1,4})\.(\d{1,4})\.\d/.exec(version) ?? [];
  return major === undefined || minor === undefined ? null : { major: Number(major), minor: Number(minor) };
}

function newer(one: Minor, other: Minor): boolean {
  return one.major > other.major || (one.major === other.major && one.minor > other.minor);
}
