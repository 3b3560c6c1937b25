/**
 * Sessions of browsers. A session begins with a one-time link or with a password (see routes/sign-in.ts), is a cookie, and is kept as
 * a hash, so that it survives a restart and cannot be read back.
 */
import type { SignedInUser, Store } from "@mxray/store";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Refusal } from "../refusal.ts";
import { actBy, actorOf } from "./act.ts";
import { browserName } from "./browser-name.ts";
import { hashSecret, newSecret } from "./secret.ts";

const COOKIE = "mxray_session";
const SESSION_MS = 30 * 24 * 3600 * 1000;
const SIGN_IN_TOKEN_MS = 60 * 60 * 1000;

export function notSignedIn(): Refusal {
  return new Refusal("not-signed-in", "Sign in with your password, or with the link that the server printed; 'mxray link' prints another.");
}

/** As the cookie says, unverified; null without one. */
export function sessionHashOf(request: FastifyRequest): string | null {
  const secret = request.cookies[COOKIE];
  return secret === undefined ? null : hashSecret(secret);
}

interface NewSessionOf {
  readonly https: boolean;
  /** Null for the owner. */
  readonly user: Pick<SignedInUser, "id" | "name"> | null;
  /** Milliseconds. Default 30 days. */
  readonly lastsMs?: number;
}

/** Ends the session that the browser had, if any. Gives the hash of the new one. */
export async function beginSession(
  store: Store,
  request: FastifyRequest,
  reply: FastifyReply,
  { https, user, lastsMs = SESSION_MS }: NewSessionOf,
): Promise<string> {
  const secret = newSecret();
  const sessionHash = hashSecret(secret);
  const now = Date.now();
  await store.sessions.create(
    {
      sessionHash,
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + lastsMs).toISOString(),
      address: request.ip,
      browser: browserName(request.headers["user-agent"]),
      userId: user?.id ?? null,
      replaces: sessionHashOf(request),
    },
    actBy(actorOf(user), "session.begun", request),
  );
  reply.setCookie(COOKIE, secret, { path: "/", httpOnly: true, sameSite: "lax", secure: https, maxAge: lastsMs / 1000 });
  return sessionHash;
}

/** A new one-time link for the owner, good for an hour. */
export async function newSignInUrl(store: Store, publicUrl: string): Promise<string> {
  const secret = newSecret();
  await store.sessions.addSignInToken(hashSecret(secret), new Date(Date.now() + SIGN_IN_TOKEN_MS).toISOString());
  return signInUrl(publicUrl, secret);
}

export function signInUrl(publicUrl: string, token: string): string {
  return `${publicUrl}/sign-in?token=${token}`;
}

export function clearSession(reply: FastifyReply): void {
  reply.clearCookie(COOKIE, { path: "/" });
}
