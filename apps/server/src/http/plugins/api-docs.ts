/** OpenAPI from the routes' schemas, and a page to read it, at /api/docs. */
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";

export async function registerApiDocs(app: FastifyInstance, { version }: { version: string }): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "mxray",
        version,
        description: "Finds out why mail to or from a host hangs or vanishes. Errors are `{ error: { code, message, details } }`.",
      },
      tags: [
        { name: "probes", description: "Probes of mail hosts and their reports" },
        { name: "events", description: "What happens, as it happens" },
        { name: "search", description: "One box for all that is kept" },
        { name: "logs", description: "Followed mail logs, uploaded ones, and single lines" },
        { name: "shares", description: "Links that open one diagnosis without an account" },
        { name: "wall", description: "The wall screen, and links that open it without an account" },
        { name: "settings", description: "Settings that can be changed while the server runs, and what it is" },
        { name: "session", description: "The signed-in session" },
      ],
    },
  });
  await app.register(swaggerUi, { routePrefix: "/api/docs", staticCSP: true });
}
