/** Agents as the page sees them: list, make, let one enrol again, revoke. */
import { AgentInvitation, AgentList, AgentRequest, ErrorBody } from "@mxray/contracts/schemas";
import Type from "typebox";
import { actOf } from "../access/act.ts";
import type { Agents } from "../agents/agents.ts";
import { isLoopbackUrl } from "../config/public-url.ts";
import type { App } from "../http/app-type.ts";
import { notFound } from "../refusal.ts";

const tags = ["agents"];
const params = Type.Object({ id: Type.String({ maxLength: 64 }) });

export async function agentRoutes(app: App, { agents, publicUrl }: { agents: Agents; publicUrl: () => string }): Promise<void> {
  const invitation = <T extends { readonly token: string }>(made: T) => ({
    ...made,
    loopback: isLoopbackUrl(publicUrl()),
    command: enrolCommand(publicUrl(), made.token),
  });

  app.get(
    "/api/v1/agents",
    { config: { access: "viewer" }, schema: { tags, summary: "List agents, by name", response: { 200: AgentList } } },
    async () => ({ agents: await agents.list() }),
  );

  app.post(
    "/api/v1/agents",
    {
      config: { access: "admin", act: "agent.created" },
      schema: {
        tags,
        summary: "Make an agent",
        description: "Its token works once, within 15 minutes, and is shown once, because only its hash is stored.",
        body: AgentRequest,
        response: { 201: AgentInvitation, "4xx": ErrorBody },
      },
    },
    async (request, reply) => reply.code(201).send(invitation(await agents.create(request.body.name, actOf(request)))),
  );

  app.post(
    "/api/v1/agents/:id/token",
    {
      config: { access: "admin", act: "agent.invited" },
      schema: {
        tags,
        summary: "Make another token for an agent",
        description: "For an agent that lost its secret or moves. The former secret works until the token is used.",
        params,
        response: { 201: AgentInvitation, "4xx": ErrorBody },
      },
    },
    async (request, reply) => reply.code(201).send(invitation(await agents.invite(request.params.id, actOf(request)))),
  );

  app.delete(
    "/api/v1/agents/:id",
    {
      config: { access: "admin", act: "agent.revoked" },
      schema: { tags, summary: "Revoke an agent", description: "It stops with its next request. What it reported stays.", params },
    },
    async (request, reply) => {
      if (!(await agents.revoke(request.params.id, actOf(request)))) throw notFound("agent that could be revoked");
      return reply.code(204).send();
    },
  );
}

/** The token goes by standard input: an argument would show in the list of processes. */
function enrolCommand(server: string, token: string): string {
  return `echo ${token} | mxray agent --server ${server} --token-file - --logs /var/log/mail.log`;
}
