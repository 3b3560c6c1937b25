/** Each route but the public ones needs a caller who may call it. */
import type { Store } from "@mxray/store";
import type { FastifyInstance } from "fastify";
import { type Caller, callerOf, checkCaller } from "./caller.ts";
import { notSignedIn } from "./session-access.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Null on public routes. */
    caller: Caller | null;
  }
}

export interface AuthenticationDeps {
  readonly store: Store;
  readonly signInPage: SignInPage;
}

/** Every way in that there is. @param problem why the last try was refused */
export type SignInPage = (problem?: string) => Promise<string>;

export async function registerAuthentication(app: FastifyInstance, { store, signInPage }: AuthenticationDeps): Promise<void> {
  app.decorateRequest("caller", null);
  app.addHook("onRequest", async (request, reply) => {
    const { config } = request.routeOptions;
    if (config.access === "public") return;
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
