/** The pace of requests: see `RequestPace`. Its hooks stand around the one that asks for a session. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sentencePage } from "../http/plain-page.ts";
import { Refusal } from "../refusal.ts";
import { bearerTokenOf } from "./bearer-token.ts";
import type { RequestPace } from "./request-pace.ts";
import { hashSecret } from "./secret.ts";
import { sessionHashOf } from "./session-access.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Requests a minute of one session, or of one address and link where the route is public; `false` counts none. */
    pace?: number | false;
  }
}

/** What a public route answers to a link or a token that opens nothing. */
const FAILURES: readonly number[] = [401, 404, 410];

export function registerArrivals(app: FastifyInstance, { pace }: { readonly pace: RequestPace }): void {
  app.addHook("onRequest", async (request, reply) => {
    // A page is made of many files, which cost next to nothing.
    if (request.routeOptions.config.pace === false || request.url.startsWith("/assets/")) return;
    const caller = { address: request.ip, session: sessionHashOf(request) };
    // A flood of other requests must not shut the door.
    refuseFor(pace.arrive(caller, request.url.startsWith("/sign-in") ? "sign-in" : "any"), reply);
  });
}

export function registerPaces(app: FastifyInstance, { pace }: { readonly pace: RequestPace }): void {
  app.addHook("onRequest", async (request, reply) => {
    const session = sessionHashOf(request);
    const { caller } = request;
    if (caller?.signIn != null && session !== null) pace.signedIn(session);
    const { pace: most, access } = request.routeOptions.config;
    if (typeof most !== "number") return;
    const who = access === "public" ? `${request.ip} ${tokenOf(request)}` : (caller?.signIn?.id ?? caller?.actor.id ?? request.ip);
    refuseFor(pace.enter(`${request.method} ${request.routeOptions.url}`, who, most), reply);
  });
  app.addHook("onSend", async (request, reply, payload) => {
    const { access, pace: own } = request.routeOptions.config;
    // A wrong API token counts wherever it is tried, and so does a wrong secret of an agent.
    const failures = access === "public" ? FAILURES : bearerTokenOf(request) === null ? [] : [401];
    if ((own === false && access !== "agent") || !failures.includes(reply.statusCode)) return payload;
    const seconds = pace.fail(request.ip, tokenOf(request));
    if (seconds === null) return payload;
    const refusal = tooMany(seconds);
    reply.code(429).header("retry-after", seconds).removeHeader("content-length");
    const isPage = String(reply.getHeader("content-type") ?? "").startsWith("text/html");
    if (isPage) return sentencePage("Too many requests", refusal.message);
    reply.type("application/json; charset=utf-8");
    return JSON.stringify({ error: { code: refusal.code, message: refusal.message } });
  });
}

/** @param seconds null refuses nothing */
export function refuseFor(seconds: number | null, reply: FastifyReply): void {
  if (seconds === null) return;
  reply.header("retry-after", seconds);
  throw tooMany(seconds);
}

function tooMany(seconds: number): Refusal {
  return new Refusal("too-many-requests", `Too many requests within one minute; try again in ${seconds} s.`);
}

function tokenOf(request: FastifyRequest): string {
  const bearer = bearerTokenOf(request);
  if (bearer !== null) return hashSecret(bearer);
  const { params, query, body } = request;
  for (const part of [params, query, body]) {
    const { token, name } = (part ?? {}) as { readonly token?: unknown; readonly name?: unknown };
    if (typeof token === "string") return hashSecret(token);
    if (typeof name === "string") return hashSecret(name);
  }
  return "";
}
