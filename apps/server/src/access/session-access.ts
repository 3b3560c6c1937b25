/**
 * Sessions: each route but the public ones needs one, of a role that may call it. A session begins with a one-time link (see
 * routes/sign-in.ts), is a cookie, and is kept as a hash, so that it survives a restart and cannot be read back.
 */
import type { SignIn, Store } from "@mxray/store";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Refusal } from "../refusal.ts";
import { browserName } from "./browser-name.ts";
import { hashSecret, newSecret } from "./secret.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Behind the session of whoever asks; null on public routes. */
    signIn: SignIn | null;
  }
}

const COOKIE = "mxray_session";
const SESSION_MS = 30 * 24 * 3600 * 1000;
const SIGN_IN_TOKEN_MS = 60 * 60 * 1000;

export async function registerAuthentication(
  app: FastifyInstance,
  { store, signInPage }: { store: Store; signInPage: () => string },
): Promise<void> {
  app.decorateRequest("signIn", null);
  app.addHook("onRequest", async (request, reply) => {
    if (request.routeOptions.config.access === "public") return;
    request.signIn = await signInOf(store, request);
    if (request.signIn !== null) return;
    if (request.method === "GET" && !request.url.startsWith("/api/") && (request.headers.accept ?? "").includes("text/html")) {
      return reply.code(401).header("cache-control", "no-store").type("text/html").send(signInPage());
    }
    throw notSignedIn();
  });
}

export function notSignedIn(): Refusal {
  return new Refusal("not-signed-in", "Sign in with the link that the server printed; 'mxray link' prints another.");
}

export async function hasSession(store: Store, request: FastifyRequest): Promise<boolean> {
  return (await signInOf(store, request)) !== null;
}

/** As the cookie says, unverified; null without one. */
export function sessionHashOf(request: FastifyRequest): string | null {
  const secret = request.cookies[COOKIE];
  return secret === undefined ? null : hashSecret(secret);
}

async function signInOf(store: Store, request: FastifyRequest): Promise<SignIn | null> {
  const hash = sessionHashOf(request);
  return hash === null ? null : await store.sessions.signInOf(hash, new Date().toISOString());
}

/** Gives the hash of the session. */
export async function beginSession(
  store: Store,
  request: FastifyRequest,
  reply: FastifyReply,
  { https }: { https: boolean },
): Promise<string> {
  const secret = newSecret();
  const sessionHash = hashSecret(secret);
  const now = Date.now();
  await store.sessions.create({
    sessionHash,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + SESSION_MS).toISOString(),
    address: request.ip,
    browser: browserName(request.headers["user-agent"]),
  });
  reply.setCookie(COOKIE, secret, { path: "/", httpOnly: true, sameSite: "lax", secure: https, maxAge: SESSION_MS / 1000 });
  return sessionHash;
}

export async function endSession(store: Store, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const hash = sessionHashOf(request);
  if (hash !== null) await store.sessions.delete(hash);
  reply.clearCookie(COOKIE, { path: "/" });
}

/** A new one-time link, good for an hour. */
export async function newSignInUrl(store: Store, publicUrl: string): Promise<string> {
  const secret = newSecret();
  await store.sessions.addSignInToken(hashSecret(secret), new Date(Date.now() + SIGN_IN_TOKEN_MS).toISOString());
  return `${publicUrl}/sign-in?token=${secret}`;
}
