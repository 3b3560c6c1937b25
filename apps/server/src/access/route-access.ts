/**
 * Each route names in its `config` the least role that may call it, or that it is public; what changes something also names the act
 * that is recorded. A route that lacks either is refused when it is registered, and the server does not start: nothing is open, and
 * nothing goes unrecorded, by oversight.
 */
import type { AuditAction, TokenScope, UserRole } from "@mxray/contracts";
import type { FastifyInstance, RouteOptions } from "fastify";
import { ConfigError } from "../config/config-error.ts";

/** Of `agent` routes nobody else may call one. */
type RouteAccess = UserRole | "public" | "agent";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Least role that may call this route. */
    access?: RouteAccess;
    /** A token needs one of them. Default: `read` for what a viewer may GET, else none. */
    scopes?: readonly TokenScope[];
    /** What a call is recorded as; null for one that changes nothing. Routes other than GET have it, unless they are public. */
    act?: AuditAction | null;
  }
  interface FastifyInstance {
    /** Applies to the routes of a plugin that knows nothing of roles. */
    pluginAccess: RouteAccess | null;
    /** What the registered routes ask tokens for. */
    usedScopes: Set<TokenScope>;
  }
}

/** @throws ConfigError at each later registration of a route without a role, or without an act */
export function registerRouteAccess(app: FastifyInstance): void {
  app.decorate("pluginAccess", null);
  app.decorate("usedScopes", new Set<TokenScope>());
  app.addHook("onRoute", function checkAccess(route) {
    const access = route.config?.access ?? this.pluginAccess;
    if (access === null) throw refused(route, "names no role that may call it ('access' in its config)");
    const reads = [route.method].flat().every((method) => method === "GET" || method === "HEAD");
    if (!reads && access !== "public" && route.config?.act === undefined) {
      throw refused(route, "does not say what it is recorded as ('act' in its config)");
    }
    const scopes = route.config?.scopes ?? (reads && access === "viewer" ? ["read"] : []);
    for (const scope of scopes) this.usedScopes.add(scope);
    route.config = { ...route.config, access, scopes };
  });
}

function refused({ method, url }: RouteOptions, why: string): ConfigError {
  return new ConfigError("cannot-run", `mxray does not start: the route '${method} ${url}' ${why}.`);
}
