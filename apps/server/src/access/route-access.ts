/**
 * Each route names in its `config` the least role that may call it, or that it is public. A route that names none is refused when it
 * is registered, and the server does not start: nothing is open by oversight.
 */
import type { UserRole } from "@mxray/contracts";
import type { FastifyInstance } from "fastify";
import { ConfigError } from "../config/config-error.ts";

export type RouteAccess = UserRole | "public";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Least role that may call this route. */
    access?: RouteAccess;
  }
  interface FastifyInstance {
    /** Applies to the routes of a plugin that knows nothing of roles. */
    pluginAccess: RouteAccess | null;
  }
}

/** @throws ConfigError at each later registration of a route without a role */
export function registerRouteAccess(app: FastifyInstance): void {
  app.decorate("pluginAccess", null);
  app.addHook("onRoute", function checkAccess(route) {
    const access = route.config?.access ?? this.pluginAccess;
    if (access === null) throw new ConfigError("cannot-run", roleMissing(String(route.method), route.url));
    route.config = { ...route.config, access };
  });
}

function roleMissing(method: string, url: string): string {
  return `The route '${method} ${url}' names no role that may call it, so mxray does not start; its 'config' needs 'access'.`;
}
