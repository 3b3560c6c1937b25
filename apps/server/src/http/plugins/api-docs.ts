/** OpenAPI from the routes' schemas, and a page to read it, at /api/docs. */
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";

export async function registerApiDocs(app: FastifyInstance, { https, version }: { https: boolean; version: string }): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "mxray",
        version,
        description: "Finds out why mail to or from a host hangs or is lost. Errors are `{ error: { code, message, details } }`.",
      },
      tags: [
        { name: "probes", description: "Probes of mail hosts and their reports" },
        { name: "vantages", description: "Places that probes run from" },
        { name: "findings", description: "Findings over time: evidence, remedies and what happened to each" },
        { name: "peers", description: "Mail hosts, each with its probes, findings and mail" },
        { name: "watches", description: "Targets that are probed at regular intervals" },
        { name: "alerts", description: "Channels that alerts are sent to, and what was sent" },
        { name: "logs", description: "Followed mail logs, uploaded ones, and single lines" },
        { name: "playbook", description: "Every remedy, with example values" },
        { name: "host", description: "Health of the machine that mxray runs on" },
        { name: "stress", description: "Load tests of mail hosts that the targets file lists" },
        { name: "search", description: "Search of peers, probes, findings and remedies" },
        { name: "events", description: "Live events" },
        { name: "metrics", description: "Metrics for Prometheus" },
        { name: "links", description: "Links that open one diagnosis or the wall screen without an account" },
        { name: "wall", description: "The wall screen" },
        { name: "settings", description: "Settings that can be changed while the server runs, and facts about the server" },
        { name: "users", description: "Users and their roles" },
        { name: "tokens", description: "API tokens of programs" },
        { name: "audit", description: "Who did what to what, when and from where" },
        { name: "session", description: "The signed-in session" },
      ],
    },
  });
  await app.register(async (pages) => {
    pages.decorate("pluginAccess", "viewer");
    await pages.register(swaggerUi, {
      routePrefix: "/api/docs",
      staticCSP: true,
      // Plain http must work where no https was asked for.
      transformStaticCSP: (policy) => (https ? policy : policy.replace(/;?\s*upgrade-insecure-requests/, "")),
    });
  });
}
