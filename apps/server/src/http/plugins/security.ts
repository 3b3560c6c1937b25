/** Headers of every answer, and who may change something. */
import helmet from "@fastify/helmet";
import type { FastifyInstance } from "fastify";
import { Refusal } from "../../refusal.ts";

export async function registerSecurity(app: FastifyInstance, { https }: { https: boolean }): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        // Charts and dialogs place themselves with style attributes.
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        ...(https ? { "upgrade-insecure-requests": [] } : {}),
      },
    },
    // Plain http must work where no https was asked for.
    strictTransportSecurity: https,
    crossOriginOpenerPolicy: https,
    originAgentCluster: https,
    // With less, a browser would not say where a form on plain http comes from.
    referrerPolicy: { policy: "same-origin" },
  });
  app.addHook("onRequest", async (request, reply) => {
    // What the API answers is for one reader. A route that says otherwise later wins.
    if (/^\/(?:api\/v1\/|sign-in)/.test(request.url)) reply.header("cache-control", "no-store");
    if (request.method !== "GET" && request.method !== "HEAD" && isCrossSite(request.headers)) {
      throw new Refusal("cross-site", "This request came from a page of another site, so nothing was done.");
    }
  });
}

/** What a browser says of where a request comes from; programs say nothing. */
function isCrossSite(headers: Record<string, string | string[] | undefined>): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const { origin, host } = headers;
  if (typeof origin !== "string") return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
