import { TOKEN_SCOPES, USER_ROLES } from "@mxray/contracts";
import Fastify from "fastify";
import { describe, expect, it } from "vitest";
import { registerRouteAccess } from "../src/access/route-access.ts";
import { signInAs, tokenFor } from "./people.ts";
import { PUBLIC_ROUTES, routesOf } from "./routes-of.ts";
import { LOOPBACK, SIGN_ON, startTestServer } from "./test-server.ts";

/** Least role and scopes of tokens; a GET that is not here is for viewers and for tokens that read. */
const OTHERS: Readonly<Record<string, string>> = {
  "DELETE /api/v1/agents/:id": "admin",
  "DELETE /api/v1/channels/:id": "admin",
  "DELETE /api/v1/links/:id": "operator",
  "DELETE /api/v1/logs/sources/:id": "admin",
  "DELETE /api/v1/maintenance/:name": "operator",
  "DELETE /api/v1/monitors/:id": "operator",
  "DELETE /api/v1/probes/:id": "operator",
  "DELETE /api/v1/session": "viewer",
  "DELETE /api/v1/stress/:id": "admin",
  "DELETE /api/v1/shares/:id": "operator",
  "DELETE /api/v1/tokens/:id": "admin",
  "DELETE /api/v1/users/:id": "admin",
  "DELETE /api/v1/wall-links/:id": "operator",
  "DELETE /api/v1/watches/:id": "operator",
  "GET /api/v1/about": "admin",
  "GET /d/preview": "operator",
  "GET /s/preview": "operator",
  "GET /api/v1/stress/targets": "admin",
  "GET /api/v1/audit": "admin",
  "GET /api/v1/channels": "admin",
  "GET /api/v1/links": "operator",
  "GET /api/v1/monitors.yaml": "admin config",
  "GET /api/v1/probes/:id": "viewer read probe",
  "GET /api/v1/session": "viewer",
  "GET /metrics": "viewer metrics",
  "GET /probe": "viewer metrics",
  "GET /api/v1/settings": "admin",
  "GET /api/v1/tokens": "admin",
  "GET /api/v1/users": "admin",
  "PATCH /api/v1/channels/:id": "admin",
  "PATCH /api/v1/settings": "admin",
  "PATCH /api/v1/users/:id": "admin",
  "POST /agent/v1/hello": "agent",
  "POST /agent/v1/logs/:id/batches": "agent",
  "POST /agent/v1/notices": "agent",
  "POST /agent/v1/machine": "agent",
  "POST /agent/v1/report": "agent",
  "POST /agent/v1/work": "agent",
  "POST /api/v1/agents": "admin",
  "POST /api/v1/agents/:id/token": "admin",
  "POST /api/v1/apply": "admin config",
  "POST /api/v1/channels": "admin",
  "POST /api/v1/channels/:id/test": "admin",
  "POST /api/v1/findings/:id/acknowledge": "operator",
  "POST /api/v1/findings/:id/dismiss": "operator",
  "POST /api/v1/findings/:id/reopen": "operator",
  "POST /api/v1/links/diagnosis": "operator",
  "POST /api/v1/links/stress": "operator",
  "POST /api/v1/links/wall": "operator",
  "POST /api/v1/stress": "admin",
  "POST /api/v1/stress/:id/cancel": "admin",
  "POST /api/v1/logs/explain": "viewer read",
  "POST /api/v1/logs/scan": "operator",
  "POST /api/v1/logs/sources": "admin",
  "POST /api/v1/probes": "operator probe",
  "POST /api/v1/probes/:id/cancel": "operator probe",
  "POST /api/v1/probes/:id/check": "operator probe",
  "POST /api/v1/session/password": "viewer",
  "POST /api/v1/shares": "operator",
  "POST /api/v1/tokens": "admin",
  "POST /api/v1/users": "admin",
  "POST /api/v1/users/:id/invitation": "admin",
  "POST /api/v1/vantages/:name/start": "operator",
  "POST /api/v1/vantages/:name/stop": "operator",
  "POST /api/v1/wall-links": "operator",
  "PUT /api/v1/maintenance": "operator",
  "PUT /api/v1/monitors": "operator",
  "PUT /api/v1/watches": "operator",
};

describe("each route", () => {
  it("lets in exactly whom it should: every role, every scope, no session", async () => {
    await using server = await startTestServer({ env: { ...LOOPBACK, ...SIGN_ON }, config: { logFolders: ["/nonexistent"] } });
    const { app, store } = server;
    const callers: { who: string; headers: Record<string, string>; rank: number; scope: string | null }[] = [
      { who: "nobody", headers: {}, rank: -1, scope: null },
      { who: "a guess", headers: { cookie: "mxray_session=guess" }, rank: -1, scope: null },
    ];
    for (const [rank, role] of USER_ROLES.entries()) {
      callers.push({ who: role, headers: (await signInAs(server, role)).headers, rank, scope: null });
    }
    for (const scope of TOKEN_SCOPES) {
      callers.push({ who: `a token to ${scope}`, headers: (await tokenFor(server, [scope])).headers, rank: -1, scope });
    }
    const routes = routesOf(app.printRoutes({ commonPrefix: false })).map(([method, path]) => `${method} ${path}`);
    expect(Object.keys(OTHERS).filter((route) => !routes.includes(route))).toEqual([]);
    const wrong: string[] = [];
    let asked = 0;
    for (const route of routes) {
      const [method = "", path = ""] = route.split(" ");
      // What ends the session of its caller, and what never ends, are asked last and once.
      if (route === "DELETE /api/v1/session" || path.endsWith("/events")) continue;
      const open = PUBLIC_ROUTES.includes(route);
      const [least = "viewer", ...scopes] = (OTHERS[route] ?? (method === "GET" ? "viewer read" : "undeclared")).split(" ");
      if (least === "undeclared" && !open) wrong.push(`${route} is not in the list of this test`);
      for (const { who, headers, rank, scope } of callers) {
        asked += 1;
        const { statusCode, body } = await app.inject({ method: method as "GET", url: path.replaceAll(":", "x"), headers });
        const code = statusCode < 400 || !body.startsWith("{") ? "" : (JSON.parse(body).error?.code ?? "");
        const given = ["not-signed-in", "role-too-small", "scope-too-small", "invalid-token"].includes(code) ? code : "in";
        if (least === "agent") {
          if (given !== "invalid-token") wrong.push(`${route} for ${who}: ${given}, not invalid-token`);
          continue;
        }
        const inside = open || rank >= USER_ROLES.indexOf(least as "viewer") || (scope !== null && scopes.includes(scope));
        const expected = inside ? "in" : scope !== null ? "scope-too-small" : rank < 0 ? "not-signed-in" : "role-too-small";
        if (given !== expected) wrong.push(`${route} for ${who}: ${given}, not ${expected}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(400);
    expect(await store.users.list()).toHaveLength(3);
  });

  it.each([
    ["a role", { schema: {} }, "GET", /route 'GET \/planted' names no role/],
    ["an act", { config: { access: "operator" } }, "POST", /route 'POST \/planted' does not say what it is recorded as/],
  ] as const)("without %s stops the start", async (_what, options, method, sentence) => {
    const app = Fastify();
    registerRouteAccess(app);
    const plant = () => app.route({ method, url: "/planted", ...options, handler: async () => "open" });
    expect(plant).toThrow(sentence);
    const inside = Fastify();
    registerRouteAccess(inside);
    inside.register(async (part) => {
      part.route({ method, url: "/planted", ...options, handler: async () => "open" });
    });
    await expect(inside.ready()).rejects.toThrow(sentence);
  });
});
