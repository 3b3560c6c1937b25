/** Each route but the public ones needs a caller who may call it. */
import type { Store, StoredAgent } from "@mxray/store";
import type { FastifyInstance } from "fastify";
import { agentOf } from "./agent-access.ts";
import { type Caller, callerOf, checkCaller } from "./caller.ts";
import { notSignedIn } from "./session-access.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Null on public routes and on those of agents. */
    caller: Caller | null;
    /** Null on all routes but those of agents. */
    agent: StoredAgent | null;
  }
}

export interface AuthenticationDeps {
  readonly store: Store;
  readonly signInPage: SignInPage;
  /** mxray's own. */
  readonly version: string;
}

/** Every way in that there is. @param problem why the last try was refused */
export type SignInPage = (problem?: string) => Promise<string>;

export async function registerAuthentication(app: FastifyInstance, { store, signInPage, version }: AuthenticationDeps): Promise<void> {
  app.decorateRequest("caller", null);
  app.decorateRequest("agent", null);
  app.addHook("onRequest", async (request, reply) => {
    const { config } = request.routeOptions;
    if (config.access === "public") return;
    if (config.access === "agent") {
      request.agent = await agentOf(store, request, version);
      return;
    }
    const caller = await callerOf(store, request);
    if (caller === null) {
      if (request.method !== "GET" || request.url.startsWith("/api/") || !(request.headers.accept ?? "").includes("text/html")) {
        throw notSignedIn();
      }
      return reply
        .code(401)
        .header("cache-control", "no-store")
        .type("text/html")
        .send(await signInPage());
    }
    checkCaller(caller, config);
    request.caller = caller;
  });
}
